package switchtest

// consumed is what a switch does with a frame that is for switches.
const consumed = "consumed"

var taking = measure{"a word", []string{forwarded, consumed, lossy, duplicated, altered}}

// reservedCases are the matrix of reserved and other well-known group
// addresses: one case each. All carry the experimental EtherType, so that no
// switch can take one for a pause frame or a spanning tree message.
func reservedCases() []Case {
	const (
		never   = "802.1Q 8.6.3, table 8-1: reserved, no bridge forwards it"
		maybe   = "802.1Q 8.6.3, 10.5: a bridge without this application forwards it"
		always  = "802.1Q 8.8.6: a group like any other to a bridge that has no use for it"
		must    = "RFC 4541 2.1.2: forwarded to all ports, snooping or not"
		listens = "forwarded|consumed"
	)
	low := func(last byte) MAC { return MAC{0x01, 0x80, 0xc2, 0, 0, last} }
	rows := []struct {
		name string
		addr MAC
		rule string
		want string
		note string
	}{
		{"00-stp", low(0x00), never + "; Linux does when STP is off", consumed, forwarded},
		{"01-pause", low(0x01), never, consumed, ""},
		{"02-slow-lacp", low(0x02), never, consumed, ""},
		{"03-802.1x", low(0x03), never, consumed, ""},
		{"04", low(0x04), never, consumed, ""},
		{"05", low(0x05), never, consumed, ""},
		{"06", low(0x06), never, consumed, ""},
		{"07-elmi", low(0x07), never, consumed, ""},
		{"08-provider", low(0x08), never, consumed, ""},
		{"09", low(0x09), never, consumed, ""},
		{"0a", low(0x0a), never, consumed, ""},
		{"0b", low(0x0b), never, consumed, ""},
		{"0c", low(0x0c), never, consumed, ""},
		{"0d-provider-mvrp", low(0x0d), never, consumed, ""},
		{"0e-lldp-ptp", low(0x0e), never, consumed, ""},
		{"0f", low(0x0f), never, consumed, ""},
		{"10-all-bridges", low(0x10), "802.1D-2004 7.12.4: bridge management, out of use", listens, ""},
		{"14-isis-l1", low(0x14), always, forwarded, consumed},
		{"15-isis-l2", low(0x15), always, forwarded, consumed},
		{"20-mmrp", low(0x20), maybe, listens, ""},
		{"21-mvrp", low(0x21), maybe, listens, ""},
		{"30-cfm", low(0x30), "802.1Q 8.6.3, 22: forwarded where no maintenance point takes it", forwarded, consumed},
		{"ptp", MAC{0x01, 0x1b, 0x19, 0, 0, 0}, "IEEE 1588 annex F: a group like any other to a switch that is no clock", forwarded, consumed},
		{"cdp", MAC{0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc}, always + ", Cisco's own consume it", forwarded, consumed},
		{"pvst", MAC{0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcd}, always + ", Cisco's own consume it", forwarded, consumed},
		{"mef-dmac", MAC{0x01, 0x00, 0x0c, 0xcd, 0xcd, 0xd0}, always, forwarded, consumed},
		{"ipv4-all-hosts", MAC{0x01, 0x00, 0x5e, 0, 0, 1}, must, forwarded, ""},
		{"ipv4-mdns", MAC{0x01, 0x00, 0x5e, 0, 0, 0xfb}, must, forwarded, ""},
		{"ipv6-all-nodes", MAC{0x33, 0x33, 0, 0, 0, 1}, "RFC 4541 3: forwarded to all ports, snooping or not", forwarded, ""},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		cases[i] = Case{"reserved." + row.name, row.rule, "3 frames to " + row.addr.String() + " each way", row.want, row.note, taking, reserve(row.addr)}
		if providersForward[row.addr] {
			cases[i].run = unlessProvider(cases[i].run)
			cases[i].Rule += "; an S-VLAN component does (table 8-2)"
		}
	}
	return cases
}

// reserve sends to a group address both ways.
func reserve(addr MAC) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) {
		o, err := bothWays(func(from side) (Outcome, error) {
			return r.fate(from, repeat(3, spec{dst: addr, src: r.addr[from]})...)
		})
		if o.Value == dropped {
			o.Value = consumed
		}
		return o, err
	}
}
