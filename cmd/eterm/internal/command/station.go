package command

import (
	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/ether"
	"eterm/iface"
	"eterm/iface/reach"
)

// Station is who a command is on the wire, and opens its port.
type Station struct{ args.Identity }

// Place is an open port, and who and where we are on it.
type Place struct {
	reach.Place
	Port iface.Port
}

// Open opens the port and finds out who we are.
func (f *Station) Open(c *cli.Context) (*Place, error) {
	p := &Place{}
	if err := f.Addresses(&p.Place); err != nil {
		return nil, err
	}
	tags, err := f.Tags()
	if err != nil {
		return nil, err
	}
	p.Port, err = openWatched(c, f.Interface, iface.Options{
		Immediate: true, TxTimestamps: true, HardwareTimestamps: true, Tagged: len(tags) > 0,
		// A NIC passes on neither frames to another address nor those of
		// groups that the kernel did not join for an address of ours.
		Promiscuous: f.Posing(),
	})
	if err != nil {
		return nil, err
	}
	own := p.Port.HardwareAddr()
	p.MAC, p.Tags, p.Own = f.From.Or(own, own), tags, own
	if !ether.IsStation(p.MAC) {
		p.Port.Close()
		return nil, exit.Usage("source %s: want the address of one station", p.MAC)
	}
	if p.Local, err = reach.ReadLocal(p.Port.Name()); err != nil {
		p.Port.Close()
		return nil, exit.Usage("%w", err)
	}
	return p, nil
}
