package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/linkcmd"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/linktest"
)

// linkPeer is what makes eterm respond the other end of link tests: a port of
// its own for the test frames, so that they do not hold up answers.
type linkPeer struct {
	*linktest.Peer
	port   iface.Port
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
	p := &linkPeer{port: port, output: linkcmd.Printer{AsJSON: r.json}}
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
