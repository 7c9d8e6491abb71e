package frame

import "testing"

func TestDoubts(t *testing.T) {
	for notation, want := range map[string]string{
		"eth / icmp echo-request":                         "icmp in eth: nothing in eth announces it, so no receiver takes it for icmp",
		"eth / vlan id=5 / udp":                           "udp in vlan: nothing in vlan announces it, so no receiver takes it for udp",
		"ipv4 / icmpv6 echo-request":                      "icmpv6 in ipv4: nothing in ipv4 announces it, so no receiver takes it for icmpv6",
		"ipv6 / icmp":                                     "icmp in ipv6: nothing in ipv6 announces it, so no receiver takes it for icmp",
		"ipv4 / udp / ipv4 / tcp":                         "ipv4 in udp: nothing in udp announces it, so no receiver takes it for ipv4",
		"eth / llc / arp":                                 "arp in llc: nothing in llc announces it, so no receiver takes it for arp",
		"eth type=0x88b6 / text x":                        "",
		"eth / mpls label=1 / ipv4 / ipv6 / udp / text x": "",
	} {
		tpl, err := Parse(notation)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if d := tpl.Doubts(); len(d) == 1 {
			got = d[0]
		} else if len(d) > 1 {
			t.Errorf("%s: %q", notation, d)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", notation, got, want)
		}
	}
	for _, notation := range everyLayer {
		tpl, err := Parse(notation)
		if err != nil {
			t.Fatal(err)
		}
		if d := tpl.Doubts(); len(d) > 0 {
			t.Errorf("%s: %q", notation, d)
		}
	}
}
