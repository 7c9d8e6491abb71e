package frame

import "eterm/ipv4"

var (
	icmpv6TypeWords = &words{within: func(uint64) *words { return icmpv6Types() }}
	icmpv6CodeWords = &words{within: func(t uint64) *words { return icmpv6Codes()[t&0xff] }}
)

func icmpv6Form(name string, lead uint64, rest ...Field) form {
	return form{name: name, lead: lead, fields: append([]Field{
		field("type", 8, Dec, "type").or(lead).named(icmpv6TypeWords),
		field("code", 8, Dec, "code").or(0).named(icmpv6CodeWords),
		field("checksum", 16, Hex, "checksum, with pseudo-header").by(checksum),
	}, rest...)}
}

func mldForm(name string, lead uint64, rest ...Field) form {
	return icmpv6Form(name, lead, append([]Field{
		field("max-response", 16, Dec, "longest wait for an answer, in ms").or(0),
		unused("reserved", 16), field("group", 128, IP6, "group address"),
	}, rest...)...)
}

var icmpv6Spec = &spec{about: "ICMPv6 message", lead: 0, number: inIPv6(ipv4.ProtocolICMPv6), forms: []form{
	icmpv6Form("echo-request", 128, idField, seqField),
	icmpv6Form("echo-reply", 129, idField, seqField),
	icmpv6Form("destination-unreachable", 1, quotedField6(), unused("unused", 24)),
	icmpv6Form("packet-too-big", 2, field("mtu", 32, Dec, "next hop's MTU")),
	icmpv6Form("time-exceeded", 3, quotedField6(), unused("unused", 24)),
	icmpv6Form("parameter-problem", 4, field("pointer", 32, Dec, "offset of the byte complained of").or(0)),
	mldForm("query", 130),
	mldForm("report", 131),
	mldForm("done", 132),
	icmpv6Form("report-v2", 143, unused("reserved", 16), field("records", 16, Dec, "number of records").by(count)),
	icmpv6Form("router-solicitation", 133, unused("reserved", 32)),
	icmpv6Form("router-advertisement", 134,
		field("hops", 8, Dec, "hop limit to use").or(64),
		field("managed", 1, Flag, "addresses by DHCPv6").or(0), field("stateful", 1, Flag, "other configuration by DHCPv6").or(0),
		unused("reserved", 6),
		field("lifetime", 16, Dec, "as default router, in seconds").or(1800),
		field("reachable", 32, Dec, "reachable time in ms").or(0),
		field("retransmit", 32, Dec, "retransmission timer in ms").or(0)),
	icmpv6Form("neighbor-solicitation", 135, unused("reserved", 32), field("target", 128, IP6, "address asked for")),
	icmpv6Form("neighbor-advertisement", 136,
		field("router", 1, Flag, "sender is a router").or(0), field("solicited", 1, Flag, "answer to a solicitation").or(0),
		field("override", 1, Flag, "replaces what is cached").or(0), unused("reserved", 29),
		field("target", 128, IP6, "address asked for")),
	icmpv6Form("redirect", 137, unused("reserved", 32), field("target", 128, IP6, "better next hop"),
		field("dst", 128, IP6, "destination it is for")),
	mldForm("query-v2", 130, unused("reserved2", 4),
		field("s", 1, Flag, "routers: keep your timers").or(0),
		field("qrv", 3, Dec, "querier's robustness").or(2),
		field("qqic", 8, Dec, "querier's interval code").or(125),
		field("number", 16, Dec, "number of sources").by(count),
		field("sources", 0, List6, "source addresses")),
	anyForm(icmpv6Form("other", 0, field("rest", 32, Hex, "bytes 4 to 7"))),
}}

func quotedField6() Field {
	return field("length", 8, Dec, "length of the quote in 8 bytes, 0: unsaid").or(0)
}

var mldRecordSpec = &spec{about: "group record of an MLDv2 report", lead: 0, forms: []form{recordForm(128, IP6, List6)}}

var ndKinds = &words{list: []word{
	{1, "source"}, {2, "target"}, {3, "prefix"}, {4, "redirected"}, {5, "mtu"}, {14, "nonce"}, {25, "rdnss"}, {31, "dnssl"},
}}

func ndForm(name string, lead uint64, rest ...Field) form {
	return form{name: name, lead: lead, fields: append([]Field{
		field("kind", 8, Dec, "kind of option").or(lead).named(ndKinds),
		field("len", 8, Dec, "length in 8 bytes").by(length),
	}, rest...)}
}

var ndSpec = &spec{about: "option of neighbour discovery", lead: 0, forms: []form{
	ndForm("source", 1, field("mac", 48, MAC, "source link-layer address")),
	ndForm("target", 2, field("mac", 48, MAC, "target link-layer address")),
	ndForm("prefix", 3,
		field("prefix-length", 8, Dec, "bits of the prefix").or(64),
		field("on-link", 1, Flag, "the prefix is on the link").or(0),
		field("autonomous", 1, Flag, "hosts may make addresses from it").or(0),
		unused("reserved", 6),
		field("valid", 32, Dec, "valid lifetime in seconds").or(2592000),
		field("preferred", 32, Dec, "preferred lifetime in seconds").or(604800),
		unused("reserved2", 32),
		field("prefix", 128, IP6, "prefix")),
	ndForm("redirected", 4, unused("reserved", 48), field("packet", 0, Bytes, "the packet that was redirected")),
	ndForm("mtu", 5, unused("reserved", 16), field("mtu", 32, Dec, "MTU of the link")),
	ndForm("nonce", 14, field("nonce", 0, Bytes, "nonce")),
	ndForm("rdnss", 25, unused("reserved", 16), field("lifetime", 32, Dec, "lifetime in seconds").or(1800),
		field("servers", 0, List6, "addresses of name servers")),
	ndForm("dnssl", 31, unused("reserved", 16), field("lifetime", 32, Dec, "lifetime in seconds").or(1800),
		field("domains", 0, Bytes, "search list, as in DNS")),
	anyForm(ndForm("option", 0, field("data", 0, Bytes, "what the option holds"))),
}}
