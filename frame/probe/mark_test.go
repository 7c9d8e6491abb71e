package probe_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"eterm/frame/ether"
	"eterm/frame/probe"
)

const headerHex = "02000000000202000000000188b5"

// testFrame is a header, with a tag if asked, and n bytes of payload.
func testFrame(t testing.TB, tag string, n int) (frame []byte, at int) {
	t.Helper()
	head := headerHex[:24] + tag + headerHex[24:]
	b, err := hex.DecodeString(head)
	if err != nil {
		t.Fatal(err)
	}
	return append(b, make([]byte, n)...), len(b)
}

// The vectors of docs/reference/probe.md.
var vectors = []struct {
	mark probe.Mark
	want string
}{
	{probe.Mark{Kind: probe.KindMark}, "e73d11000000002200000000000000007ae7"},
	{probe.Mark{Kind: probe.KindMark, Stream: 1, Session: 0x123456, Seq: 7, Time: 0x89abcdef}, "e73d1101123456980000000789abcdefba99"},
	{probe.Mark{Kind: probe.KindMarkPlan, Stream: 255, Session: 0xffffff, Seq: 0xffffffff, Time: 0xffffffff}, "e73d12ffffffff5affffffffffffffff79af"},
	{probe.Mark{Kind: probe.KindEnd, Session: 0xabcdef, Seq: 1}, "e73d1400abcdefbe0000000100000000dc7b"},
}

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		frame, at := testFrame(t, "", probe.Size)
		probe.Put(frame, at, v.mark)
		if got := hex.EncodeToString(frame[at:]); got != v.want {
			t.Errorf("%+v: %s, want %s", v.mark, got, v.want)
		}
		if f, ok := probe.Find(frame); !ok || f != (probe.Found{Mark: v.mark, Offset: at, Balanced: true}) {
			t.Errorf("%+v: found %+v, %v", v.mark, f, ok)
		}
	}
}

