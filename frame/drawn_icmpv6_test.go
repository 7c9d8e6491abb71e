package frame

import "testing"

func TestDrawnICMPv6(t *testing.T) {
	checkDrawn(t, []drawn{
		{
			name:     "echo request (RFC 4443, 4.1)",
			notation: drawnIP6 + "icmpv6 echo-request id=0xffff seq=1 / hex ff",
			layers:   "eth:14 ipv6:40 icmpv6:8 data:1",
			wire: `
				020000000002 020000000001 86dd
				60000000 0009 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				80 00 2545
				ffff 0001
				ff`,
		},
		{
			name:     "echo reply",
			notation: drawnIP6 + "icmpv6 echo-reply id=1 seq=2",
			layers:   "eth:14 ipv6:40 icmpv6:8",
			wire: `
				020000000002 020000000001 86dd
				60000000 0008 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				81 00 2345
				0001 0002`,
		},
		{
			name:     "destination unreachable (RFC 4443, 3.1; RFC 4884, 4.2)",
			notation: drawnIP6 + "icmpv6 destination-unreachable code=4 length=16 unused=0xffffff",
			layers:   "eth:14 ipv6:40 icmpv6:8",
			wire: `
				020000000002 020000000001 86dd
				60000000 0008 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				01 04 9245
				10 ffffff`,
		},
		{
			name:     "packet too big (RFC 4443, 3.2)",
			notation: drawnIP6 + "icmpv6 packet-too-big mtu=1280",
			layers:   "eth:14 ipv6:40 icmpv6:8",
			wire: `
				020000000002 020000000001 86dd
				60000000 0008 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				02 00 9d48
				00000500`,
		},
		{
			name:     "parameter problem (RFC 4443, 3.4)",
			notation: drawnIP6 + "icmpv6 parameter-problem code=1 pointer=40",
			layers:   "eth:14 ipv6:40 icmpv6:8",
			wire: `
				020000000002 020000000001 86dd
				60000000 0008 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				04 01 a01f
				00000028`,
		},
	})
}

func TestDrawnNeighborDiscovery(t *testing.T) {
	checkDrawn(t, []drawn{
		{
			name:     "router solicitation with its sender's address (RFC 4861, 4.1 and 4.6.1)",
			notation: drawnIP6 + "icmpv6 router-solicitation reserved=1 / nd source mac=02:00:00:00:00:01",
			layers:   "eth:14 ipv6:40 icmpv6:8 nd:8",
			wire: `
				020000000002 020000000001 86dd
				60000000 0010 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				85 00 1c3d
				00000001
				01 01 020000000001 ; kind, length in 8 bytes, address`,
		},
		{
			name:     "router advertisement with prefix and MTU (RFC 4861, 4.2, 4.6.2, 4.6.4)",
			notation: drawnIP6 + "icmpv6 router-advertisement hops=255 managed stateful reserved=0x3f lifetime=9000 reachable=1 retransmit=2 / nd prefix prefix-length=64 on-link autonomous reserved=0x15 valid=4294967295 preferred=600 reserved2=7 prefix=2001:db8:1:: / nd mtu reserved=9 mtu=9000",
			layers:   "eth:14 ipv6:40 icmpv6:16 nd:32 nd:8",
			wire: `
				020000000002 020000000001 86dd
				60000000 0038 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				86 00 5ec8
				ff ff 2328  ; hop limit; M, O, reserved; router lifetime
				00000001    ; reachable time
				00000002    ; retransmission timer
				03 04 40 d5 ; kind, length, prefix length; L, A, reserved
				ffffffff    ; valid lifetime
				00000258    ; preferred lifetime
				00000007
				20010db8 00010000 00000000 00000000
				05 01 0009
				00002328`,
		},
		{
			name:     "name servers and search list (RFC 8106, 5)",
			notation: drawnIP6 + "icmpv6 router-advertisement / nd rdnss reserved=1 lifetime=2 servers=2001:db8::53,2001:db8::54 / nd dnssl reserved=3 lifetime=4 domains=0x03656e6700000000",
			layers:   "eth:14 ipv6:40 icmpv6:16 nd:40 nd:16",
			wire: `
				020000000002 020000000001 86dd
				60000000 0048 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				86 00 d108
				40 00 0708  ; hop limit 64, lifetime 1800
				00000000 00000000
				19 05 0001 00000002
				20010db8 00000000 00000000 00000053
				20010db8 00000000 00000000 00000054
				1f 02 0003 00000004
				03656e67 00000000`,
		},
		{
			name:     "neighbor solicitation with nonce (RFC 4861, 4.3; RFC 3971, 5.3.2)",
			notation: drawnIP6 + "icmpv6 neighbor-solicitation reserved=2 target=2001:db8::9 / nd nonce nonce=0x010203040506",
			layers:   "eth:14 ipv6:40 icmpv6:24 nd:8",
			wire: `
				020000000002 020000000001 86dd
				60000000 0020 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				87 00 d85e
				00000002
				20010db8 00000000 00000000 00000009
				0e 01 010203040506`,
		},
		{
			name:     "neighbor advertisement (RFC 4861, 4.4)",
			notation: drawnIP6 + "icmpv6 neighbor-advertisement router override reserved=1 target=2001:db8::9 / nd target mac=02:00:00:00:00:01",
			layers:   "eth:14 ipv6:40 icmpv6:24 nd:8",
			wire: `
				020000000002 020000000001 86dd
				60000000 0020 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				88 00 4a6a
				a0000001    ; R, O, reserved
				20010db8 00000000 00000000 00000009
				02 01 020000000001`,
		},
		{
			name:     "redirect with the packet redirected (RFC 4861, 4.5, 4.6.3)",
			notation: drawnIP6 + "icmpv6 redirect reserved=3 target=fe80::1 dst=2001:db8::9 / nd redirected reserved=5 packet=0x6000000000003b40 / nd option kind=200 data=0x010203040506",
			layers:   "eth:14 ipv6:40 icmpv6:40 nd:16 nd:8",
			wire: `
				020000000002 020000000001 86dd
				60000000 0040 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				89 00 7e73
				00000003
				fe800000 00000000 00000000 00000001
				20010db8 00000000 00000000 00000009
				04 02 000000000005
				60000000 00003b40
				c8 01 010203040506 ; an option without a name`,
		},
	})
}

