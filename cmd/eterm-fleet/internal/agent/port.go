package agent

import (
	"fmt"
	"net"

	"eterm/iface"
	"eterm/iface/talk"
)

// real is an interface of this machine.
type real struct{ name string }

// Interface is an interface of this machine as a port.
func Interface(name string) Port { return real{name} }

// Name implements Port.
func (r real) Name() string { return r.name }

// Describe implements Port.
func (r real) Describe() (iface.Info, error) { return iface.Describe(r.name) }

// Open implements Port. The control socket sees only what the two ends say to
// each other.
func (r real) Open(t Task) (Ends, error) {
	filter, err := talk.Filter(t.VLANs)
	if err != nil {
		return Ends{}, err
	}
	test, err := iface.Open(r.name, iface.Options{Promiscuous: true})
	if err != nil {
		return Ends{}, err
	}
	control, err := iface.Open(r.name, iface.Options{Immediate: true, Filter: filter})
	if err != nil {
		test.Close()
		return Ends{}, err
	}
	return Ends{Test: test, Control: control, Peer: t.Peer.MAC}, nil
}

// Manages says why an interface belongs to the network that this machine is
// managed by, which a load would disturb; empty: it does not. local is the
// address that the connection to the controller goes out from.
func Manages(name string, local net.IP) (string, error) {
	info, err := iface.Describe(name)
	if err != nil {
		return "", err
	}
	if info.DefaultRoute {
		return "the default route goes out there", nil
	}
	i, err := net.InterfaceByName(name)
	if err != nil {
		return "", err
	}
	addrs, err := i.Addrs()
	if err != nil {
		return "", err
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(local) {
			return fmt.Sprintf("the controller is reached from its address %v", n.IP), nil
		}
	}
	return "", nil
}
