package frame

import "testing"

func TestDrawnTransport(t *testing.T) {
	checkDrawn(t, []drawn{
		{
			name:     "UDP of odd length (RFC 768)",
			notation: drawnIP4 + "udp sport=65535 dport=53 / hex 010203",
			layers:   "eth:14 ipv4:20 udp:8 data:3 trailer:15",
			wire: `
				020000000002 020000000001 0800
				45 00 001f
				0000 0000
				40 11 f6ca
				c0000201
				c0000202
				ffff 0035   ; source and destination port
				000b 779d   ; length, header included; checksum
				010203`,
		},
		{
			name:     "UDP in IPv6 (RFC 8200, 8.1)",
			notation: drawnIP6 + "udp sport=546 dport=547 / hex ffff",
			layers:   "eth:14 ipv6:40 udp:8 data:2",
			wire: `
				020000000002 020000000001 86dd
				60000000
				000a 11 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				0222 0223
				000a a020
				ffff`,
		},
		{
			name:     "TCP, every flag (RFC 9293, 3.1; RFC 9768)",
			notation: drawnIP4 + "tcp sport=1 dport=65535 seq=0x01020304 ackno=0xfffefdfc reserved=7 ae cwr ece urg ack psh rst syn fin window=65535 urgent=0x1234 / hex 01",
			layers:   "eth:14 ipv4:20 tcp:20 data:1 trailer:5",
			wire: `
				020000000002 020000000001 0800
				45 00 0029
				0000 0000
				40 06 f6cb
				c0000201
				c0000202
				0001 ffff
				01020304
				fffefdfc
				5fff ffff   ; offset 5, reserved 7, all nine flags; window
				06aa 1234   ; checksum; urgent pointer
				01`,
		},
		{
			name:     "TCP options of a SYN (RFC 9293, 3.2; RFC 7323; RFC 2018)",
			notation: drawnIP4 + "tcp sport=1 dport=2 seq=9 syn options=mss:1460,sack-ok,ts:4294967295:0,nop,wscale:7",
			layers:   "eth:14 ipv4:20 tcp:40",
			wire: `
				020000000002 020000000001 0800
				45 00 003c
				0000 0000
				40 06 f6b8
				c0000201
				c0000202
				0001 0002
				00000009
				00000000
				a002 2000   ; offset 10, SYN; window 8192
				a3f0 0000
				02 04 05b4  ; maximum segment size
				04 02       ; SACK permitted
				08 0a ffffffff 00000000
				01 03 03 07 ; no operation; window scale`,
		},
		{
			name:     "TCP options of an ACK (RFC 2018, 3; RFC 5482)",
			notation: drawnIP4 + "tcp sport=1 dport=2 seq=9 ack ackno=8 options=nop,nop,sack:1:2,user-timeout:32768",
			layers:   "eth:14 ipv4:20 tcp:36",
			wire: `
				020000000002 020000000001 0800
				45 00 0038
				0000 0000
				40 06 f6bc
				c0000201
				c0000202
				0001 0002
				00000009
				00000008
				9010 2000   ; offset 9, ACK
				299a 0000
				01 01 05 0a 00000001 00000002
				1c 04 8000`,
		},
		{
			name:     "TCP in IPv6",
			notation: drawnIP6 + "tcp sport=443 dport=50000 seq=1 ack psh ackno=2 / text \"hello\"",
			layers:   "eth:14 ipv6:40 tcp:20 data:5",
			wire: `
				020000000002 020000000001 86dd
				60000000
				0019 06 40
				20010db8 00000000 00000000 00000001
				20010db8 00000000 00000000 00000002
				01bb c350
				00000001
				00000002
				5018 2000
				2b72 0000
				68656c6c6f`,
		},
	})
}
