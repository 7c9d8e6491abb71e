package show

import (
	"fmt"

	"eterm/iface"
)

// Unseen says what an interface is where it is no port of Ethernet hardware, and
// what cannot be seen or done there; "" of a port of hardware and of the ends of
// virtual cables, which are like one.
func Unseen(i iface.Info) string {
	what, cannot := i.Kind, ""
	switch i.Kind {
	case "vlan":
		what = fmt.Sprintf("VLAN %d of %s", i.VLAN, parent(i))
		cannot = "other VLANs and untagged frames are not seen here, and frames come without that tag and its priority; listen on the interface below for all"
	case "macvlan", "macvtap":
		what = fmt.Sprintf("a %s (%s) of %s", i.Kind, i.Mode, parent(i))
		cannot = "frames for other addresses are not seen here, not even with --promisc; listen on the interface below for all"
		if i.Mode == "passthru" {
			cannot = "it has the interface below for itself: what it is asked for, that one does"
		}
	case "ipvlan", "ipvtap":
		what = fmt.Sprintf("an %s (%s) of %s", i.Kind, i.Mode, parent(i))
		cannot = "frames for addresses other than its own IP addresses are not seen here, and its MAC address is that of the interface below"
	case "bond", "team":
		what = "a " + i.Kind + ", several ports as one"
		cannot = "which port a frame came by or leaves by is not seen here, nor LACP, nor what idle ports receive; test the ports one by one"
	case "bridge":
		what = "a bridge, as its own host sees it"
		cannot = "frames between its ports are seen only if they are flooded, or with --promisc; by which port they came is not seen"
	case "wireless":
		what = "a wireless interface"
		cannot = "802.11 headers, retries, rates, wrong checksums and frames of other stations are not seen here, and an access point passes on no other source address than its own"
	case "tun", "wireguard", "vxlan", "geneve", "gretap", "ip6gretap", "erspan", "l2tpeth":
		what = "the end of a tunnel or a program (" + i.Kind + ")"
		cannot = "the wire that its frames travel on is not seen here, nor what is lost there"
	case "dummy", "ifb":
		what = "a " + i.Kind + " of this host"
		cannot = "there is nobody at the other end"
	}
	if i.Type == "loopback" {
		what, cannot = "the loopback interface", "it shows this host's own traffic to itself, and no switch or cable"
	}
	if cannot == "" {
		return ""
	}
	return Text(fmt.Sprintf("%s is %s: %s", i.Name, what, cannot))
}

// parent is the interface below, as far as it is known.
func parent(i iface.Info) string {
	if i.Parent == "" {
		return "an interface of another namespace"
	}
	return i.Parent
}
