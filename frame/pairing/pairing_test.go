package pairing

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"eterm/frame"
	"eterm/frame/probe"
)

func made(t testing.TB, at int, notation string) Frame {
	t.Helper()
	f, err := frame.Parse(notation)
	if err != nil {
		t.Fatal(err)
	}
	return Frame{Bytes: f.Append(nil), At: time.Unix(1000, int64(at)*1e6)}
}

// routed is a thousand pings before and behind a router.
func routed(t testing.TB) (a, b []Frame) {
	for i := range 1000 {
		a = append(a, made(t, i, fmt.Sprintf("eth dst=02:00:00:00:00:01 src=02:00:00:00:00:02 / ipv4 src=192.0.2.1 dst=198.51.100.1 ttl=64 id=%d / icmp seq=%d / text hello", i, i)))
		b = append(b, made(t, i+1, fmt.Sprintf("eth dst=02:00:00:00:00:0a src=02:00:00:00:00:0b / ipv4 src=192.0.2.1 dst=198.51.100.1 ttl=63 id=%d / icmp seq=%d / text hello", i, i)))
	}
	return a, b
}

func changeOf(r Result, layer, field string) string {
	text := ""
	for _, c := range r.Changes {
		if c.Layer.String() == layer && c.Field == field {
			text += fmt.Sprintf("%s>%s in %d of %d, %d values;", c.A, c.B, c.Pairs, len(r.Pairs), c.Varied)
		}
	}
	return text
}

func TestRouterIsSeen(t *testing.T) {
	a, b := routed(t)
	r := Compare(a, b)
	if len(r.Pairs) != 1000 || len(r.Missing)+len(r.Extra)+r.Reordered != 0 || r.Pairs[7] != (Pair{7, 7, ByPacket}) {
		t.Fatalf("%d pairs, missing %v, extra %v, %d reordered", len(r.Pairs), r.Missing, r.Extra, r.Reordered)
	}
	if got := changeOf(r, "ipv4", "ttl"); got != "64>63 in 1000 of 1000, 1 values;" {
		t.Error(got)
	}
	if got := changeOf(r, "eth", "dst"); got != "02:00:00:00:00:01>02:00:00:00:00:0a in 1000 of 1000, 1 values;" {
		t.Error(got)
	}
	for _, c := range r.Changes {
		if c.Layer.String() == "icmp" || c.Field == "id" {
			t.Errorf("%+v", c)
		}
	}
}

// Missing, extra and reordered frames are just those, whatever else is changed.
func TestMissingExtraReordered(t *testing.T) {
	a, b := routed(t)
	b = slices.Delete(b, 500, 503)
	b[10], b[11] = b[11], b[10]
	b = slices.Insert(b, 100, made(t, 100, "eth dst=broadcast / arp"))
	r := Compare(a, b)
	if !slices.Equal(r.Missing, []int{500, 501, 502}) || !slices.Equal(r.Extra, []int{100}) || r.Reordered != 1 || len(r.Pairs) != 997 {
		t.Errorf("missing %v, extra %v, %d reordered, %d pairs", r.Missing, r.Extra, r.Reordered, len(r.Pairs))
	}
}

// Frames that are all alike go by order, and by time where some are missing.
func TestAlikeFramesGoByTime(t *testing.T) {
	var a, b []Frame
	a, b = append(a, made(t, 0, "eth / text first")), append(b, made(t, 5, "eth / text first"))
	for i := range 20 {
		a = append(a, made(t, 100*(i+1), "eth / text same"))
		if i != 7 && i != 8 {
			b = append(b, made(t, 100*(i+1)+5, "eth / vlan id=5 / text same"))
		}
	}
	r := Compare(a, b)
	if !slices.Equal(r.Missing, []int{8, 9}) || len(r.Extra) != 0 || len(r.Pairs) != 19 {
		t.Errorf("missing %v, extra %v, %d pairs", r.Missing, r.Extra, len(r.Pairs))
	}
}

// A translator changes addresses, ports and checksums; what is inside stays.
func TestTranslatorIsSeen(t *testing.T) {
	var a, b []Frame
	for i := range 30 {
		a = append(a, made(t, i, fmt.Sprintf("eth / ipv4 src=10.0.0.%d dst=198.51.100.1 id=%d / udp sport=5000 dport=53 / text query %d", i+1, i, i)))
		b = append(b, made(t, i, fmt.Sprintf("eth / ipv4 src=192.0.2.1 dst=198.51.100.1 id=%d / udp sport=%d dport=53 / text query %d", i, 40000+i, i)))
	}
	r := Compare(a, b)
	if len(r.Pairs) != 30 || r.Pairs[3] != (Pair{3, 3, ByContent}) {
		t.Fatalf("%+v", r)
	}
	if got := changeOf(r, "udp", "sport"); got != "5000>40000 in 30 of 30, 9 values;" {
		t.Error(got)
	}
}

// Marks go before all else.
func TestMarksPair(t *testing.T) {
	marked := func(seq uint32, text string) Frame {
		b := make([]byte, 60)
		copy(b, text)
		b[12], b[13] = 0x88, 0xb5
		probe.Put(b, 14, probe.Mark{Kind: probe.KindMark, Session: 9, Seq: seq})
		return Frame{Bytes: b}
	}
	r := Compare([]Frame{marked(1, "aaaaaabbbbbb"), marked(2, "aaaaaabbbbbb")}, []Frame{marked(2, "ccccccdddddd"), marked(1, "ccccccdddddd")})
	if len(r.Pairs) != 2 || r.Pairs[0] != (Pair{0, 1, ByMark}) || r.Reordered != 1 {
		t.Errorf("%+v", r)
	}
}

// FuzzCompare: whatever is compared, every frame is in exactly one place.
func FuzzCompare(f *testing.F) {
	f.Add([]byte("some bytes of a frame"), []byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00\x45\x00\x00\x14"), uint8(3))
	f.Fuzz(func(t *testing.T, x, y []byte, n uint8) {
		var a, b []Frame
		for i := range int(n % 16) {
			a = append(a, Frame{Bytes: x[:len(x)*i/16]}, Frame{Bytes: y})
			b = append(b, Frame{Bytes: y[:len(y)*i/16]}, Frame{Bytes: x})
		}
		r := Compare(a, b)
		if len(r.Pairs)+len(r.Missing) != len(a) || len(r.Pairs)+len(r.Extra) != len(b) {
			t.Errorf("%d pairs, %d missing of %d, %d extra of %d", len(r.Pairs), len(r.Missing), len(a), len(r.Extra), len(b))
		}
	})
}
