package frame

import "eterm/ipv4"

// table is every layer with all its fields: the one place that says where a
// field is, what it is called and what it should hold.
var table = [layers]*spec{
	LayerEth: {about: "Ethernet II, or IEEE 802.3 when llc follows", lead: -1, forms: []form{{fields: []Field{
		field("dst", 48, MAC, "destination address").dflt(1<<48 - 1),
		field("src", 48, MAC, "source address"),
		field("type", 16, Hex, "EtherType of what follows").by(nextType).named(etherTypes),
		field("length", 16, Dec, "instead of a type: bytes that follow (802.3)").also(96),
	}}}},
	LayerVLAN:  {about: "802.1Q tag", lead: -1, types: vlanTypes(), forms: []form{{fields: tagFields()}}},
	LayerSVLAN: {about: "802.1ad service tag", lead: -1, types: []uint16{TypeSVLAN}, forms: []form{{fields: tagFields()}}},
	LayerLLC: {about: "IEEE 802.2 logical link control", lead: -1, forms: []form{
		{fields: []Field{
			field("dsap", 8, Hex, "destination service access point").by(nextType),
			field("ssap", 8, Hex, "source service access point").by(nextType),
			field("control", 8, Hex, "unnumbered format: 0x03 is UI").or(3),
		}},
		{name: "numbered", fields: []Field{
			field("dsap", 8, Hex, "destination service access point").by(nextType),
			field("ssap", 8, Hex, "source service access point").by(nextType),
			field("control", 16, Hex, "information or supervisory format").or(0),
		}},
	}},
	LayerSNAP: {about: "subnetwork access protocol", lead: -1, forms: []form{{fields: []Field{
		field("oui", 24, Hex, "organisation; 0 is EtherTypes").or(0),
		field("type", 16, Hex, "EtherType, if oui is 0").by(nextType).named(etherTypes),
	}}}},
	LayerMPLS: {about: "MPLS label stack entry", lead: -1, types: []uint16{TypeMPLS, TypeMPLSMulti}, title: "MPLS", forms: []form{{fields: []Field{
		field("label", 20, Dec, "label").by(always),
		field("tc", 3, Dec, "traffic class (RFC 5462)").or(0),
		field("s", 1, Flag, "bottom of the stack").by(bottom),
		field("ttl", 8, Dec, "time to live").or(64),
	}}}},
	LayerARP: {about: "address resolution, Ethernet and IPv4", lead: 4, types: []uint16{TypeARP}, title: "ARP", forms: []form{{any: true, lead: 1, fields: []Field{
		field("htype", 16, Dec, "hardware type; 1 is Ethernet").or(1),
		field("ptype", 16, Hex, "protocol type").or(TypeIPv4),
		field("hlen", 8, Dec, "bytes of a hardware address").or(6),
		field("plen", 8, Dec, "bytes of a protocol address").or(4),
		field("op", 16, Dec, "operation").or(1).named(arpOps),
		field("sha", 48, MAC, "sender's hardware address"),
		field("spa", 32, IP4, "sender's protocol address"),
		field("tha", 48, MAC, "target's hardware address").or(0),
		field("tpa", 32, IP4, "target's protocol address"),
	}}}},
	LayerIPv4: {about: "IPv4 header", lead: -1, types: []uint16{TypeIPv4}, title: "IPv4", number: inIP(4), forms: []form{{fields: []Field{
		field("version", 4, Dec, "version").or(4),
		field("ihl", 4, Dec, "header length in 4 bytes").by(headerLen),
		field("dscp", 6, Dec, "differentiated services code point").or(0),
		field("ecn", 2, Dec, "explicit congestion notification").or(0),
		field("length", 16, Dec, "total length, header included").by(length),
		field("id", 16, Dec, "identification").or(0),
		field("rf", 1, Flag, "reserved flag").or(0),
		field("df", 1, Flag, "don't fragment").or(0),
		field("mf", 1, Flag, "more fragments").or(0),
		field("offset", 13, Dec, "fragment offset in 8 bytes").or(0),
		field("ttl", 8, Dec, "time to live").or(64),
		field("protocol", 8, Dec, "what follows").by(nextType).named(protocols),
		field("checksum", 16, Hex, "header checksum").by(checksum),
		field("src", 32, IP4, "source address"),
		field("dst", 32, IP4, "destination address"),
		field("options", 0, Options4, "options"),
		field("tos", 8, Hex, "dscp and ecn together").also(8),
	}}}},
	LayerIPv6: {about: "IPv6 header", lead: -1, types: []uint16{TypeIPv6}, title: "IPv6", number: inIP(41), forms: []form{{fields: []Field{
		field("version", 4, Dec, "version").or(6),
		field("dscp", 6, Dec, "differentiated services code point").or(0),
		field("ecn", 2, Dec, "explicit congestion notification").or(0),
		field("flow", 20, Hex, "flow label").or(0),
		field("length", 16, Dec, "payload length").by(length),
		field("next", 8, Dec, "what follows").by(nextType).named(protocols),
		field("hops", 8, Dec, "hop limit").or(64),
		field("src", 128, IP6, "source address"),
		field("dst", 128, IP6, "destination address"),
		field("class", 8, Hex, "dscp and ecn together").also(4),
	}}}},
	LayerHopOpts: {about: "IPv6 hop-by-hop options", lead: -1, number: inIPv6(0), forms: []form{{fields: optionFields()}}},
	LayerDstOpts: {about: "IPv6 destination options", lead: -1, number: inIPv6(60), forms: []form{{fields: optionFields()}}},
	LayerRouting: {about: "IPv6 routing header", lead: -1, number: inIPv6(43), forms: []form{{fields: []Field{
		field("next", 8, Dec, "what follows").by(nextType).named(protocols),
		field("len", 8, Dec, "header length in 8 bytes, less 8").by(headerLen),
		field("type", 8, Dec, "routing type").or(0),
		field("left", 8, Dec, "segments left").or(0),
		field("data", 0, Bytes, "the rest"),
	}}}},
	LayerFragment: {about: "IPv6 fragment header", lead: -1, number: inIPv6(44), forms: []form{{fields: []Field{
		field("next", 8, Dec, "what follows").by(nextType).named(protocols),
		field("reserved", 8, Hex, "reserved").or(0),
		field("offset", 13, Dec, "fragment offset in 8 bytes").or(0),
		field("res", 2, Hex, "reserved").or(0),
		field("mf", 1, Flag, "more fragments").or(0),
		field("id", 32, Hex, "identification"),
	}}}},
	LayerAH: {about: "IP authentication header", lead: -1, number: inIP(51), forms: []form{{fields: []Field{
		field("next", 8, Dec, "what follows").by(nextType).named(protocols),
		field("len", 8, Dec, "header length in 4 bytes, less 2").by(headerLen),
		field("reserved", 16, Hex, "reserved").or(0),
		field("spi", 32, Hex, "security parameters index"),
		field("seq", 32, Dec, "sequence number"),
		field("icv", 0, Bytes, "integrity check value"),
	}}}},
	LayerESP: {about: "IP encapsulating security payload", lead: -1, number: inIP(50), forms: []form{{fields: []Field{
		field("spi", 32, Hex, "security parameters index"),
		field("seq", 32, Dec, "sequence number"),
	}}}},
	LayerUDP: {about: "user datagram", lead: -1, number: inIP(ipv4.ProtocolUDP), forms: []form{{fields: []Field{
		field("sport", 16, Dec, "source port"),
		field("dport", 16, Dec, "destination port"),
		field("length", 16, Dec, "length, header included").by(length),
		field("checksum", 16, Hex, "checksum, with pseudo-header").by(checksum),
	}}}},
	LayerTCP: {about: "TCP segment", lead: -1, number: inIP(ipv4.ProtocolTCP), forms: []form{{fields: []Field{
		field("sport", 16, Dec, "source port"),
		field("dport", 16, Dec, "destination port"),
		field("seq", 32, Dec, "sequence number"),
		field("ackno", 32, Dec, "acknowledgment number").or(0),
		field("offset", 4, Dec, "header length in 4 bytes").by(headerLen),
		field("reserved", 3, Hex, "reserved").or(0),
		field("ae", 1, Flag, "accurate ECN").or(0),
		field("cwr", 1, Flag, "congestion window reduced").or(0),
		field("ece", 1, Flag, "ECN echo").or(0),
		field("urg", 1, Flag, "urgent pointer is valid").or(0),
		field("ack", 1, Flag, "ackno is valid").or(0),
		field("psh", 1, Flag, "push").or(0),
		field("rst", 1, Flag, "reset").or(0),
		field("syn", 1, Flag, "synchronise").or(0),
		field("fin", 1, Flag, "no more data").or(0),
		field("window", 16, Dec, "receive window").or(8192),
		field("checksum", 16, Hex, "checksum, with pseudo-header").by(checksum),
		field("urgent", 16, Dec, "urgent pointer").or(0),
		field("options", 0, OptionsT, "options"),
		field("flags", 8, Hex, "cwr to fin together").also(104),
	}}}},
	LayerPause: {about: "MAC control: pause and priority flow control", lead: 0, types: []uint16{TypePause}, title: "MAC control", forms: []form{
		{lead: 1, fields: []Field{
			field("opcode", 16, Hex, "operation").or(1),
			field("quanta", 16, Dec, "pause time in 512 bit times"),
		}},
		{name: "pfc", lead: 0x101, fields: []Field{
			field("opcode", 16, Hex, "operation").or(0x101),
			field("classes", 16, Hex, "which priorities, one bit each"),
			field("quanta0", 16, Dec, "pause time of priority 0").or(0),
			field("quanta1", 16, Dec, "pause time of priority 1").or(0),
			field("quanta2", 16, Dec, "pause time of priority 2").or(0),
			field("quanta3", 16, Dec, "pause time of priority 3").or(0),
			field("quanta4", 16, Dec, "pause time of priority 4").or(0),
			field("quanta5", 16, Dec, "pause time of priority 5").or(0),
			field("quanta6", 16, Dec, "pause time of priority 6").or(0),
			field("quanta7", 16, Dec, "pause time of priority 7").or(0),
		}},
		{name: "other", any: true, fields: []Field{field("opcode", 16, Hex, "operation").or(0)}},
	}},
	LayerICMP: icmpSpec, LayerICMPv6: icmpv6Spec, LayerND: ndSpec, LayerMLDRecord: mldRecordSpec,
	LayerIGMP: igmpSpec, LayerIGMPRecord: igmpRecordSpec, LayerLLDP: lldpSpec, LayerSTP: stpSpec,
}

func tagFields() []Field {
	return []Field{
		field("pcp", 3, Dec, "priority code point").or(0),
		field("dei", 1, Flag, "drop eligible").or(0),
		field("id", 12, Dec, "VLAN identifier").by(always),
		field("type", 16, Hex, "EtherType of what follows").by(nextType).named(etherTypes),
		field("length", 16, Dec, "instead of a type: bytes that follow (802.3)").also(16),
		field("tpid", 16, Hex, "the type of the header before: that of this tag").also(-16),
	}
}

func optionFields() []Field {
	return []Field{
		field("next", 8, Dec, "what follows").by(nextType).named(protocols),
		field("len", 8, Dec, "header length in 8 bytes, less 8").by(headerLen),
		field("options", 0, Options6, "options"),
	}
}
