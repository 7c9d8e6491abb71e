package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"eterm/cmd/internal/result"
	"eterm/iface/ifacetest"
	"eterm/iface/impair"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
)

// device is a link in memory whose delays have a tail. From one run to the next
// they differ by chance: all by a factor, which is what makes the repetition, and
// not the frame, the unit of statistics.
type device struct {
	loss   float64
	slower float64 // of the one frame in twenty that takes the longest
}

// run is the document of a link test of a device: real frames through the real
// sender and receiver, in virtual time.
func (v device) run(t *testing.T, random *rand.Rand, id string) *result.Document {
	t.Helper()
	const frames = 1000
	var d *result.Document
	synctest.Test(t, func(t *testing.T) {
		factor := math.Exp(random.NormFloat64() * 0.02)
		tail := func(uint64, []byte, *rand.Rand) bool { return random.Float64() < 0.05 }
		took := func(us float64) time.Duration { return time.Duration(us * factor * 1000) }
		s := ifacetest.NewSwitch(2, ifacetest.Buffer(1<<12), ifacetest.Seed(random.Uint64()), ifacetest.Faults(
			impair.Drop(impair.Chance(v.loss)), impair.Delay(impair.Always(), took(40)), impair.Delay(impair.Chance(0.3), took(15)), impair.Delay(tail, took(260*(1+v.slower)+40*v.slower))))
		l := linktest.Load{Sizes: []int{64}, Rate: 1000, Count: frames, Dst: s.Port(1).HardwareAddr(), Src: s.Port(0).HardwareAddr()}
		began := time.Now()
		r, err := linktest.Direct(t.Context(), s.Port(0), s.Port(1), l, linktest.DirectOptions{Session: 1, Clock: pace.Timers()})
		if err != nil {
			t.Fatal(err)
		}
		d = result.New(result.KindLink, nil, began)
		d.ID, d.Load = id, &result.Load{FramesPerS: 1000, Sizes: []int{64}, Frames: frames, Streams: 1}
		d.End(time.Now(), false, &linktest.Total{Result: r}, result.Verdict{})
	})
	return again(t, d)
}

// repetitions are how often each side of a pair is measured, in turn with the other.
const repetitions = 10

// pair measures two devices in turn.
func pair(t *testing.T, random *rand.Rand, a, b device) *Comparison {
	t.Helper()
	sides := []Side{{Name: "a"}, {Name: "b"}}
	for n := range repetitions {
		for i, v := range []device{a, b} {
			sides[i].Docs = append(sides[i].Docs, v.run(t, random, fmt.Sprintf("%s%031d", sides[i].Name, n)))
		}
	}
	return Compare(sides[0], sides[1], MinEffect)
}

// TestSeededRegressionsAreFound: a loss of one in a thousand and a p99 that is 15 %
// greater are each found in 20 of 20 pairs, and in 20 of 20 pairs of equal devices
// nothing is claimed; both twice, with other chance.
func TestSeededRegressionsAreFound(t *testing.T) {
	pairs := 20
	if testing.Short() {
		pairs = 3
	}
	for seed := range uint64(2) {
		random := rand.New(rand.NewPCG(seed, 18))
		lossy, slow, equal := 0, 0, 0
		for range pairs {
			if c := pair(t, random, device{}, device{loss: 0.001}); c.Verdict == Worse && find(c, "lost").Is == Worse {
				lossy++
			} else {
				t.Logf("loss: %s: %s", c.Verdict, c.Why)
			}
			c := pair(t, random, device{}, device{slower: 0.15})
			if p99 := find(c, "p99"); c.Verdict == Worse && p99.Is == Worse && math.Abs(*p99.Relative-0.15) < 0.05 {
				slow++
			} else {
				t.Logf("p99: %s: %s, %+v", c.Verdict, c.Why, p99)
			}
			if c := pair(t, random, device{}, device{}); c.Verdict == Same {
				equal++
			} else {
				t.Logf("equal: %s: %s", c.Verdict, c.Why)
			}
		}
		t.Logf("seed %d: %d pairs: loss found in %d, p99 in %d, nothing claimed in %d", seed, pairs, lossy, slow, equal)
		if lossy != pairs || slow != pairs || equal != pairs {
			t.Errorf("seed %d: of %d pairs loss found in %d, p99 in %d, nothing claimed in %d", seed, pairs, lossy, slow, equal)
		}
	}
}
