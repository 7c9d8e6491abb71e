package probe_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"eterm/frame/probe"
)

// sender makes the test frames of one run.
type sender struct {
	plan    probe.Plan
	header  []byte
	session uint32
}

func newSender(t testing.TB, headerHex string, plan probe.Plan) sender {
	t.Helper()
	h, err := hex.DecodeString(headerHex)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Length == 0 {
		plan.Length = 46
	}
	return sender{plan: plan, header: h, session: 0xabcde}
}

func (s sender) frame(stream uint8, number uint64, at int64) []byte {
	b, kind := s.plan.AppendPayload(bytes.Clone(s.header))
	probe.Put(b, len(s.header), probe.Mark{Kind: kind, Stream: stream, Session: s.session, Seq: uint32(number), Time: probe.Ticks(at)})
	return b
}

func (s sender) end(a probe.SenderAccount) []byte {
	b := s.plan.AppendEndPayload(bytes.Clone(s.header), a)
	probe.Put(b, len(s.header), probe.Mark{Kind: probe.KindEnd, Session: s.session})
	return b
}

// give hands a frame to a Tally as a receiver does.
func give(tally *probe.Tally, frame []byte, at int64) bool {
	f, ok := probe.Find(frame)
	return ok && tally.Add(frame, len(frame), f, at)
}

// second is when tests begin.
const second = int64(1e9)

// reference counts by keeping everything.
type reference struct {
	received, duplicated, lost, bursts, reordered, runs, extent uint64
}

func referenceOf(came []uint64, expected uint64) (r reference) {
	position := map[uint64]int{}
	var firsts []uint64
	inRun := false
	next := uint64(0)
	for _, n := range came {
		if _, ok := position[n]; ok {
			r.duplicated++
			continue
		}
		position[n] = len(firsts)
		firsts = append(firsts, n)
		if n >= next {
			next, inRun = n+1, false
			continue
		}
		r.reordered++
		if !inRun {
			r.runs++
		}
		inRun = true
		for i, earlier := range firsts {
			if earlier > n {
				r.extent = max(r.extent, uint64(len(firsts)-1-i))
				break
			}
		}
	}
	r.received = uint64(len(firsts))
	missing := false
	for n := range max(expected, next) {
		_, ok := position[n]
		if !ok {
			r.lost++
			if !missing {
				r.bursts++
			}
		}
		missing = !ok
	}
	return r
}

// TestSequenceAgainstReference counts many random runs in two ways.
func TestSequenceAgainstReference(t *testing.T) {
	for seed := range uint64(80) {
		random := rand.New(rand.NewPCG(seed, 0))
		const sent = 300
		came := []uint64{}
		for n := range uint64(sent) {
			for copies := random.IntN(12); copies < 14; copies += 5 {
				came = append(came, n)
			}
			if random.IntN(8) == 0 && len(came) > 0 {
				came = came[:len(came)-1]
			}
		}
		for range random.IntN(60) {
			i := random.IntN(len(came))
			j := min(len(came)-1, i+random.IntN(10))
			came[i], came[j] = came[j], came[i]
		}
		s := newSender(t, headerHex, probe.Plan{Total: sent, TCI: probe.Untagged})
		tally := probe.NewTally(s.session, false)
		for i, n := range came {
			if !give(tally, s.frame(0, n, second+int64(n)*1000), second+int64(i)*1000) {
				t.Fatalf("seed %d: frame %d is not taken", seed, n)
			}
		}
		tally.End(probe.SenderAccount{Offered: sent})
		r := tally.Report()
		got := reference{r.Received, r.Duplicated, r.Loss.Lost, r.Loss.Bursts, r.Reordered, r.Runs, r.MaxExtent}
		if want := referenceOf(came, sent); got != want {
			t.Errorf("seed %d:\n got %+v\nwant %+v", seed, got, want)
		}
		if r.Expected != r.Received+r.Loss.Lost {
			t.Errorf("seed %d: %d expected, %d received, %d lost", seed, r.Expected, r.Received, r.Loss.Lost)
		}
		if r.Damage.Corrupted != 0 {
			t.Errorf("seed %d: %d corrupted: %+v", seed, r.Damage.Corrupted, r.Damage.Examples)
		}
	}
}

