package frame

import "testing"

func TestDrawnICMP(t *testing.T) {
	checkDrawn(t, []drawn{
		{
			name:     "echo request of odd length (RFC 792, p. 14)",
			notation: drawnIP4 + "icmp echo-request id=0xfffe seq=0x8001 / hex 010203",
			layers:   "eth:14 ipv4:20 icmp:8 data:3 trailer:15",
			wire: `
				020000000002 020000000001 0800
				4500001f 00000000 4001f6da c0000201 c0000202
				08 00 73fd  ; type, code, checksum
				fffe 8001   ; identifier, sequence number
				010203`,
		},
		{
			name:     "echo reply",
			notation: drawnIP4 + "icmp echo-reply id=1 seq=2",
			layers:   "eth:14 ipv4:20 icmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4001f6dd c0000201 c0000202
				00 00 fffc
				0001 0002`,
		},
		{
			name:     "fragmentation needed (RFC 1191, 4; RFC 4884, 4.1)",
			notation: drawnIP4 + "icmp destination-unreachable code=4 unused=0xff length=32 mtu=1400 / hex ff",
			layers:   "eth:14 ipv4:20 icmp:8 data:1 trailer:17",
			wire: `
				020000000002 020000000001 0800
				4500001d 00000000 4001f6dc c0000201 c0000202
				03 04 f961
				ff 20 0578  ; unused, length of the quote, next hop's MTU
				ff`,
		},
		{
			name:     "source quench with unused bytes set",
			notation: drawnIP4 + "icmp source-quench unused=0xdeadbeef",
			layers:   "eth:14 ipv4:20 icmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4001f6dd c0000201 c0000202
				04 00 5e62
				deadbeef`,
		},
		{
			name:     "redirect (RFC 792, p. 12)",
			notation: drawnIP4 + "icmp redirect code=1 gateway=192.0.2.254",
			layers:   "eth:14 ipv4:20 icmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4001f6dd c0000201 c0000202
				05 01 3800
				c00002fe`,
		},
		{
			name:     "router advertisement (RFC 1256, 3)",
			notation: drawnIP4 + "icmp router-advertisement addresses=1 size=2 lifetime=1800 / hex c0000201 80000000",
			layers:   "eth:14 ipv4:20 icmp:8 data:8 trailer:10",
			wire: `
				020000000002 020000000001 0800
				45000024 00000000 4001f6d5 c0000201 c0000202
				09 00 acf3
				01 02 0708  ; number, size of an entry, lifetime
				c0000201
				80000000    ; the least preference`,
		},
		{
			name:     "router solicitation",
			notation: drawnIP4 + "icmp router-solicitation unused=1",
			layers:   "eth:14 ipv4:20 icmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4001f6dd c0000201 c0000202
				0a 00 f5fe
				00000001`,
		},
		{
			name:     "time exceeded with a quote cut short",
			notation: drawnIP4 + "icmp time-exceeded code=1 unused=1 length=2 unused2=3 / hex 45000054",
			layers:   "eth:14 ipv4:20 icmp:8 data:4 trailer:14",
			wire: `
				020000000002 020000000001 0800
				45000020 00000000 4001f6d9 c0000201 c0000202
				0b 01 aea5
				01 02 0003
				45000054    ; nothing is held against a quote that ends early`,
		},
		{
			name:     "parameter problem (RFC 792, p. 8)",
			notation: drawnIP4 + "icmp parameter-problem pointer=20 length=1 unused=0xffff",
			layers:   "eth:14 ipv4:20 icmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4001f6dd c0000201 c0000202
				0c 00 dffe
				14 01 ffff`,
		},
		{
			name:     "timestamp (RFC 792, p. 16)",
			notation: drawnIP4 + "icmp timestamp id=1 seq=2 originate=86399999 receive=1 transmit=4294967295",
			layers:   "eth:14 ipv4:20 icmp:20 trailer:6",
			wire: `
				020000000002 020000000001 0800
				45000028 00000000 4001f6d1 c0000201 c0000202
				0d 00 91d6
				0001 0002
				05265bff
				00000001
				ffffffff`,
		},
		{
			name:     "timestamp reply",
			notation: drawnIP4 + "icmp timestamp-reply id=1 seq=2 originate=3 receive=4 transmit=5",
			layers:   "eth:14 ipv4:20 icmp:20 trailer:6",
			wire: `
				020000000002 020000000001 0800
				45000028 00000000 4001f6d1 c0000201 c0000202
				0e 00 f1f0
				0001 0002
				00000003 00000004 00000005`,
		},
		{
			name:     "address mask reply (RFC 950)",
			notation: drawnIP4 + "icmp address-mask-reply id=1 seq=2 mask=255.255.254.0",
			layers:   "eth:14 ipv4:20 icmp:12 trailer:14",
			wire: `
				020000000002 020000000001 0800
				45000020 00000000 4001f6d9 c0000201 c0000202
				12 00 effb
				0001 0002
				fffffe00`,
		},
		{
			name:     "photuris failure (RFC 2521, 2)",
			notation: drawnIP4 + "icmp photuris code=3 unused=1 pointer=0x1234",
			layers:   "eth:14 ipv4:20 icmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4001f6dd c0000201 c0000202
				28 03 c5c7
				0001 1234`,
		},
		{
			name:     "extended echo request (RFC 8335, 2)",
			notation: drawnIP4 + "icmp extended-echo-request id=7 seq=255 unused=0x7f local",
			layers:   "eth:14 ipv4:20 icmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4001f6dd c0000201 c0000202
				2a 00 d5f8
				0007 ff ff  ; identifier, sequence number, reserved and L`,
		},
		{
			name:     "extended echo reply (RFC 8335, 3)",
			notation: drawnIP4 + "icmp extended-echo-reply id=7 seq=1 state=2 active has6",
			layers:   "eth:14 ipv4:20 icmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4001f6dd c0000201 c0000202
				2b 00 d3b3
				0007 01 45  ; state 010, reserved 00, A 1, 4 0, 6 1`,
		},
	})
}

