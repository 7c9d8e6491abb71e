package benchcmd

import (
	"errors"
	"net"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/suite"
	"eterm/iface/talk"
)

// everybody finds a peer whose address is not known.
var everybody = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// reachPeer opens the port here and finds the peer.
func reachPeer(c *cli.Context, name string, to net.HardwareAddr, load linktest.Load, key seal.Key, seed uint64) (*suite.TwoMachines, suite.About, error) {
	port, err := command.OpenPort(c, name, iface.Options{Promiscuous: true, Tagged: len(load.VLANs) > 0})
	if err != nil {
		return nil, suite.About{}, err
	}
	control, err := command.OpenControl(name, len(load.VLANs))
	if err != nil {
		return nil, suite.About{}, errors.Join(err, port.Close())
	}
	t := &suite.TwoMachines{Port: port, Control: control, To: to, Key: key, Load: load, Seed: seed}
	about, err := t.Open(c.Context)
	if err == nil {
		return t, about, nil
	}
	port.Close()
	control.Close()
	if errors.Is(err, talk.ErrNoPeer) {
		err = exit.Failed("%w: start \"eterm respond\" on the other machine", err)
	}
	return nil, about, err
}

// closePeer ends what reachPeer began.
func closePeer(t *suite.TwoMachines) {
	if t != nil {
		t.Close()
		t.Port.Close()
		t.Control.Close()
	}
}
