package frame

var lldpTypes = &words{list: []word{
	{0, "end"}, {1, "chassis-id"}, {2, "port-id"}, {3, "ttl"}, {4, "port-description"}, {5, "system-name"},
	{6, "system-description"}, {7, "capabilities"}, {8, "management-address"}, {127, "organization"},
}}

var chassisSubtypes = &words{list: []word{
	{1, "component"}, {2, "alias"}, {3, "port"}, {4, "mac"}, {5, "network"}, {6, "interface"}, {7, "local"},
}}

var portSubtypes = &words{list: []word{
	{1, "alias"}, {2, "component"}, {3, "mac"}, {4, "network"}, {5, "interface"}, {6, "circuit"}, {7, "local"},
}}

func lldpForm(name string, lead uint64, rest ...Field) form {
	return form{name: name, lead: lead, fields: append([]Field{
		field("type", 7, Dec, "type of the TLV").or(lead).named(lldpTypes),
		field("length", 9, Dec, "bytes that follow in the TLV").by(length),
	}, rest...)}
}

var lldpSpec = &spec{about: "one TLV of link layer discovery", lead: 0, types: []uint16{TypeLLDP}, title: "LLDP", forms: []form{
	lldpForm("end", 0),
	lldpForm("chassis-id", 1, field("subtype", 8, Dec, "what the id is").or(4).named(chassisSubtypes),
		field("id", 0, Bytes, "chassis identifier")),
	lldpForm("port-id", 2, field("subtype", 8, Dec, "what the id is").or(5).named(portSubtypes),
		field("id", 0, Bytes, "port identifier")),
	lldpForm("ttl", 3, field("seconds", 16, Dec, "how long this is valid").or(120)),
	lldpForm("port-description", 4, field("text", 0, Bytes, "description of the port")),
	lldpForm("system-name", 5, field("text", 0, Bytes, "name of the system")),
	lldpForm("system-description", 6, field("text", 0, Bytes, "description of the system")),
	lldpForm("capabilities", 7, field("system", 16, Hex, "what the system can do"),
		field("enabled", 16, Hex, "what of it is enabled")),
	lldpForm("management-address", 8, field("value", 0, Bytes, "address, interface number and object identifier")),
	lldpForm("organization", 127, field("oui", 24, Hex, "organisation"),
		field("subtype", 8, Dec, "the organisation's number"), field("value", 0, Bytes, "what the TLV holds")),
	anyForm(lldpForm("tlv", 0, field("value", 0, Bytes, "what the TLV holds"))),
}}

var bpduTypes = &words{list: []word{{0, "config"}, {0x80, "topology-change"}, {2, "rapid"}}}

func stpForm(name string, lead, version uint64, rest ...Field) form {
	return form{name: name, lead: lead, fields: append([]Field{
		field("protocol", 16, Hex, "protocol identifier").or(0),
		field("version", 8, Dec, "0 STP, 2 RSTP, 3 MSTP").or(version),
		field("type", 8, Hex, "type of the BPDU").or(lead).named(bpduTypes),
	}, rest...)}
}

// bpdu is what a configuration and a rapid BPDU share behind the flags.
func bpdu(flags ...Field) []Field {
	return append(flags,
		field("root-priority", 4, Dec, "root's priority in 4096").or(8),
		field("root-ext", 12, Dec, "root's system id extension").or(0),
		field("root", 48, MAC, "root's address"),
		field("cost", 32, Dec, "cost of the path to the root").or(0),
		field("bridge-priority", 4, Dec, "sender's priority in 4096").or(8),
		field("bridge-ext", 12, Dec, "sender's system id extension").or(0),
		field("bridge", 48, MAC, "sender's address"),
		field("port", 16, Hex, "sender's port").or(0x8001),
		field("age", 16, Dec, "message age in 1/256 s").or(0),
		field("max-age", 16, Dec, "maximum age in 1/256 s").or(20*256),
		field("hello", 16, Dec, "hello time in 1/256 s").or(2*256),
		field("delay", 16, Dec, "forward delay in 1/256 s").or(15*256))
}

var stpSpec = &spec{about: "spanning tree BPDU", lead: 2, forms: []form{
	stpForm("config", 0, 0, bpdu(
		field("tcack", 1, Flag, "topology change acknowledged").or(0),
		unused("reserved", 6),
		field("tc", 1, Flag, "topology change").or(0))...),
	stpForm("topology-change", 0x80, 0),
	stpForm("rapid", 2, 2, append(bpdu(
		field("tcack", 1, Flag, "topology change acknowledged").or(0),
		field("agreement", 1, Flag, "agreement").or(0),
		field("forwarding", 1, Flag, "forwarding").or(0),
		field("learning", 1, Flag, "learning").or(0),
		field("role", 2, Dec, "role of the port: 1 alternate, 2 root, 3 designated").or(3),
		field("proposal", 1, Flag, "proposal").or(0),
		field("tc", 1, Flag, "topology change").or(0)),
		field("version1", 8, Dec, "version 1 length").or(0))...),
	anyForm(stpForm("other", 0, 0)),
}}
