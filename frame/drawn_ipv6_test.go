package frame

import "testing"

func TestDrawnIPv6(t *testing.T) {
	checkDrawn(t, []drawn{
		{
			name:     "every field (RFC 8200, 3)",
			notation: drawnHead + "ipv6 dscp=46 ecn=1 flow=0xfedcb next=253 hops=255 src=2001:db8::1 dst=ff02::1 / hex 0102",
			layers:   "eth:14 ipv6:40 data:2 trailer:4",
			wire: `
				020000000002 020000000001 86dd
				6b9fedcb    ; version 6; DSCP 46, ECN 1; flow label
				0002 fd ff  ; payload length; next header; hop limit
				20010db8 00000000 00000000 00000001
				ff020000 00000000 00000000 00000001
				0102`,
		},
		{
			name:     "hop-by-hop options: router alert (RFC 2711), PadN",
			notation: drawnIP6 + "hopopts next=253 options=router-alert:0 / hex 01",
			layers:   "eth:14 ipv6:40 hopopts:8 data:1",
			wire: `
				020000000002 020000000001 86dd
				60000000
				0009 00 40  ; next header 0
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				fd 00       ; next header; length 0: 8 bytes
				05 02 0000  ; router alert
				01 00       ; PadN of 2 bytes
				01`,
		},
		{
			name:     "destination options: tunnel limit (RFC 2473), Pad1",
			notation: drawnIP6 + "dstopts next=253 options=tunnel-limit:3,pad1,26:dead,pad1,pad1,pad1 / hex 01",
			layers:   "eth:14 ipv6:40 dstopts:16 data:1",
			wire: `
				020000000002 020000000001 86dd
				60000000
				0011 3c 40  ; next header 60
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				fd 01       ; length 1: 16 bytes
				04 01 03    ; tunnel encapsulation limit 3
				00          ; Pad1
				1a 02 dead  ; an option without a name
				00 00 00    ; three times Pad1
				01 01 00    ; PadN of 3 bytes
				01`,
		},
		{
			name:     "routing header (RFC 8200, 4.4)",
			notation: drawnIP6 + "routing next=253 type=253 left=0 data=0x0102030405060708090a0b0c / hex 01",
			layers:   "eth:14 ipv6:40 routing:16 data:1",
			wire: `
				020000000002 020000000001 86dd
				60000000
				0011 2b 40  ; next header 43
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				fd 01 fd 00 ; next header, length, type, segments left
				01020304
				05060708 090a0b0c
				01`,
		},
		{
			name:     "first fragment (RFC 8200, 4.5)",
			notation: drawnIP6 + "fragment next=253 reserved=0 mf id=0x89abcdef / count 8",
			layers:   "eth:14 ipv6:40 fragment:8 data:8",
			wire: `
				020000000002 020000000001 86dd
				60000000
				0010 2c 40  ; next header 44
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				fd 00 0001  ; next header, reserved; offset 0, M
				89abcdef
				00010203 04050607`,
		},
		{
			name:     "last fragment with reserved bits set",
			notation: drawnIP6 + "fragment next=udp reserved=0xff offset=8191 res=3 id=1 / hex 01",
			layers:   "eth:14 ipv6:40 fragment:8 data:1",
			wire: `
				020000000002 020000000001 86dd
				60000000
				0009 2c 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				11 ff fffe  ; offset 8191, reserved 3, M 0
				00000001
				01`,
		},
		{
			name:     "authentication header (RFC 4302, 2)",
			notation: drawnIP6 + "ah next=253 reserved=0x1234 spi=0x01020304 seq=5 icv=0x0102030405060708090a0b0c / hex 01",
			layers:   "eth:14 ipv6:40 ah:24 data:1",
			wire: `
				020000000002 020000000001 86dd
				60000000
				0019 33 40  ; next header 51
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				fd 04 1234  ; length 4: 24 bytes
				01020304
				00000005
				01020304 05060708 090a0b0c
				01`,
		},
		{
			name:     "encapsulating security payload (RFC 4303, 2)",
			notation: drawnIP6 + "esp spi=0xffffffff seq=4294967295 / hex 0102",
			layers:   "eth:14 ipv6:40 esp:8 data:2",
			wire: `
				020000000002 020000000001 86dd
				60000000
				000a 32 40  ; next header 50
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				ffffffff
				ffffffff
				0102`,
		},
	})
}
