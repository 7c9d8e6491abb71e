package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/linkcmd"
	"eterm/cmd/internal/result"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/suite"
)

// linkPeer is what makes eterm respond the other end of link tests: a port of
// its own for the test frames, so that they do not hold up answers.
type linkPeer struct {
	*linktest.Peer
	port   iface.Port
	most   float64 // frames/s of the loads it offers; 0 is any
	output linkcmd.Printer
	served chan error
}

func (r *responder) peer(c *cli.Context, key seal.Key) (*linkPeer, error) {
	most, err := r.loadRate()
	if err != nil {
		return nil, err
	}
	port, err := iface.Open(r.iface, iface.Options{Promiscuous: true})
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	p := &linkPeer{port: port, most: most, output: linkcmd.Printer{AsJSON: r.json}}
	if err := p.output.Open(c, command.PortAs("receive", r.iface)); err != nil {
		return nil, err
	}
	p.Peer = linktest.NewPeer(port, linktest.PeerOptions{MaxRate: most, Receive: linktest.ReceiveOptions{Key: key}, Result: func(t linktest.Total) {
		if !r.quiet {
			_ = p.output.Total(t)
		}
	}})
	return p, nil
}

// benchPeer is what makes eterm respond the other end of benchmarks. Their frames
// are no link test's.
func (p *linkPeer) benchPeer(name string, open func() (iface.Port, error), key seal.Key) *suite.Peer {
	about, err := iface.Describe(name)
	if err != nil {
		about = iface.Info{Name: name}
	}
	host := result.ThisHost()
	return &suite.Peer{Open: open, Key: key, Began: p.Receiver().Ignore, Ended: p.Receiver().Heed, About: suite.About{
		Port:   suite.PortID{Name: about.Name, MAC: about.HardwareAddr.String(), Driver: about.Driver, SpeedBPS: about.Speed, MTU: about.MTU},
		Kernel: host.Kernel, CPU: host.CPU, MaxRate: p.most,
	}}
}

// start accounts for link tests until ctx ends.
func (p *linkPeer) start(ctx context.Context) {
	p.served = make(chan error, 1)
	go func() { p.served <- p.Serve(ctx) }()
}

// close ends what is left. The port going away is the responder's to report:
// it has one on the same interface.
func (p *linkPeer) close() {
	p.port.Close()
	if p.served != nil {
		<-p.served
	}
}
