package probe_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"eterm/frame/probe"
)

// tagTypes are the TPIDs that are stepped over.
var tagTypes = []uint16{0x8100, 0x88a8}

// TestMarkBehindTags: behind up to eight tags of any kind and number, where the
// mark is still balanced; beyond that nothing is found by a tag's account.
func TestMarkBehindTags(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	for n := range 12 {
		plain, at := testFrame(t, "", 46)
		m := probe.Mark{Kind: probe.KindMark, Stream: 3, Session: 0xfedcba, Seq: 77, Time: 88}
		probe.Put(plain, at, m)
		f := bytes.Clone(plain[:12])
		for range n {
			f = binary.BigEndian.AppendUint16(f, tagTypes[random.IntN(len(tagTypes))])
			f = binary.BigEndian.AppendUint16(f, uint16(random.Uint32()))
		}
		f = append(f, plain[12:]...)
		found, ok := probe.Find(f)
		if !ok || found.Mark != m || found.Offset != at+4*n || found.Repaired || found.Balanced != (n <= 8) {
			t.Errorf("behind %d tags: %v, %+v", n, ok, found)
		}
	}
}

// TestMarkPushedAway: at any place in the first 192 bytes where it is whole, and
// nowhere behind; a second one behind it does not count.
func TestMarkPushedAway(t *testing.T) {
	for pushed := range 300 {
		f, at := testFrame(t, "", 46)
		m := probe.Mark{Kind: probe.KindMark, Session: 5, Seq: uint32(pushed)}
		probe.Put(f, at, m)
		second := m
		second.Seq += 1000
		whole := append(bytes.Clone(f[:at]), bytes.Repeat([]byte{0x55}, pushed)...)
		whole = append(whole, f[at:]...)
		behind := len(whole)
		whole = append(whole, f[at:]...)
		probe.Put(whole, behind, second)
		found, ok := probe.Find(whole)
		inside := at+pushed+2 <= 192
		if ok != inside || ok && (found.Seq != m.Seq || found.Offset != at+pushed) {
			t.Fatalf("pushed by %d: %v, %+v", pushed, ok, found)
		}
	}
}

// TestNothingIsFoundInNoise: random frames are no test frames; 8 bits of CRC and
// 16 of magic leave one place in 2^24, and what is repaired needs the balance too.
func TestNothingIsFoundInNoise(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 6))
	f := make([]byte, 300)
	found := 0
	for range 20_000 {
		for i := 0; i+8 <= len(f); i += 8 {
			binary.LittleEndian.PutUint64(f[i:], random.Uint64())
		}
		if _, ok := probe.Find(f[:14+random.IntN(len(f)-14)]); ok {
			found++
		}
	}
	if found > 8 {
		t.Errorf("%d marks in 20,000 random frames", found)
	}
}

// TestFindOnEveryLength: a frame cut anywhere is found if its mark is whole, and
// nothing is read beyond it.
func TestFindOnEveryLength(t *testing.T) {
	f, at := testFrame(t, "", 60)
	probe.Put(f, at, probe.Mark{Kind: probe.KindMarkPlan, Session: 9, Seq: 4})
	for n := range len(f) + 1 {
		cut := bytes.Clone(f[:n:n])
		found, ok := probe.Find(cut)
		if ok != (n >= at+probe.Size) {
			t.Fatalf("of %d bytes: %v", n, ok)
		}
		if !ok {
			continue
		}
		if _, planned := probe.PlanOf(cut, found); planned {
			t.Fatalf("of %d bytes: a plan that was never written", n)
		}
		if _, ended := probe.EndOf(cut, found); ended {
			t.Fatalf("of %d bytes: an end in a test frame", n)
		}
	}
}

// TestDuplicatesAreMeasuredFromTheFirst copy, as long as that is remembered: the
// last 65536 frames or so.
func TestDuplicatesAreMeasuredFromTheFirst(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{TCI: probe.Untagged})
	tally := probe.NewTally(s.session, false)
	f := s.frame(0, 0, second)
	w := probe.NewWriter(f, len(s.header), probe.KindMarkPlan, 0, s.session)
	const frames = 300_000
	give := func(n uint32, at int64) {
		w.Write(n, probe.Ticks(second+int64(n)*1000))
		if !give(tally, f, at) {
			t.Fatalf("frame %d is not taken", n)
		}
	}
	for n := range uint32(frames) {
		give(n, second+int64(n)*1000)
	}
	end := second + frames*1000
	for i := range uint32(100) {
		give(frames-1-i, end) // i+1 µs after the first copy
		give(i, end)          // of one that is forgotten
	}
	r := tally.Report()
	b := r.Behind
	if r.Duplicated != 200 || b.Known != 100 || b.Min != 1000 || b.Max != 100_000 || b.Mean != 50_500 {
		t.Errorf("%d duplicated, %+v", r.Duplicated, b)
	}
}
