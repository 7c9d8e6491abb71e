package args

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame"
	"eterm/iface/reach"
)

// Identity says who a command is on the wire: ping, arp and scan.
type Identity struct {
	Interface string
	From      MAC
	vlans     VLANs
	pcp       int
	srcIP     string
	gateway   string
}

// Flags are the flags of it, but for the gateway.
func (f *Identity) Flags() []cli.Flag {
	f.pcp = -1 // as the tags say
	return []cli.Flag{
		InterfaceFlag(&f.Interface),
		FromFlag(&f.From),
		VLANFlag(&f.vlans),
		Default(NumberFlag("pcp", &f.pcp, 0, 7, "priority `0..7` of all tags; without -Q a priority tag (VLAN 0)"), "0"),
		&cli.StringFlag{Name: "src-ip", Destination: &f.srcIP, Usage: "source `ADDRESS`, or one IPv4 and one IPv6 with a comma; the interface need not have it", DefaultText: "the interface's own"},
	}
}

// GatewayFlag says where targets off the link are.
func (f *Identity) GatewayFlag() cli.Flag {
	return &cli.StringFlag{Name: "gateway", Destination: &f.gateway, Usage: "next hop `ADDRESS` for targets off the link", DefaultText: "as the interface's routes say"}
}

// Addresses puts --src-ip and --gateway into p.
func (f *Identity) Addresses(p *reach.Place) error {
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

// Tags are the tags as on the wire.
func (f *Identity) Tags() ([]byte, error) {
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
	b, err := frame.Ethernet{Dst: zero, Src: zero, VLANs: vlans, EtherType: LocalExperimental1}.Append(nil, nil)
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	return b[12 : 12+4*len(vlans)], nil
}

// Posing says whether the command is somebody else than the interface is.
func (f *Identity) Posing() bool { return f.From.Given() || f.srcIP != "" }