func TestDrawnMLD(t *testing.T) {
	checkDrawn(t, []drawn{
		{
			name:     "query of version 1 (RFC 2710, 3)",
			notation: drawnIP6 + "icmpv6 query max-response=10000 reserved=0x0102 group=ff02::fb",
			layers:   "eth:14 ipv6:40 icmpv6:24",
			wire: `
				020000000002 020000000001 86dd
				60000000 0018 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				82 00 fa27
				2710 0102
				ff020000 00000000 00000000 000000fb`,
		},
		{
			name:     "done",
			notation: drawnIP6 + "icmpv6 done group=ff02::fb",
			layers:   "eth:14 ipv6:40 icmpv6:24",
			wire: `
				020000000002 020000000001 86dd
				60000000 0018 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				84 00 203a
				0000 0000
				ff020000 00000000 00000000 000000fb`,
		},
		{
			name:     "query of version 2 with a source (RFC 3810, 5.1)",
			notation: drawnIP6 + "icmpv6 query-v2 max-response=1 group=ff3e::1 reserved2=0xa s qrv=2 qqic=125 sources=2001:db8::5",
			layers:   "eth:14 ipv6:40 icmpv6:44",
			wire: `
				020000000002 020000000001 86dd
				60000000 002c 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				82 00 4aa6
				0001 0000
				ff3e0000 00000000 00000000 00000001
				aa 7d 0001  ; reserved, S, QRV; QQIC; number of sources
				20010db8 00000000 00000000 00000005`,
		},
		{
			name:     "report of version 2 (RFC 3810, 5.2)",
			notation: drawnIP6 + "icmpv6 report-v2 reserved=1 / mld-record type=allow group=ff3e::1 sources=2001:db8::5 / mld-record type=block group=ff3e::2",
			layers:   "eth:14 ipv6:40 icmpv6:8 mld-record:36 mld-record:20",
			wire: `
				020000000002 020000000001 86dd
				60000000 0040 3a 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				8f 00 ddcc
				0001 0002
				05 00 0001
				ff3e0000 00000000 00000000 00000001
				20010db8 00000000 00000000 00000005
				06 00 0000
				ff3e0000 00000000 00000000 00000002`,
		},
	})
}
