package main

import (
	"errors"
	"fmt"
	"net"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/internal/result"
	"eterm/frame/ether"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/loop"
	"eterm/iface/switchtest"
	"eterm/iface/talk"
)

func switchCommand() *cli.Command {
	return &cli.Command{
		Name:  "switch",
		Usage: "test what a switch does with frames, from two of its ports",
		UsageText: "eterm switch check --a eth1 --b eth2       (does it keep the rules?)\n" +
			"eterm switch check -i eth1                 (the other port on another machine, with eterm respond)\n" +
			"eterm switch macs --a eth1 --b eth2        (how many addresses, how fast, how long?)\n" +
			"eterm switch outage --a eth1 --b eth2      (when does it not forward?)",
		Subcommands: []*cli.Command{switchCheckCommand(), switchMACsCommand(), switchOutageCommand()},
	}
}

// switchPorts are the flags that name the ports of a switch, and what is
// opened of them.
type switchPorts struct {
	a, b, third string
	near        string
	to          args.MAC
	key         string
	force       bool

	shared      seal.Key
	A, B, Third iface.Port
	own         [2]iface.Port // at A and B, for frames with their own FCS
}

func (p *switchPorts) flags() []cli.Flag {
	return []cli.Flag{
		args.OtherInterfaceFlag("a", &p.a, "`INTERFACE` at one port of the switch"),
		args.OtherInterfaceFlag("b", &p.b, "`INTERFACE` at another port of it"),
		args.InterfaceFlag(&p.near),
		&cli.GenericFlag{Name: "to", Value: &p.to, Usage: "`MAC` of the other machine, at another port of the switch, where \"eterm respond\" runs: with -i instead of --a and --b", DefaultText: "the one that replies"},
		args.OtherInterfaceFlag("third", &p.third, "`INTERFACE` at a third port of it, for what must not go there"),
		command.KeyFlag(&p.key),
		args.ForceFlag(&p.force, "test also on the interface of the default route"),
	}
}

// open opens the ports, unless a test of them would be no test or cut this
// machine off.
func (p *switchPorts) open(c *cli.Context) (err error) {
	if p.shared, err = command.SharedKey(p.key); err != nil {
		return err
	}
	if p.isBetween() {
		return p.dial(c)
	}
	names := []string{p.a, p.b}
	if p.a == "" || p.b == "" {
		return exit.Usage("two ports are needed: --a IF1 --b IF2 on this machine, or -i IF with \"eterm respond\" on another")
	}
	if p.third != "" {
		names = append(names, p.third)
	}
	if err := p.sound(names); err != nil {
		return err
	}
	places := []*iface.Port{&p.A, &p.B, &p.Third}
	for i, name := range names {
		port, err := command.OpenPort(c, name, iface.Options{Promiscuous: true, Immediate: true})
		if err != nil {
			p.close()
			return err
		}
		*places[i] = port
	}
	return nil
}

// ownFCS opens what sends frames that end in their FCS, where errored frames can be
// sent and seen.
func (p *switchPorts) ownFCS() ([2]iface.Port, error) {
	for i, name := range []string{p.a, p.b} {
		if name == "" {
			return p.own, nil // open says so
		}
		if err := args.CheckErrored(name); err != nil {
			return p.own, err
		}
		var err error
		if p.own[i], err = iface.Open(name, iface.Options{SendOnly: true, OwnFCS: true}); err != nil {
			return p.own, exit.Usage("%w", err)
		}
	}
	return p.own, nil
}

// notBegun is the status of a test that ended before there was anything to
// report.
func notBegun(err error) error {
	var looped *loop.Error
	if errors.As(err, &looped) {
		return exit.Untrusted("%w", err)
	}
	return exit.Failed("%w", err)
}

// described are the ports on this machine, for a document.
func (p *switchPorts) described() (ports []result.Port) {
	for _, x := range []struct{ role, name string }{{"a", p.a}, {"b", p.b}, {"third", p.third}, {"a", p.near}} {
		if x.name != "" && (x.name != p.near || p.a == "") {
			ports = append(ports, command.PortAs(x.role, x.name))
		}
	}
	return ports
}

// isBetween says whether the test is between two machines.
func (p *switchPorts) isBetween() bool {
	return p.to.Given() || p.a == "" && p.b == "" && p.near != ""
}

// dial opens one port here and finds the other on another machine.
func (p *switchPorts) dial(c *cli.Context) error {
	port, to, err := p.openNear(c)
	if err != nil {
		return err
	}
	here, there, err := switchtest.Dial(c.Context, port, to, p.shared)
	if err != nil {
		port.Close()
		return exit.Failed("%w", err)
	}
	p.A, p.B = here, there
	return nil
}

// openNear opens the port here of a test between two machines, and finds the
// address of the other.
func (p *switchPorts) openNear(c *cli.Context) (iface.Port, net.HardwareAddr, error) {
	switch {
	case p.a != "" || p.b != "" || p.third != "":
		return nil, nil, exit.Usage("--to is for a test between two machines: it goes with -i, not with --a, --b or --third")
	case p.to.Given() && !ether.IsStation(p.to.Addr):
		return nil, nil, exit.Usage("--to %s: want the address of the other machine's interface", p.to.String())
	case p.near == "":
		return nil, nil, exit.Usage("no interface given: say -i NAME (eterm interfaces lists them)")
	}
	if err := p.sound([]string{p.near}); err != nil {
		return nil, nil, err
	}
	port, err := command.OpenPort(c, p.near, iface.Options{Promiscuous: true, Immediate: true})
	if err != nil {
		return nil, nil, err
	}
	to, err := p.peer(c, port, p.shared)
	if err != nil {
		port.Close()
		return nil, nil, exit.Failed("%w", err)
	}
	return port, to, nil
}

// peer is the address given, or that of the only one that answers.
func (p *switchPorts) peer(c *cli.Context, port iface.Port, key seal.Key) (net.HardwareAddr, error) {
	if p.to.Given() {
		return p.to.Addr, nil
	}
	found, err := talk.Find(c.Context, port, nil, key)
	if err != nil {
		return nil, err
	}
	if len(found) > 1 {
		return nil, fmt.Errorf("%d peers reply, name one with --to: %v", len(found), found)
	}
	command.Note(c, "the other end is %s", found[0])
	return found[0], nil
}

// sound refuses the same interface twice and the one of the default route.
func (p *switchPorts) sound(names []string) error {
	seen := map[int]string{}
	for _, name := range names {
		d, err := iface.Describe(name)
		if err != nil {
			return exit.Usage("%w", err)
		}
		if first, twice := seen[d.Index]; twice {
			return exit.Usage("%s and %s are the same interface: name one for each port of the switch", first, name)
		}
		seen[d.Index] = name
		if d.DefaultRoute && !p.force {
			return exit.Usage("%s carries the default route, and a switch test may cut this machine off: use another interface, or --force", name)
		}
	}
	return nil
}

func (p *switchPorts) close() {
	for _, port := range []iface.Port{p.own[0], p.own[1], p.B, p.A, p.Third} {
		if port != nil {
			port.Close()
		}
	}
}