const (
	taggedHex = "020000000002020000000001" + "8100600a" + "88b5"
	// 64 bytes with FCS inside IPv4/UDP: 18 are left.
	udpHex = "020000000002020000000001" + "0800" + "4500002e00000000401174bd" + "c0000201c0000202" + "c350c351001a0000"
)

// ipHeader is udpHex with a right IPv4 checksum.
func ipHeader(t testing.TB) string {
	b, err := hex.DecodeString(udpHex)
	if err != nil {
		t.Fatal(err)
	}
	b[24], b[25] = 0, 0
	c := ^uint16(sum(b[14:34]))
	b[24], b[25] = byte(c>>8), byte(c)
	return hex.EncodeToString(b)
}

// TestEveryWrongBitIsNamed flips each bit of frames of several kinds, one at a
// time, after two intact frames have shown what is right.
func TestEveryWrongBitIsNamed(t *testing.T) {
	for name, s := range map[string]sender{
		"plain":  newSender(t, headerHex, probe.Plan{Length: 46, TCI: probe.Untagged}),
		"long":   newSender(t, headerHex, probe.Plan{Length: 200, TCI: probe.Untagged, Pattern: probe.Alternating}),
		"tagged": newSender(t, taggedHex, probe.Plan{Length: 42, TCI: 0x600a}),
		"udp":    newSender(t, ipHeader(t), probe.Plan{Length: 18, TCI: probe.Untagged}),
	} {
		for bit := range len(s.frame(0, 0, 0)) * 8 {
			tally := probe.NewTally(s.session, false)
			give(tally, s.frame(0, 0, second), second)
			give(tally, s.frame(0, 1, second), second)
			f := s.frame(0, 2, second)
			f[bit/8] ^= 0x80 >> (bit % 8)
			if name == "tagged" && (bit/8 == 12 || bit/8 == 13) {
				continue // no tag any more: counted, and tested below
			}
			give(tally, f, second)
			r := tally.Report()
			d := r.Damage
			want := probe.WrongByte{Offset: bit / 8, Got: f[bit/8], Want: f[bit/8] ^ 0x80>>(bit%8)}
			if d.Corrupted != 1 || d.Bits != 1 || d.ByBit[bit%8] != 1 || len(d.ByByte) != 1 || len(d.Examples) != 1 ||
				len(d.Examples[0].Wrong) != 1 || d.Examples[0].Wrong[0] != want {
				t.Fatalf("%s, bit %d: %+v", name, bit, d)
			}
			if r.Received != 3 || r.Loss.Lost != 0 || r.Duplicated != 0 {
				t.Fatalf("%s, bit %d: %d received, %d lost, %d duplicated", name, bit, r.Received, r.Loss.Lost, r.Duplicated)
			}
		}
	}
}

