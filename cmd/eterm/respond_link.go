package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface"
	"eterm/iface/linktest"
)

// linkPartner is what makes eterm respond the far end of link tests: a port of
// its own for the test frames, so that they do not hold up answers.
type linkPartner struct {
	*linktest.Partner
	port   iface.Port
	output linkPrinter
	served chan error
}

func (r *responder) partner(c *cli.Context) (*linkPartner, error) {
	port, err := iface.Open(r.iface, iface.Options{Promiscuous: true})
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	p := &linkPartner{port: port, output: linkPrinter{json: r.json}}
	if err := p.output.open(c); err != nil {
		return nil, err
	}
	p.Partner = linktest.NewPartner(port, linktest.PartnerOptions{Result: func(t linktest.Total) {
		if !r.quiet {
			_ = p.output.Total(t)
		}
	}})
	return p, nil
}

// start accounts for link tests until ctx ends.
func (p *linkPartner) start(ctx context.Context) {
	p.served = make(chan error, 1)
	go func() { p.served <- p.Serve(ctx) }()
}

// close ends what is left. The port going away is the responder's to report:
// it has one on the same interface.
func (p *linkPartner) close() {
	p.port.Close()
	if p.served != nil {
		<-p.served
	}
}