func TestWriterWritesWhatPutPuts(t *testing.T) {
	a, at := testFrame(t, "", 50)
	b := bytes.Clone(a)
	w := probe.NewWriter(a, at, probe.KindMarkPlan, 3, 0x9abcde)
	checksum := sum(a[14:])
	for range 10000 {
		m := probe.Mark{Kind: probe.KindMarkPlan, Stream: 3, Session: 0x9abcde, Seq: rand.Uint32(), Time: rand.Uint32()}
		w.Write(m.Seq, m.Time)
		probe.Put(b, at, m)
		if !bytes.Equal(a, b) {
			t.Fatalf("%+v:\n%x written\n%x put", m, a, b)
		}
		if got := sum(a[14:]); got != checksum {
			t.Fatalf("%+v: the payload's checksum changed from %#x to %#x", m, checksum, got)
		}
	}
	if n := testing.AllocsPerRun(100, func() { w.Write(1, 2); probe.Find(a) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// sum is the Internet checksum without the last inversion, written the long
// way.
func sum(b []byte) uint32 {
	var s uint32
	for i := 0; i < len(b); i += 2 {
		s += uint32(binary.BigEndian.Uint16(b[i:]))
		if s > 0xffff {
			s -= 0xffff
		}
	}
	return s
}

func TestFoundWhereverTagsComeAndGo(t *testing.T) {
	m := probe.Mark{Kind: probe.KindMark, Stream: 1, Session: 2, Seq: 3, Time: 4}
	plain, at := testFrame(t, "", 46)
	probe.Put(plain, at, m)
	for _, tag := range []string{"8100600a", "88a800018100600a", "9100ffff", "81000001810000028100000381000004"} {
		tagged, at := testFrame(t, tag, 0)
		tagged = append(tagged, plain[14:]...)
		if f, ok := probe.Find(tagged); !ok || f != (probe.Found{Mark: m, Offset: at, Balanced: true}) {
			t.Errorf("tag %s: %+v, %v", tag, f, ok)
		}
	}
	pushed := append(append(bytes.Clone(plain[:12]), 0x88, 0x47, 0, 0, 0x11, 0x40), plain[14:]...)
	if f, ok := probe.Find(pushed); !ok || f.Mark != m || f.Offset != 18 || f.Balanced {
		t.Errorf("behind MPLS: %+v, %v", f, ok)
	}
}

// TestEveryWrongBit: whichever single bit of an Ethernet header or mark is
// wrong, the mark is found and reads right, and the damage does not pass for
// none.
func TestEveryWrongBit(t *testing.T) {
	m := probe.Mark{Kind: probe.KindMark, Stream: 9, Session: 0x31415, Seq: 92653, Time: 58979323}
	for _, tag := range []string{"", "81000005"} {
		frame, at := testFrame(t, tag, 46)
		probe.Put(frame, at, m)
		for bit := range (at + probe.Size) * 8 {
			frame[bit/8] ^= 0x80 >> (bit % 8)
			f, ok := probe.Find(frame)
			if !ok || f.Mark != m || f.Offset != at {
				t.Errorf("tag %q bit %d: %+v, %v", tag, bit, f, ok)
			}
			inTag := tag != "" && bit/8 >= 12 && bit/8 < 16
			if f.Balanced && !f.Repaired && !inTag {
				t.Errorf("tag %q bit %d: taken for intact", tag, bit)
			}
			frame[bit/8] ^= 0x80 >> (bit % 8)
		}
	}
}

// TestTwoWrongBitsAreNotRepairedWrong: a mark that is found is the mark that
// was sent.
func TestTwoWrongBitsAreNotRepairedWrong(t *testing.T) {
	m := probe.Mark{Kind: probe.KindMark, Stream: 9, Session: 0x31415, Seq: 92653, Time: 58979323}
	frame, at := testFrame(t, "", 46)
	probe.Put(frame, at, m)
	flip := func(bit int) { frame[at+bit/8] ^= 0x80 >> (bit % 8) }
	for i := range probe.Size * 8 {
		for j := range i {
			flip(i)
			flip(j)
			if f, ok := probe.Find(frame); ok && f.Mark != m {
				t.Errorf("bits %d and %d: found %+v", i, j, f)
			}
			flip(i)
			flip(j)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, tag := range []string{"", "8100600a"} {
		frame, at := testFrame(f, tag, 46)
		probe.Put(frame, at, probe.Mark{Kind: probe.KindMark, Session: 5})
		f.Add(frame)
	}
	f.Add([]byte{})
	f.Add(make([]byte, 13))
	f.Fuzz(func(t *testing.T, b []byte) {
		found, ok := probe.Find(b)
		if !ok {
			return
		}
		if found.Offset < 14 || found.Offset+probe.Size > len(b) || found.Session >= 1<<24 {
			t.Fatalf("%x: %+v", b, found)
		}
		if found.Balanced && !found.Repaired {
			again := bytes.Clone(b)
			probe.Put(again, found.Offset, found.Mark)
			if !bytes.Equal(again[:found.Offset+16], b[:found.Offset+16]) {
				t.Fatalf("%x is put back as %x", b, again)
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	frame, at := testFrame(b, "", 46)
	w := probe.NewWriter(frame, at, probe.KindMark, 0, 1)
	for i := range b.N {
		w.Write(uint32(i), uint32(i))
	}
}

func BenchmarkFind(b *testing.B) {
	frame, at := testFrame(b, "", 46)
	probe.Put(frame, at, probe.Mark{Kind: probe.KindMark})
	for range b.N {
		probe.Find(frame)
	}
}

// TestPayloadVectors holds the plan block and the pattern of docs/reference/probe.md
// against what is written.
func TestPayloadVectors(t *testing.T) {
	p := probe.Plan{Length: 46, Total: 1000, Interval: 1e9, TCI: probe.Untagged}
	b, kind := p.AppendPayload(nil)
	if kind != probe.KindMarkPlan || hex.EncodeToString(b[18:42]) != "002e00000000000003e800003b9aca00ffff00000000f64e" {
		t.Errorf("kind %d, plan block %x", kind, b[18:42])
	}
	p.Length = 30
	if b, kind = p.AppendPayload(nil); kind != probe.KindMark || hex.EncodeToString(b[18:]) != "12a9fc3c88788d6306ea0059" {
		t.Errorf("kind %d, pattern %x", kind, b[18:])
	}
}

// TestEveryTPIDIsATag finds a mark behind a tag of each TPID of ether's list.
func TestEveryTPIDIsATag(t *testing.T) {
	for _, tpid := range ether.TPIDs {
		frame, at := testFrame(t, hex.EncodeToString(binary.BigEndian.AppendUint16(nil, tpid))+"0005", probe.Size)
		want := probe.Mark{Kind: probe.KindMark, Session: 1, Seq: 2}
		probe.Put(frame, at, want)
		if f, ok := probe.Find(frame); !ok || f.Mark != want || f.Offset != at {
			t.Errorf("0x%04x: %+v %v", tpid, f, ok)
		}
	}
}