func TestLengthsAndTags(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{Length: 200, TCI: probe.Untagged})
	tagged := newSender(t, taggedHex, probe.Plan{Length: 42, TCI: 0x600a})
	type counts struct{ corrupted, wrong, truncated, lengthened, retagged, bare uint64 }
	for name, c := range map[string]struct {
		from sender
		do   func(f []byte) []byte
		want counts
	}{
		"intact":        {s, func(f []byte) []byte { return f }, counts{}},
		"cut":           {s, func(f []byte) []byte { return f[:100] }, counts{corrupted: 1, truncated: 1}},
		"grown":         {s, func(f []byte) []byte { return append(f, 0) }, counts{corrupted: 1, lengthened: 1}},
		"tag added":     {s, func(f []byte) []byte { return join(f[:12], "81000005", f[12:]) }, counts{retagged: 1}},
		"tag removed":   {tagged, func(f []byte) []byte { return join(f[:12], "", f[16:]) }, counts{retagged: 1}},
		"and padded":    {tagged, func(f []byte) []byte { return append(join(f[:12], "", f[16:]), 0, 0, 0, 0) }, counts{retagged: 1}},
		"other VLAN":    {tagged, func(f []byte) []byte { return join(f[:14], "600b", f[16:]) }, counts{corrupted: 1, wrong: 1, retagged: 1}},
		"no priority":   {tagged, func(f []byte) []byte { return join(f[:14], "000a", f[16:]) }, counts{corrupted: 1, wrong: 1, retagged: 1, bare: 1}},
		"no VLAN":       {tagged, func(f []byte) []byte { return join(f[:14], "6000", f[16:]) }, counts{corrupted: 1, wrong: 1, retagged: 1}},
		"other TPID":    {tagged, func(f []byte) []byte { return join(f[:12], "8101", f[14:]) }, counts{corrupted: 1, wrong: 1, retagged: 1}},
		"wrong in plan": {s, func(f []byte) []byte { f[40] ^= 0xff; return f }, counts{corrupted: 1, wrong: 1}},
	} {
		tally := probe.NewTally(s.session, false)
		give(tally, c.from.frame(0, 0, second), second)
		give(tally, c.from.frame(0, 1, second), second)
		if !give(tally, c.do(c.from.frame(0, 2, second)), second) {
			t.Errorf("%s: not taken", name)
		}
		d := tally.Report().Damage
		if got := (counts{d.Corrupted, d.WrongBits, d.Truncated, d.Lengthened, d.Retagged, d.NoPriority}); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func join(a []byte, middleHex string, b []byte) []byte {
	m, _ := hex.DecodeString(middleHex)
	return append(append(bytes.Clone(a), m...), b...)
}

func TestOutages(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{Total: 1000, Interval: 1e9, TCI: probe.Untagged}) // 1 ms
	tally := probe.NewTally(s.session, false)
	for n := range uint64(1000) {
		if n >= 100 && n < 150 || n == 500 || n >= 990 {
			continue
		}
		at := second + int64(n)*1e6
		give(tally, s.frame(0, n, at), at)
	}
	tally.End(probe.SenderAccount{Offered: 1000})
	l := tally.Report().Loss
	want := []probe.Outage{
		{First: 100, Frames: 50, Start: second + 99e6, ByCount: 50e6, ByTime: 51e6},
		{First: 500, Frames: 1, Start: second + 499e6, ByCount: 1e6, ByTime: 2e6},
		{First: 990, Frames: 10, Start: second + 989e6, ByCount: 10e6},
	}
	if !reflect.DeepEqual(l.Outages, want) || l.Lost != 61 || l.Bursts != 3 || l.Longest != 50 || l.First != 100 || l.Last != 999 {
		t.Errorf("%+v", l)
	}
	if fmt.Sprint(l.Lengths) != "[1 0 0 0 1 0 1]" {
		t.Errorf("lengths %v", l.Lengths)
	}
}

// TestEndFrameDecides: what the sender says it offered, not what it planned.
func TestEndFrameDecides(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{Total: 1000, Streams: 2, TCI: probe.Untagged})
	tally := probe.NewTally(s.session, false)
	for n := range uint64(90) {
		give(tally, s.frame(uint8(n%3), n/3, second), second)
	}
	if r := tally.Report(); r.Expected != 90 || r.NotKnown != 910 || r.Loss.Lost != 0 || len(r.Each) != 3 || r.Each[0].Expected != 30 {
		t.Errorf("without an end: %+v", r)
	}
	if a, ok := tally.Ended(); ok {
		t.Errorf("ended with %+v", a)
	}
	account := probe.SenderAccount{Intended: 1000, Offered: 100, Refused: 3, Elapsed: 12345}
	give(tally, s.end(account), second)
	if r := tally.Report(); r.Expected != 100 || r.NotKnown != 0 || r.Loss.Lost != 10 || *r.End != account {
		t.Errorf("after it: %+v", r)
	}
}

// TestNumbersWrap runs over the end of 32 bits, with a loss across it.
func TestNumbersWrap(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{TCI: probe.Untagged})
	tally := probe.NewTally(s.session, false)
	const step = 1 << 30
	for n := uint64(0); n <= 5<<32; n += step {
		give(tally, s.frame(0, n, second), second)
	}
	r := tally.Report()
	if want := uint64(5<<32)/step + 1; r.Received != want || r.Expected != 5<<32+1 || r.Duplicated != 0 || r.Reordered != 0 {
		t.Errorf("%+v", r)
	}
}

