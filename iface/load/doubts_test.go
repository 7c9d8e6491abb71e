package load

import (
	"strings"
	"testing"
	"time"

	"eterm/iface/load/pace"
)

// goodRun is 1000 frames of 60 bytes at 1000 a second, all sent in time.
func goodRun() Result {
	r := Result{
		Offered: 1000, Sent: 1000, Attempts: 1000, Bytes: 60_000, OnWire: 84_000,
		Elapsed: 999 * time.Millisecond, Span: time.Second, Asked: time.Second, Workers: 1,
		PacingError: pace.PacingError{P50: 70, P99: 2100, Max: 11_300},
	}
	r.Port.Attempted, r.Port.Accepted, r.Port.Interface.TxPackets = 1000, 1000, 1000
	return r
}

// TestDoubts: what this host did to a run, and only that, makes it doubtful.
func TestDoubts(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Result)
		want   string // in the doubt; empty: none
	}{
		"good":          {func(*Result) {}, ""},
		"a little late": {func(r *Result) { r.Span += 9 * time.Millisecond; r.PacingError.P50 = 5 * time.Millisecond }, ""},
		"2 % late": {func(r *Result) { r.Span += 20_409 * time.Microsecond; r.PacingError.P50 = 10 * time.Millisecond },
			"the asked rate was missed by 2.0 %"},
		"held up once at its end": {func(r *Result) { r.Span += 20_409 * time.Microsecond }, ""},
		"a hiccup": {func(r *Result) {
			r.Asked, r.Span = time.Millisecond, 1900*time.Microsecond
			r.PacingError.P50 = time.Millisecond
		}, ""},
		"slow at full speed": {func(r *Result) { r.Asked, r.Span = 0, time.Hour }, ""},
		"a few frames, held up": {func(r *Result) {
			r.Offered, r.Sent, r.Asked, r.Span = 3, 3, 300*time.Millisecond, 315_720*time.Microsecond
			r.PacingError.P50 = 5136 * time.Microsecond
		}, ""},
		"a few frames, far too slow": {func(r *Result) {
			r.Offered, r.Sent, r.Asked, r.Span = 3, 3, 300*time.Millisecond, 390*time.Millisecond
			r.PacingError.P50 = 30 * time.Millisecond
		}, "the asked rate was missed by 23.1 %"},
		"one frame": {func(r *Result) { r.Offered, r.Sent, r.Span = 1, 1, 2*time.Second }, ""},
		"refused": {func(r *Result) { r.Sent, r.Skipped, r.Refused.QueueFull = 900, 100, 100 },
			"refused 100 of 1000 frames: 100 queue full"},
		"refused, then taken": {func(r *Result) { r.Attempts, r.Refused.QueueFull, r.Port.Refused.QueueFull = 1100, 100, 100 }, ""},
		"dropped":             {func(r *Result) { r.Port.Interface.TxDropped = 7 }, "the interface dropped 7 frames"},
	} {
		r := goodRun()
		c.change(&r)
		doubts := r.Doubts()
		switch {
		case c.want == "" && doubts != nil:
			t.Errorf("%s: %v", name, doubts)
		case c.want != "" && (len(doubts) != 1 || !strings.Contains(doubts[0].Text, c.want)):
			t.Errorf("%s: %v; want %q", name, doubts, c.want)
		}
	}
}