func TestDrawnIGMP(t *testing.T) {
	checkDrawn(t, []drawn{
		{
			name:     "query of version 2 (RFC 2236, 2)",
			notation: drawnIP4 + "igmp query max-response=100 group=224.0.0.251",
			layers:   "eth:14 ipv4:20 igmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4002f6dc c0000201 c0000202
				11 64 0da0
				e00000fb`,
		},
		{
			name:     "report of version 1",
			notation: drawnIP4 + "igmp report-v1 group=239.1.2.3",
			layers:   "eth:14 ipv4:20 igmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4002f6dc c0000201 c0000202
				12 00 fcfa
				ef010203`,
		},
		{
			name:     "report of version 2",
			notation: drawnIP4 + "igmp report-v2 group=239.1.2.3",
			layers:   "eth:14 ipv4:20 igmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4002f6dc c0000201 c0000202
				16 00 f8fa
				ef010203`,
		},
		{
			name:     "leave",
			notation: drawnIP4 + "igmp leave group=239.1.2.3",
			layers:   "eth:14 ipv4:20 igmp:8 trailer:18",
			wire: `
				020000000002 020000000001 0800
				4500001c 00000000 4002f6dc c0000201 c0000202
				17 00 f7fa
				ef010203`,
		},
		{
			name:     "query of version 3 with sources (RFC 3376, 4.1)",
			notation: drawnIP4 + "igmp query-v3 max-response=10 group=232.0.0.1 reserved=0xf s qrv=7 qqic=255 sources=192.0.2.8,192.0.2.9",
			layers:   "eth:14 ipv4:20 igmp:20 trailer:6",
			wire: `
				020000000002 020000000001 0800
				45000028 00000000 4002f6d0 c0000201 c0000202
				11 0a 82df
				e8000001
				ff ff 0002  ; reserved, S, QRV; QQIC; number of sources
				c0000208
				c0000209`,
		},
		{
			name:     "report of version 3 with two records (RFC 3376, 4.2)",
			notation: drawnIP4 + "igmp report-v3 reserved=0x1234 / igmp-record type=is-include group=232.0.0.1 sources=192.0.2.8 / igmp-record type=to-exclude group=232.0.0.2",
			layers:   "eth:14 ipv4:20 igmp:8 igmp-record:12 igmp-record:8",
			wire: `
				020000000002 020000000001 0800
				45000030 00000000 4002f6c8 c0000201 c0000202
				22 00 34bb
				1234 0002   ; reserved, number of records
				01 00 0001  ; record type, auxiliary length, number of sources
				e8000001
				c0000208
				04 00 0000
				e8000002`,
		},
	})
}
