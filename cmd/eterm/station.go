package main

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/frame"
	"eterm/iface"
	"eterm/iface/reach"
)

// stationFlags say who a command is on the wire: ping, arp and scan.
type stationFlags struct {
	iface   string
	from    args.MAC
	vlans   args.VLANs
	pcp     int
	srcIP   string
	gateway string
}

func (f *stationFlags) flags() []cli.Flag {
	f.pcp = -1 // as the tags say
	return []cli.Flag{
		args.InterfaceFlag(&f.iface),
		args.FromFlag(&f.from),
		args.VLANFlag(&f.vlans),
		args.Default(args.NumberFlag("pcp", &f.pcp, 0, 7, "priority `0..7` of all tags; without -Q a priority tag (VLAN 0)"), "0"),
		&cli.StringFlag{Name: "src-ip", Destination: &f.srcIP, Usage: "source `ADDRESS`, or one IPv4 and one IPv6 with a comma; the interface need not have it", DefaultText: "the interface's own"},
	}
}

func (f *stationFlags) gatewayFlag() cli.Flag {
	return &cli.StringFlag{Name: "gateway", Destination: &f.gateway, Usage: "next hop `ADDRESS` for targets off the link", DefaultText: "as the interface's routes say"}
}

// place is an open port, and who and where we are on it.
type place struct {
	reach.Place
	port iface.Port
}

// open opens the port and finds out who we are.
func (f *stationFlags) open(c *cli.Context) (*place, error) {
	p := &place{}
	if err := f.addresses(p); err != nil {
		return nil, err
	}
	tags, err := f.tags()
	if err != nil {
		return nil, err
	}
	p.port, err = openPort(c, f.iface, iface.Options{
		Immediate: true, TxTimestamps: true, HardwareTimestamps: true, Tagged: len(tags) > 0,
		// A NIC passes on neither frames to another address nor those of
		// groups that the kernel did not join for an address of ours.
		Promiscuous: f.from.Given() || f.srcIP != "",
	})
	if err != nil {
		return nil, err
	}
	own := p.port.HardwareAddr()
	p.MAC, p.Tags, p.Own = f.from.Or(own, own), tags, own
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

// addresses reads --src-ip and --gateway.
func (f *stationFlags) addresses(p *place) error {
	for _, g := range []struct {
		flag, text string
		to         *[]netip.Addr
	}{{"--src-ip", f.srcIP, &p.Sources}, {"--gateway", f.gateway, &p.Gateways}} {
		for word := range strings.SplitSeq(g.text, ",") {
			if word == "" {
				continue
			}
			a, err := netip.ParseAddr(word)
			if err != nil || a.IsUnspecified() || a.IsMulticast() {
				return exit.Usage("%s %q: want the address of one host, such as 192.0.2.1", g.flag, word)
			}
			*g.to = append(*g.to, a.WithZone("").Unmap())
		}
	}
	return nil
}

// tags are the tags as on the wire.
func (f *stationFlags) tags() ([]byte, error) {
	vlans := slices.Clone(f.vlans)
	if f.pcp >= 0 && len(vlans) == 0 {
		vlans = append(vlans, frame.VLAN{})
	}
	for i := range vlans {
		if f.pcp >= 0 {
			vlans[i].PCP = uint8(f.pcp)
		}
	}
	zero := make([]byte, 6)
	b, err := frame.Ethernet{Dst: zero, Src: zero, VLANs: vlans, EtherType: args.LocalExperimental1}.Append(nil, nil)
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	return b[12 : 12+4*len(vlans)], nil
}

// localOf is what the kernel knows about a port's interface.
func localOf(port iface.Port) (reach.Local, error) { return reach.ReadLocal(port.Name()) }
