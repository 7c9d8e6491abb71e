package probe_test

import (
	"bytes"
	"math/bits"
	"math/rand/v2"
	"testing"

	"eterm/frame/probe"
)

// TestDamageAgainstModel flips random bits behind the plan block of frames of
// random length, pattern and carrier, and counts them by comparing with what was
// sent.
func TestDamageAgainstModel(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 11))
		header := headerHex
		plan := probe.Plan{Length: uint16(60 + random.IntN(600)), Pattern: probe.Pattern(random.IntN(4)), TCI: probe.Untagged}
		if random.IntN(2) == 0 {
			header, plan.TCI = taggedHex, 0x600a
		}
		s := newSender(t, header, plan)
		tally := probe.NewTally(s.session, false)
		for n := range uint64(2) {
			give(tally, s.frame(0, n, second), second)
		}
		var want probe.Damage
		at := map[int]uint64{}
		for n := uint64(2); n < 40; n++ {
			sent := s.frame(0, n, second)
			f := bytes.Clone(sent)
			for range random.IntN(4) {
				i := len(s.header) + probe.Size + probe.PlanSize + random.IntN(int(plan.Length)-probe.Size-probe.PlanSize)
				f[i] ^= 1 << random.IntN(8)
			}
			give(tally, f, second+int64(n))
			if bytes.Equal(f, sent) {
				continue
			}
			want.Corrupted++
			for i := range f {
				x := f[i] ^ sent[i]
				if x == 0 {
					continue
				}
				at[i]++
				want.Bits += uint64(bits.OnesCount8(x))
				want.ZeroToOne += uint64(bits.OnesCount8(x & f[i]))
				want.OneToZero += uint64(bits.OnesCount8(x & sent[i]))
				for b := range 8 {
					want.ByBit[b] += uint64(x >> (7 - b) & 1)
				}
			}
		}
		r := tally.Report()
		d := r.Damage
		if d.Corrupted != want.Corrupted || d.WrongBits != want.Corrupted || d.Bits != want.Bits || d.ZeroToOne != want.ZeroToOne ||
			d.OneToZero != want.OneToZero || d.ByBit != want.ByBit || d.Truncated+d.Lengthened+d.Retagged+d.Unnamed != 0 || r.Received != 40 {
			t.Errorf("seed %d:\n got %+v\nwant %+v", seed, d, want)
		}
		var elsewhere uint64
		for _, b := range d.ByByte {
			if at[b.Offset] != b.Count {
				t.Errorf("seed %d: byte %d wrong %d times, want %d", seed, b.Offset, b.Count, at[b.Offset])
			}
			delete(at, b.Offset)
		}
		for _, n := range at {
			elsewhere += n
		}
		if elsewhere != d.Elsewhere || len(d.Examples) > probe.MaxExamples {
			t.Errorf("seed %d: %d wrong bytes elsewhere, want %d; %d examples", seed, d.Elsewhere, elsewhere, len(d.Examples))
		}
	}
}

// TestPlanBlockRoundTrip: what is written is read, for any plan; one wrong bit is
// noticed.
func TestPlanBlockRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	for range 300 {
		p := probe.Plan{
			Length: uint16(42 + random.IntN(9000)), Mixed: random.IntN(2) == 0, Pattern: probe.Pattern(random.IntN(4)), Streams: uint8(random.Uint32()),
			Total: random.Uint64() >> 16, Interval: random.Uint64() >> 16, TCI: uint16(random.Uint32()),
		}
		s := newSender(t, headerHex, p)
		f := s.frame(0, 0, second)
		found, ok := probe.Find(f)
		if got, planned := probe.PlanOf(f, found); !ok || !planned || got != p {
			t.Fatalf("%+v is read as %+v", p, got)
		}
		i := found.Offset + probe.Size + random.IntN(probe.PlanSize)
		f[i] ^= 1 << random.IntN(8)
		if got, planned := probe.PlanOf(f, found); planned {
			t.Fatalf("a wrong bit in byte %d is read as %+v", i, got)
		}
		var sum uint64
		for stream := range 256 {
			sum += p.Of(uint8(stream), 1000)
		}
		if sum != 1000 {
			t.Fatalf("%d streams have %d of 1000 frames", int(p.Streams)+1, sum)
		}
	}
}

// TestPlanIsClippedTo48Bits and not wrapped.
func TestPlanIsClippedTo48Bits(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{Total: 1 << 60, Interval: 1 << 50, TCI: probe.Untagged})
	f := s.frame(0, 0, second)
	found, _ := probe.Find(f)
	if p, ok := probe.PlanOf(f, found); !ok || p.Total != 1<<48-1 || p.Interval != 1<<48-1 {
		t.Errorf("%+v", p)
	}
}

// TestEndRoundTrip: also that the sender has doubts.
func TestEndRoundTrip(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{TCI: probe.Untagged})
	for _, a := range []probe.SenderAccount{{}, {Intended: 1 << 63, Offered: 2, Refused: 3, Elapsed: 4}, {Offered: 5, Doubted: true}} {
		f := s.end(a)
		found, _ := probe.Find(f)
		if got, ok := probe.EndOf(f, found); !ok || got != a {
			t.Errorf("%+v is read as %+v", a, got)
		}
		if _, ok := probe.EndOf(f[:len(f)-1], found); ok {
			t.Error("one that is cut is read")
		}
	}
}