// TestForeignFrames: what is not of the run, or cannot be, changes nothing.
func TestForeignFrames(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{Total: 10, TCI: probe.Untagged})
	tally := probe.NewTally(s.session, false)
	give(tally, s.frame(0, 0, second), second)
	other := s
	other.session++
	for name, f := range map[string][]byte{
		"other run": other.frame(0, 1, second), "beyond the plan": s.frame(0, 10, second), "no such stream": s.frame(7, 1, second),
	} {
		if give(tally, f, second) {
			t.Errorf("%s: taken", name)
		}
	}
	if r := tally.Report(); r.Received != 1 || r.Expected != 1 || r.NotKnown != 9 || len(r.Each) != 1 {
		t.Errorf("%+v", r)
	}
}

// TestMemoryIsBounded: half a million frames of the worst kind, every other one
// lost, in all streams, nearly every one of them wrong somewhere.
func TestMemoryIsBounded(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{Streams: 255, TCI: probe.Untagged})
	tally := probe.NewTally(s.session, false)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f := s.frame(0, 0, second)
	for n := range uint64(500_000) {
		probe.Put(f, 14, probe.Mark{Kind: probe.KindMarkPlan, Stream: uint8(n), Session: s.session, Seq: uint32(n / 256 * 2), Time: uint32(n)})
		f[50] = byte(n)
		give(tally, f, second+int64(n)*1000)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	r := tally.Report()
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 24<<20 {
		t.Errorf("%d bytes kept", grown)
	}
	if r.Received != 500_000 || r.Expected != r.Received+r.Loss.Lost || !r.Beyond || r.Damage.Corrupted < 450_000 {
		t.Errorf("%d received, %d expected, %d lost, %v, %d corrupted", r.Received, r.Expected, r.Loss.Lost, r.Beyond, r.Damage.Corrupted)
	}
}

func TestAddAllocatesNothing(t *testing.T) {
	for _, h := range []string{headerHex, taggedHex} {
		s := newSender(t, h, probe.Plan{Length: 1000, TCI: probe.Untagged})
		tally := probe.NewTally(s.session, true)
		f := s.frame(0, 0, second)
		w := probe.NewWriter(f, len(s.header), probe.KindMarkPlan, 0, s.session)
		n := uint32(0)
		if a := testing.AllocsPerRun(10000, func() {
			w.Write(n, probe.Ticks(second))
			give(tally, f, second+100)
			n++
		}); a != 0 {
			t.Errorf("%v allocations a frame", a)
		}
	}
}

func FuzzTally(f *testing.F) {
	s := newSender(f, headerHex, probe.Plan{Total: 10, TCI: probe.Untagged})
	f.Add(s.frame(0, 0, second), s.frame(3, 9, second), s.end(probe.SenderAccount{Offered: 10}))
	f.Add(s.frame(0, 1, second)[:40], []byte{}, newSender(f, taggedHex, probe.Plan{Length: 42}).frame(0, 5, second))
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		tally := probe.NewTally(s.session, len(a)%2 == 0)
		for i, frame := range [][]byte{a, b, a, c, b, c} {
			give(tally, frame, second+int64(i))
		}
		r := tally.Report()
		if r.Expected != r.Received+r.Loss.Lost {
			t.Fatalf("%+v", r)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	for _, length := range []uint16{46, 1500} {
		b.Run(fmt.Sprint(length), func(b *testing.B) {
			s := newSender(b, headerHex, probe.Plan{Length: length, TCI: probe.Untagged})
			tally := probe.NewTally(s.session, false)
			f := s.frame(0, 0, second)
			w := probe.NewWriter(f, 14, probe.KindMarkPlan, 0, s.session)
			b.ReportAllocs()
			for i := range b.N {
				w.Write(uint32(i), uint32(i))
				give(tally, f, second+int64(i)*16)
			}
		})
	}
}
