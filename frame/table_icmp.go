package frame

import "eterm/ipv4"

// Every ICMP message starts with type, code and checksum; what the next four
// bytes mean depends on the type.

func icmpForm(name string, lead uint64, rest ...Field) form {
	return form{name: name, lead: lead, fields: append([]Field{
		field("type", 8, Dec, "type").or(lead).named(icmpTypeWords),
		field("code", 8, Dec, "code").or(0).named(icmpCodeWords),
		field("checksum", 16, Hex, "checksum").by(checksum),
	}, rest...)}
}

var (
	icmpTypeWords = &words{within: func(uint64) *words { return icmpTypes() }}
	icmpCodeWords = &words{within: func(t uint64) *words { return icmpCodes()[t&0xff] }}
)

var (
	idField  = field("id", 16, Dec, "identifier")
	seqField = field("seq", 16, Dec, "sequence number")
)

func unused(name string, bits int) Field { return field(name, bits, Hex, "unused").or(0) }

// quoted is the byte that tells the length of what an error quotes (RFC 4884).
func quotedField() Field {
	return field("length", 8, Dec, "length of the quote in 4 bytes, 0: unsaid").or(0)
}

var icmpSpec = &spec{about: "ICMP message", lead: 0, number: inIPv4(ipv4.ProtocolICMP), forms: []form{
	icmpForm("echo-request", 8, idField, seqField),
	icmpForm("echo-reply", 0, idField, seqField),
	icmpForm("destination-unreachable", 3, unused("unused", 8), quotedField(),
		field("mtu", 16, Dec, "next hop's MTU, with fragmentation-needed").or(0)),
	icmpForm("source-quench", 4, unused("unused", 32)),
	icmpForm("redirect", 5, field("gateway", 32, IP4, "better router")),
	icmpForm("router-advertisement", 9, field("addresses", 8, Dec, "number of entries").dflt(0),
		field("size", 8, Dec, "size of an entry in 4 bytes").or(2),
		field("lifetime", 16, Dec, "lifetime in seconds").or(1800)),
	icmpForm("router-solicitation", 10, unused("unused", 32)),
	icmpForm("time-exceeded", 11, unused("unused", 8), quotedField(), unused("unused2", 16)),
	icmpForm("parameter-problem", 12, field("pointer", 8, Dec, "offset of the byte complained of").or(0),
		quotedField(), unused("unused", 16)),
	icmpForm("timestamp", 13, timestamps()...),
	icmpForm("timestamp-reply", 14, timestamps()...),
	icmpForm("information-request", 15, idField, seqField),
	icmpForm("information-reply", 16, idField, seqField),
	icmpForm("address-mask-request", 17, idField, seqField, field("mask", 32, IP4, "address mask").or(0)),
	icmpForm("address-mask-reply", 18, idField, seqField, field("mask", 32, IP4, "address mask")),
	icmpForm("photuris", 40, unused("unused", 16), field("pointer", 16, Dec, "offset of the byte complained of").or(0)),
	icmpForm("extended-echo-request", 42, idField, field("seq", 8, Dec, "sequence number"),
		unused("unused", 7), field("local", 1, Flag, "the interface is the node's own").or(0)),
	icmpForm("extended-echo-reply", 43, idField, field("seq", 8, Dec, "sequence number"),
		field("state", 3, Dec, "state of the neighbour entry").or(0), unused("unused", 2),
		field("active", 1, Flag, "the interface is active").or(0),
		field("has4", 1, Flag, "IPv4 runs on it").or(0), field("has6", 1, Flag, "IPv6 runs on it").or(0)),
	anyForm(icmpForm("other", 0, field("rest", 32, Hex, "bytes 4 to 7"))),
}}

func anyForm(m form) form { m.any = true; return m }

func timestamps() []Field {
	return []Field{idField, seqField,
		field("originate", 32, Dec, "when sent, in ms since midnight UT").or(0),
		field("receive", 32, Dec, "when received").or(0),
		field("transmit", 32, Dec, "when answered").or(0),
	}
}

var igmpTypes = &words{list: []word{
	{0x11, "query"}, {0x12, "report-v1"}, {0x16, "report-v2"}, {0x17, "leave"}, {0x22, "report-v3"},
}}

func igmpForm(name string, lead uint64, rest ...Field) form {
	return form{name: name, lead: lead, fields: append([]Field{
		field("type", 8, Hex, "type").or(lead).named(igmpTypes),
		field("max-response", 8, Dec, "longest wait for an answer, in 1/10 s").or(0),
		field("checksum", 16, Hex, "checksum").by(checksum),
	}, rest...)}
}

func groupField() Field { return field("group", 32, IP4, "group address") }

var igmpSpec = &spec{about: "IGMP message", lead: 0, number: inIPv4(ipv4.ProtocolIGMP), forms: []form{
	igmpForm("query", 0x11, groupField()),
	igmpForm("report-v1", 0x12, groupField()),
	igmpForm("report-v2", 0x16, groupField()),
	igmpForm("leave", 0x17, groupField()),
	igmpForm("report-v3", 0x22, unused("reserved", 16), field("records", 16, Dec, "number of records").by(count)),
	igmpForm("query-v3", 0x11, groupField(), unused("reserved", 4),
		field("s", 1, Flag, "routers: keep your timers").or(0),
		field("qrv", 3, Dec, "querier's robustness").or(2),
		field("qqic", 8, Dec, "querier's interval code").or(125),
		field("number", 16, Dec, "number of sources").by(count),
		field("sources", 0, List4, "source addresses")),
	anyForm(igmpForm("other", 0, field("rest", 32, Hex, "bytes 4 to 7"))),
}}

var recordTypes = &words{list: []word{
	{1, "is-include"}, {2, "is-exclude"}, {3, "to-include"}, {4, "to-exclude"}, {5, "allow"}, {6, "block"},
}}

func recordForm(addr int, ip, list Kind) form {
	return form{any: true, lead: 4, fields: []Field{
		field("type", 8, Dec, "record type").or(4).named(recordTypes),
		field("aux", 8, Dec, "auxiliary data in 4 bytes").or(0),
		field("number", 16, Dec, "number of sources").by(count),
		field("group", addr, ip, "group address"),
		field("sources", 0, list, "source addresses"),
	}}
}

var igmpRecordSpec = &spec{about: "group record of an IGMPv3 report", lead: 0, forms: []form{recordForm(32, IP4, List4)}}
