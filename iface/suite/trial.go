package suite

import (
	"context"
	"math"
	"slices"
)

// Trialler makes trials.
type Trialler interface {
	// Measure makes one trial. An error means that no more can be made as
	// things are: a port is gone, ctx ended. What the tester did wrong is in
	// the trial.
	Measure(ctx context.Context, s Spec) (Trial, error)
	// OneClock says that both ends read the same clock, so that delays are true.
	OneClock() bool
}

// Trial is a trial that was made.
type Trial struct {
	N    int    `json:"n"`
	Test string `json:"test"`
	Spec Spec   `json:"spec"`
	// Valid trials say something about the device; Reasons is why not.
	Valid   bool     `json:"valid"`
	Reasons []Reason `json:"reasons"`
	// NoWay says that the frames that go ahead did not all arrive: there is no
	// way through, and nothing was measured.
	NoWay    bool      `json:"no_way"`
	Accounts []Account `json:"accounts"`
	// Took is how long all of it was, in seconds.
	Took float64 `json:"took_s"`
	CPU  CPU     `json:"cpu"`
}

// Account is that of one direction, or nil.
func (t Trial) Account(d Direction) *Account {
	for i := range t.Accounts {
		if t.Accounts[i].Direction == d {
			return &t.Accounts[i]
		}
	}
	return nil
}

// LossRatio is that of all directions together.
func (t Trial) LossRatio() float64 {
	var offered, lost uint64
	for _, a := range t.Accounts {
		offered += a.Offered
		lost += a.Lost
	}
	if offered == 0 {
		return 0
	}
	return float64(lost) / float64(offered)
}

// Lost is how many frames were lost in all directions.
func (t Trial) Lost() (n uint64) {
	for _, a := range t.Accounts {
		n += a.Lost
	}
	return n
}

// shortfall is the share of the intended load that the tester did not offer or
// keep, of the worst direction.
func (t Trial) shortfall() (worst float64) {
	for _, a := range t.Accounts {
		if a.IntendedFPS > 0 {
			worst = max(worst, 1-a.OfferedFPS/a.IntendedFPS)
		}
		if a.Offered > 0 {
			worst = max(worst, float64(a.Local())/float64(a.Offered))
		}
	}
	return min(max(worst, 0), 1)
}

// Filling says that a trial passed although the load was more than the device
// forwards, because its buffer had room: delays grew all the time. Rate is what
// the device forwards then, in frames/s. Only where both ends share a clock.
func (a Account) Filling() (rate float64, filling bool) {
	n := len(a.Series.Received)
	if a.Delay.Kind != oneWay || n < Buckets || a.Lost > 0 || a.Span == 0 {
		return 0, false
	}
	tenth := n / 10
	first, last := least(a.Series.Min[:tenth]), least(a.Series.Min[n-tenth:])
	grew := float64(last - first)
	if grew <= max(50e3, 5*a.medianSpread()) {
		return 0, false
	}
	slope := grew / (a.Span * float64(n-tenth) / float64(n) * 1e9)
	return a.OfferedFPS / (1 + slope), true
}

func least(values []int64) int64 { return slices.Min(values) }

// medianSpread is by how much delays differ within a bucket, in the middle.
func (a Account) medianSpread() float64 {
	var spreads []int64
	for i, n := range a.Series.Received {
		if n > 0 {
			spreads = append(spreads, a.Series.Max[i]-a.Series.Min[i])
		}
	}
	if len(spreads) == 0 {
		return 0
	}
	slices.Sort(spreads)
	return float64(spreads[len(spreads)/2])
}

// BiasBound is by how much a trial without loss may flatter a device that has a
// buffer of so many frames: it holds them for the length of the trial.
func BiasBound(bufferFrames, rate, seconds float64) float64 {
	if rate <= 0 || seconds <= 0 {
		return math.Inf(1)
	}
	return bufferFrames / (rate * seconds)
}
