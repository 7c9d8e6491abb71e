package frame

import (
	"strings"
	"testing"
)

// drawn is a frame as a document draws it: one row of the diagram a line, hex
// digits up to the semicolon, then what the row holds. The bytes are written
// by hand and summed up by another program.
type drawn struct {
	name     string
	notation string
	layers   string
	wire     string
}

// bytes is the frame, padded to the shortest that Ethernet sends.
func (c *drawn) bytes(t *testing.T) []byte {
	t.Helper()
	var digits strings.Builder
	for row := range strings.Lines(c.wire) {
		digits.WriteString(strings.TrimSpace(strings.Split(row, ";")[0]))
	}
	b := unhex(t, digits.String())
	for len(b) < 60 {
		b = append(b, 0)
	}
	return b
}

// checkDrawn builds what is drawn, takes what is drawn apart, and holds one
// against the other.
func checkDrawn(t *testing.T, cases []drawn) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := c.bytes(t)
			if got := mustBuild(t, c.notation); string(got) != string(want) {
				t.Errorf("%s\nbuilds %x\ndrawn  %x", c.notation, got, want)
			}
			d := Decode(want)
			for i := range d.Faults {
				t.Errorf("%s", d.Faults[i].Append(nil))
			}
			if got := layersOf(d); got != c.layers {
				t.Errorf("layers %s, want %s", got, c.layers)
			}
			checkTiles(t, d)
			checkRoundTrip(t, d)
			checkPrints(t, d)
		})
	}
}

const drawnHead = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / "

const (
	drawnIP4 = drawnHead + "ipv4 src=192.0.2.1 dst=192.0.2.2 / "
	drawnIP6 = drawnHead + "ipv6 src=2001:db8::1 dst=2001:db8::2 / "
)

func TestDrawnIPv4(t *testing.T) {
	checkDrawn(t, []drawn{
		{
			name:     "every field (RFC 791, 3.1; RFC 2474; RFC 3168)",
			notation: drawnHead + "ipv4 dscp=46 ecn=2 id=0xabcd rf df mf ttl=255 protocol=253 src=192.0.2.1 dst=198.51.100.2 / count 26",
			layers:   "eth:14 ipv4:20 data:26",
			wire: `
				020000000002 020000000001 0800
				45 ba 002e  ; version 4, IHL 5; DSCP 46, ECN 2; total length 46
				abcd e000   ; identification; reserved, DF, MF; offset 0
				ff fd 4213  ; time to live; protocol; header checksum
				c0000201
				c6336402
				000102030405060708090a0b0c0d0e0f10111213141516171819`,
		},
		{
			name:     "a later fragment",
			notation: drawnHead + "ipv4 offset=8191 id=1 protocol=udp src=192.0.2.1 dst=192.0.2.2 / hex 0001 0002",
			layers:   "eth:14 ipv4:20 data:4 trailer:22",
			wire: `
				020000000002 020000000001 0800
				45 00 0018
				0001 1fff   ; offset 8191, the largest
				40 11 d6d1
				c0000201
				c0000202
				00010002    ; no UDP header: that was in the first fragment`,
		},
		{
			name:     "no operation and router alert (RFC 2113)",
			notation: drawnHead + "ipv4 src=192.0.2.1 dst=192.0.2.2 protocol=253 options=nop,router-alert:0 / hex ff",
			layers:   "eth:14 ipv4:28 data:1 trailer:17",
			wire: `
				020000000002 020000000001 0800
				47 00 001d  ; IHL 7: 28 bytes
				0000 0000
				40 fd ee4c
				c0000201
				c0000202
				01 940400   ; no operation; router alert of 4 bytes
				00 000000   ; its value; end of options
				ff`,
		},
		{
			name:     "record route (RFC 791, 3.1)",
			notation: drawnHead + "ipv4 src=192.0.2.1 dst=192.0.2.2 protocol=253 options=record-route:8:192.0.2.9:0.0.0.0,nop / hex ff",
			layers:   "eth:14 ipv4:32 data:1 trailer:13",
			wire: `
				020000000002 020000000001 0800
				48 00 0021
				0000 0000
				40 fd da0e
				c0000201
				c0000202
				07 0b 08    ; kind, length 11, pointer 8
				c0000209
				00000000
				01
				ff`,
		},
		{
			name:     "loose and strict source route, timestamp",
			notation: drawnHead + "ipv4 src=192.0.2.1 dst=192.0.2.2 protocol=253 options=loose-route:4:192.0.2.3,strict-route:4:192.0.2.4,timestamp:5:1:99,nop,nop / hex ff",
			layers:   "eth:14 ipv4:44 data:1 trailer:1",
			wire: `
				020000000002 020000000001 0800
				4b 00 002d  ; IHL 11
				0000 0000
				40 fd 5108
				c0000201
				c0000202
				83 07 04 c0000203
				89 07 04 c0000204
				44 08 05 01 00000063 ; length 8, pointer 5, overflow 0 and flag 1
				01 01
				ff`,
		},
		{
			name:     "an option without a name",
			notation: drawnHead + "ipv4 src=192.0.2.1 dst=192.0.2.2 protocol=253 options=30:beef / hex ff",
			layers:   "eth:14 ipv4:24 data:1 trailer:21",
			wire: `
				020000000002 020000000001 0800
				46 00 0019
				0000 0000
				40 fd 17f1
				c0000201
				c0000202
				1e 04 beef
				ff`,
		},
		{
			name:     "IPv4 in IPv4 (RFC 2003)",
			notation: drawnIP4 + "ipv4 src=10.0.0.1 dst=10.0.0.2 ttl=9 protocol=253 / hex 00ff",
			layers:   "eth:14 ipv4:20 ipv4:20 data:2 trailer:4",
			wire: `
				020000000002 020000000001 0800
				45 00 002a
				0000 0000
				40 04 f6cc  ; protocol 4
				c0000201
				c0000202
				45 00 0016
				0000 0000
				09 fd 9ce9
				0a000001
				0a000002
				00ff`,
		},
	})
}
