package main

import (
	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/iface"
	"eterm/iface/reach"
)

// station is who a command is on the wire, and opens its port.
type station struct{ args.Identity }

// place is an open port, and who and where we are on it.
type place struct {
	reach.Place
	port iface.Port
}

// open opens the port and finds out who we are.
func (f *station) open(c *cli.Context) (*place, error) {
	p := &place{}
	if err := f.Addresses(&p.Place); err != nil {
		return nil, err
	}
	tags, err := f.Tags()
	if err != nil {
		return nil, err
	}
	p.port, err = openPort(c, f.Interface, iface.Options{
		Immediate: true, TxTimestamps: true, HardwareTimestamps: true, Tagged: len(tags) > 0,
		// A NIC passes on neither frames to another address nor those of
		// groups that the kernel did not join for an address of ours.
		Promiscuous: f.Posing(),
	})
	if err != nil {
		return nil, err
	}
	p.port = watched(p.port)
	own := p.port.HardwareAddr()
	p.MAC, p.Tags, p.Own = f.From.Or(own, own), tags, own
	if len(p.MAC) != 6 || p.MAC[0]&1 != 0 {
		p.port.Close()
		return nil, exit.Usage("source %s: want the address of one station", p.MAC)
	}
	if p.Local, err = reach.ReadLocal(p.port.Name()); err != nil {
		p.port.Close()
		return nil, exit.Usage("%w", err)
	}
	return p, nil
}

// localOf is what the kernel knows about a port's interface.
func localOf(port iface.Port) (reach.Local, error) { return reach.ReadLocal(port.Name()) }
