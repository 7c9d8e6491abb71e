package switchtest

import (
	"bytes"
	"slices"
	"testing"

	"eterm/frame/probe"
)

func TestCompareNamesEveryChange(t *testing.T) {
	base := spec{dst: MAC{2, 1}, src: MAC{2, 2}}
	tagged := base
	tagged.tags = []tag{ctag(100)}
	short := base
	short.size = 40
	plain := func(s spec) []byte { return s.build(1, 2, portA) }
	change := func(s spec, do func(b []byte) []byte) []byte { return do(bytes.Clone(plain(s))) }
	for _, c := range []struct {
		name      string
		sent, got []byte
		none      bool
		says      string
	}{
		{"nothing", plain(base), plain(base), true, "unchanged"},
		{"padding", plain(short), append(plain(short), make([]byte, 20)...), true, "20 zeros behind it"},
		{"leak", plain(short), append(plain(short), bytes.Repeat([]byte{1}, 20)...), false, "20 bytes of padding that are not zero"},
		{"growth", plain(base), append(plain(base), make([]byte, 20)...), false, "20 zeros behind it, byte 60 changed"},
		{"cut", plain(base), plain(base)[:50], false, "10 bytes cut off"},
		{"cut within the header", plain(base), plain(base)[:10], false, "50 bytes cut off, byte 0 changed"},
		{"a bit", plain(base), change(base, func(b []byte) []byte { b[59] ^= 1; return b }), false, "byte 59 changed"},
		{"address", plain(base), change(base, func(b []byte) []byte { b[3] ^= 1; return b }), false, "addresses changed"},
		{"tag off", plain(tagged), change(tagged, func(b []byte) []byte { return slices.Delete(b, 12, 16) }), false, "tag taken off"},
		{"tag on", plain(base), change(base, func(b []byte) []byte { return slices.Insert(b, 12, 0x81, 0, 0, 7) }), false, "tag of VLAN 7 put on"},
		{"other VLAN", plain(tagged), change(tagged, func(b []byte) []byte { b[15]++; return b }), false, "tag changed to VLAN 101 priority 0"},
		{"drop eligible", plain(tagged), change(tagged, func(b []byte) []byte { b[14] |= 0x10; return b }), false, "tag changed to VLAN 100 priority 0, drop eligible"},
	} {
		got := compare(c.sent, c.got)
		if got.None() != c.none || got.String() != c.says {
			t.Errorf("%s: %q, none %v: want %q, %v", c.name, got, got.None(), c.says, c.none)
		}
	}
}

// Whatever arrives is compared without harm, and equal frames are equal.
func FuzzCompare(f *testing.F) {
	base := spec{dst: MAC{2, 1}, src: MAC{2, 2}, tags: []tag{ctag(9), {0x88a8, 5}}}.build(1, 2, portA)
	f.Add(base, base)
	f.Add(base, base[:20])
	f.Add([]byte{}, bytes.Repeat([]byte{0x81, 0}, 40))
	f.Fuzz(func(t *testing.T, sent, got []byte) {
		c := compare(sent, got)
		if bytes.Equal(sent, got) && !c.None() {
			t.Errorf("equal frames differ: %v", c)
		}
		if c.None() && len(sent) >= headerLen && !bytes.HasPrefix(got, sent) {
			t.Errorf("%x and %x do not differ", sent, got)
		}
		if c.String() == "" {
			t.Error("nothing said")
		}
	})
}

func TestMarksAreFoundWhateverIsInFront(t *testing.T) {
	id := session(0x123456)
	r := &rig{addr: [sides]MAC{{2, 1}, {2, 2}}}
	specs := []spec{{}, {tags: []tag{ctag(1)}}, {tags: []tag{{0x88a8, 1}, ctag(2)}}, {llc: llcs[0]}, {llc: llcs[5]}}
	for _, e := range knownTypes {
		specs = append(specs, spec{etherType: e, packet: r.packet(e)})
	}
	for i, s := range specs {
		s.dst, s.src, s.kind = MAC{2, 9}, MAC{2, 8}, sentinel
		b := s.build(id, uint32(1000+i), portB)
		m, ok := id.find(b)
		if !ok || m.seq != uint32(1000+i) || m.from != portB || m.kind != sentinel {
			t.Errorf("%+v: found %v, %+v", s, ok, m)
		}
		if _, ok := session(0x123457).find(b); ok {
			t.Errorf("%+v: taken for another session's", s)
		}
	}
}

// A frame is all that its spec says, to the last byte, and no two are alike.
func TestFramesOfEverySizeAreWhole(t *testing.T) {
	var last []byte
	for size := headerLen; size <= 9014; size++ {
		s := spec{dst: MAC{2, 1}, src: MAC{2, 2}, size: size}
		b := s.build(7, uint32(size), portA)
		if len(b) != size {
			t.Fatalf("%d bytes, want %d", len(b), size)
		}
		if size > headerLen+probe.Size+8 && bytes.Contains(b, last[headerLen+probe.Size:headerLen+probe.Size+7]) {
			t.Fatalf("%d bytes: the payload of the frame before is in it", size)
		}
		last = b
	}
}

// An ICMP error quotes a frame of ours, mark and all, and is not one.
func TestQuotedMarksAreNotOurs(t *testing.T) {
	id := session(0x123456)
	r := &rig{addr: [sides]MAC{{2, 1}, {2, 2}}}
	for _, c := range []struct {
		etherType uint16
		protocol  int // its place in the frame
		number    byte
		header    int
	}{{0x0800, headerLen + 9, 1, 20 + 8}, {0x86dd, headerLen + 6, 58, 40 + 8}} {
		quoted := spec{dst: MAC{2, 1}, src: MAC{2, 2}, etherType: c.etherType, packet: r.packet(c.etherType)}.build(id, 7, portA)
		if _, ok := id.find(quoted); !ok {
			t.Fatal("our own frame is not found")
		}
		b := slices.Clone(quoted[:headerLen+c.header])
		b[c.protocol] = c.number
		b = append(b, quoted[headerLen:]...)
		if m, ok := id.find(b); ok {
			t.Errorf("%#04x: the quoted frame is taken for %+v", c.etherType, m)
		}
	}
}
