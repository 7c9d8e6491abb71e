package ether

import "testing"

// TestSizes holds the sizes to figures that everybody knows.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"a basic frame with FCS", MaxFrame(MaxPayload, false) + FCSLen, 1518},
		{"a tagged frame with FCS (IEEE 802.3ac)", MaxFrame(MaxPayload, true) + FCSLen, 1522},
		{"a jumbo frame with FCS", MaxFrame(9000, false) + FCSLen, 9018},
		{"the shortest frame with FCS", MinFrame + FCSLen, 64},
		{"frames a second at 10 Gbit/s, shortest", 10_000_000_000 / 8 / WireLen(MinFrame), 14_880_952},
		{"frames a second at 10 Gbit/s, 1518", 10_000_000_000 / 8 / WireLen(1514), 812_743},
		{"the wire takes a runt as padded", WireLen(14), WireLen(60)},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
}

func TestTPIDs(t *testing.T) {
	tags := 0
	for v := range 1 << 16 {
		if IsTag(uint16(v)) {
			tags++
		}
	}
	if tags != len(TPIDs) {
		t.Errorf("%d tags, listed %d", tags, len(TPIDs))
	}
	for _, v := range TPIDs {
		frame := make([]byte, 18)
		frame[12], frame[13], frame[17] = byte(v>>8), byte(v), 0x42
		if h, _, err := Parse(frame); !IsTag(v) || err != nil || len(h.Tags) != TagLen || h.Type != 0x42 {
			t.Errorf("0x%04x: %+v %v", v, h, err)
		}
		if Tagged(frame) != (v == TypeVLAN) {
			t.Errorf("0x%04x: tagged %v", v, Tagged(frame))
		}
	}
	if Tagged(make([]byte, 13)) {
		t.Error("13 bytes have a tag")
	}
}
