package benchcmd

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/internal/result"
	"eterm/iface"
	"eterm/iface/suite"
)

// describedPorts are the ports of a benchmark, as their kernels have them. Where
// the second one is a peer's, rx is what that says of it.
type describedPorts struct {
	tx, rx  iface.Info
	watch   *iface.Info
	between bool
}

// The parts of ports in a run.
const (
	roleTX    = "tx"
	roleRX    = "rx"
	roleWatch = "watch"
	roleNear  = "near" // between two machines: the port here
	rolePeer  = "peer" // and the peer's
)

func (p describedPorts) String() string {
	if p.between {
		return fmt.Sprintf("%s and the peer at %s", p.tx.Name, p.rx.HardwareAddr)
	}
	return p.tx.Name + " and " + p.rx.Name
}

// speed is what the slower line carries in bits/s; 0 if that is not known. What
// virtual cables say of theirs is made up.
func (p describedPorts) speed() float64 {
	if p.virtual() {
		return 0
	}
	return float64(min(p.tx.Speed, p.rx.Speed))
}

// virtual says whether both ports are ends of virtual cables, which go nowhere
// that anybody else is.
func (p describedPorts) virtual() bool { return p.tx.Driver == "veth" && p.rx.Driver == "veth" }

// ids are the ports by what must stay the same.
func (p describedPorts) ids() (list []suite.PortID) {
	roles := [2]string{roleTX, roleRX}
	if p.between {
		roles = [2]string{roleNear, rolePeer}
	}
	list = append(list, portID(roles[0], p.tx), portID(roles[1], p.rx))
	if p.watch != nil {
		list = append(list, portID(roleWatch, *p.watch))
	}
	return list
}

func portID(role string, i iface.Info) suite.PortID {
	return suite.PortID{Role: role, Name: i.Name, MAC: i.HardwareAddr.String(), Driver: i.Driver, SpeedBPS: i.Speed, MTU: i.MTU}
}

// take takes what a peer says of its port. A peer's interface has its name on
// another machine, and its address here.
func (p *describedPorts) take(peer suite.About, t *suite.TwoMachines) {
	p.rx = iface.Info{Name: peer.Port.Name, HardwareAddr: t.To, Driver: peer.Port.Driver, Speed: peer.Port.SpeedBPS, MTU: peer.Port.MTU}
}

// documented are the ports for a document.
func documented(ports []suite.PortID) (list []result.Port) {
	for _, p := range ports {
		switch p.Role {
		case roleTX:
			list = append(list, command.PortAs("send", p.Name))
		case roleRX:
			list = append(list, command.PortAs("receive", p.Name))
		case roleNear:
			list = append(list, command.PortAs(roleNear, p.Name))
		case rolePeer:
			list = append(list, result.Port{Role: p.Role, Name: p.Name, MAC: p.MAC, Driver: p.Driver, SpeedBPS: p.SpeedBPS, MTU: p.MTU})
		}
	}
	return list
}

// benchPorts looks at the ports, and refuses those that must not be loaded.
func benchPorts(c *cli.Context, tx, rx, watch string, force bool) (p describedPorts, err error) {
	if tx == "" || rx == "" {
		return p, exit.Usage("name both ports: --tx offers, --rx receives; or -i, with \"eterm respond\" on the other machine")
	}
	if tx == rx || watch != "" && (watch == tx || watch == rx) {
		return p, exit.Usage("a port is named twice: a benchmark needs ports that the device joins")
	}
	if p.tx, err = benchPort(c, tx, force); err != nil {
		return p, err
	}
	if p.rx, err = benchPort(c, rx, force); err != nil {
		return p, err
	}
	if watch == "" {
		return p, nil
	}
	third, err := benchPort(c, watch, force)
	p.watch = &third
	return p, err
}

// nearPort is that of a benchmark between two machines. As long as the peer was
// not asked, its own stands for it.
func nearPort(c *cli.Context, name string, force bool) (p describedPorts, err error) {
	if name == "" {
		return p, exit.Usage("--to needs -i: the interface here")
	}
	p.tx, err = benchPort(c, name, force)
	p.rx, p.between = p.tx, true
	return p, err
}

// benchPort looks at one port.
func benchPort(c *cli.Context, name string, force bool) (iface.Info, error) {
	d, err := command.Describe(c, name)
	switch {
	case err != nil:
	case d.About.DefaultRoute && !force:
		err = exit.Usage("%s has the default route: this machine's own traffic is there, and a benchmark would be in its way (--force uses it)", name)
	case !d.About.Up:
		err = exit.Usage("%s is down: ip link set %s up", name, name)
	case !d.About.Carrier:
		err = exit.Usage("%s has no carrier: connect the device", name)
	}
	return d.About, err
}
