package slots

import "time"

// MostOffset is by how much an agent's clock may differ from the controller's:
// one that is further away takes no part.
const MostOffset = time.Second

// Guard is the time between two slots for agents whose clocks differ from the
// controller's by at most so much: twice that, because one may be fast and
// another slow, and what starting a test takes.
func Guard(worst time.Duration) time.Duration {
	return 2*worst.Abs() + 200*time.Millisecond
}

// Table is when the slots of a plan are.
type Table struct {
	Start  time.Time     `json:"start"`
	Length time.Duration `json:"slot_ns"`
	Guard  time.Duration `json:"guard_ns"`
	Count  int           `json:"slots"`
}

// Begin is when slot n begins.
func (t Table) Begin(n int) time.Time {
	return t.Start.Add(time.Duration(n) * (t.Length + t.Guard))
}

// End is when slot n ends.
func (t Table) End(n int) time.Time { return t.Begin(n).Add(t.Length) }

// Over is when the last slot ends.
func (t Table) Over() time.Time { return t.End(t.Count - 1) }

// Next is the first slot that begins at a time or later, or that began so
// shortly before that it can still be taken: Late says no of it. It is Count or
// more when there is none.
func (t Table) Next(now time.Time) int {
	since := now.Sub(t.Start)
	if since < 0 {
		return 0
	}
	n := int(since / (t.Length + t.Guard))
	if t.Late(n, now) {
		n++
	}
	return n
}

// Late says whether it is too late to begin slot n: more than a quarter of it
// is over.
func (t Table) Late(n int, now time.Time) bool {
	return now.Sub(t.Begin(n)) > t.Length/4
}
