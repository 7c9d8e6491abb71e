package control

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/eterm-fleet/internal/slots"
	"eterm/cmd/internal/result"
	"eterm/iface/linktest"
)

// Merger makes one result of those of all tests. A test of which nothing came
// is incomplete: it never counts as one without loss.
type Merger struct {
	plan      *plan.Plan
	until     time.Time // slots that end later have not been
	seen      map[seat]bus.Result
	said      map[seat]bus.Result // of reflectors that nobody asked, or that took no part
	pairs     map[[2]string]*tally
	cancelled bool
}

// seat is an end in a slot.
type seat struct {
	slot  int
	label string
}

// tally is what came of the tests from one port to another.
type tally struct {
	result.Pair
	states map[string]int
	why    string
}

// NewMerger begins the result of a plan as it is at a time.
func NewMerger(p *plan.Plan, now time.Time) *Merger {
	return &Merger{plan: p, until: now, seen: map[seat]bus.Result{}, said: map[seat]bus.Result{}, pairs: map[[2]string]*tally{}}
}

// Cancelled says that the run was cancelled: its document is an interrupted one.
func (m *Merger) Cancelled() { m.cancelled = true }

// Add takes one result. Each may come in any order.
func (m *Merger) Add(r bus.Result) error {
	at := seat{r.Slot, r.By}
	if r.By == r.To {
		m.said[at] = r
		return nil
	}
	m.seen[at] = r
	return nil
}

// Result is what all of it comes to, and the verdict.
func (m *Merger) Result() (*result.Fleet, result.Verdict) {
	f := &result.Fleet{Run: m.plan.ID, Pairs: []result.Pair{}}
	v := result.Verdict{Exceeded: []string{}, Untrusted: []string{}}
	rounds := slots.Of(m.plan.Shape)
	var missing, late int
	for n := range m.plan.Table.Count {
		for _, pair := range rounds.Round(n) {
			f.Planned++
			from, to := m.plan.Ports[pair.Ask].Label, m.plan.Ports[pair.Reflect].Label
			r, ok := m.seen[seat{n, from}]
			if !ok {
				r = bus.Result{Slot: n, From: from, To: to, State: bus.Incomplete, Why: "no result came"}
				missing++
			}
			if r.From != from || r.To != to {
				r.State, r.Why, r.Total = bus.Incomplete, "the result that came is of another pair", nil
			}
			if said, ok := m.said[seat{n, to}]; ok && r.State == bus.NoReply && said.State != bus.Unasked {
				r.State = said.State // it had a reason, which is not the network
			}
			if r.State == bus.Late {
				late++
			}
			m.count(r, &v)
		}
	}
	f.Pairs = m.sorted()
	f.Causes = causes(m.plan, f.Pairs)
	m.judge(&v, f, missing, late)
	return f, v
}

// count adds one test to both of its directions.
func (m *Merger) count(r bus.Result, v *result.Verdict) {
	for _, way := range [][2]string{{r.From, r.To}, {r.To, r.From}} {
		t := m.pairs[way]
		if t == nil {
			t = &tally{Pair: result.Pair{From: way[0], To: way[1]}, states: map[string]int{}}
			m.pairs[way] = t
		}
		t.states[r.State]++
		if r.State != bus.Measured && t.why == "" {
			t.why = r.Why
			if said, ok := m.said[seat{r.Slot, r.To}]; ok {
				t.why += fmt.Sprintf("; %s: %s, its link was %s", said.By, said.State, said.Link)
			}
			if r.Link != "" {
				t.why += "; the link of " + r.From + " was " + r.Link
			}
		}
		if r.Total == nil {
			continue
		}
		for _, d := range r.Total.Directions {
			if (d.Direction == linktest.Forward) == (way[0] == r.From) {
				t.add(d, r.State)
			}
		}
	}
	if r.Total == nil {
		return
	}
	for _, why := range r.Total.Verdict.Exceeded {
		v.Exceeded = some(v.Exceeded, r.From+" and "+r.To+": "+why)
	}
	for _, why := range r.Total.Verdict.Untrusted {
		v.Untrusted = some(v.Untrusted, r.From+" and "+r.To+": "+why)
	}
}

// add counts the frames of one direction. Those of a test that was not
// measured to its end are counted as far as they are known.
func (t *tally) add(d linktest.Result, state string) {
	if state == bus.Measured {
		t.Tests++
	}
	t.Offered, t.Received, t.Lost, t.LostLocal = t.Offered+d.Offered, t.Received+d.Received, t.Lost+d.Lost, t.LostLocal+d.LostLocal
	if d.Receiver == nil || d.Receiver.Report.Delay.Count == 0 || d.Receiver.Report.Delay.Kind == "none" {
		return
	}
	p50, p99 := d.Receiver.Report.Delay.P50, d.Receiver.Report.Delay.P99
	if t.P50 == nil || p50 > *t.P50 {
		t.P50 = &p50
	}
	if t.P99 == nil || p99 > *t.P99 {
		t.P99 = &p99
	}
}

// state is one word for all tests of a pair: the worst that happened.
func (t *tally) state() string {
	switch {
	case t.states[bus.NoReply] > 0:
		return bus.NoReply
	case t.states[bus.Incomplete]+t.states[bus.Refused]+t.states[bus.Withdrawn] > 0:
		return bus.Incomplete
	case t.states[bus.Late] > 0:
		return bus.Late
	}
	return bus.Measured
}

func (m *Merger) sorted() (all []result.Pair) {
	all = []result.Pair{}
	for _, t := range m.pairs {
		t.State = t.state()
		all = append(all, t.Pair)
	}
	slices.SortFunc(all, func(a, b result.Pair) int {
		if c := strings.Compare(a.From, b.From); c != 0 {
			return c
		}
		return strings.Compare(a.To, b.To)
	})
	return all
}

// judge is the verdict: pairs without a reply are an answer, what is missing or
// late is no measurement.
func (m *Merger) judge(v *result.Verdict, f *result.Fleet, missing, late int) {
	if missing > 0 {
		v.Untrusted = append([]string{fmt.Sprintf("the results of %d of %d tests are missing", missing, f.Planned)}, v.Untrusted...)
	}
	if late > 0 {
		v.Untrusted = some(v.Untrusted, fmt.Sprintf("%d of %d tests were not made because it was too late in their slot", late, f.Planned))
	}
	for _, p := range f.Pairs {
		t := m.pairs[[2]string{p.From, p.To}]
		if p.From > p.To || p.State == bus.Measured || p.State == bus.Late {
			continue
		}
		text := fmt.Sprintf("%s and %s: %s: %s", p.From, p.To, p.State, t.why)
		if p.State == bus.NoReply {
			v.Exceeded = some(v.Exceeded, text)
			continue
		}
		v.Untrusted = some(v.Untrusted, text)
	}
	switch {
	case len(v.Exceeded) > 0:
		v.Status = 1
	case len(v.Untrusted) > 0:
		v.Status = 3
	}
}

// mostSaid bounds what a verdict says one by one.
const mostSaid = 100

func some(list []string, text string) []string {
	if len(list) >= mostSaid {
		return list
	}
	return append(list, text)
}

// Document is the result of a run as a document.
func (m *Merger) Document(args []string) *result.Document {
	d := result.New(result.KindFleet, args, m.plan.Table.Start)
	f, v := m.Result()
	frames := result.Load{Sizes: m.plan.Load.Sizes, Frames: m.plan.Load.Count, DurationNS: int64(m.plan.Load.Duration), Streams: m.plan.Load.Streams, Direction: "both"}
	if l, err := m.plan.Load.Of(0); err == nil && l.Rate < 1e12 {
		frames.FramesPerS = l.Rate
	}
	d.Load = &frames
	over := m.plan.Table.Over()
	d.End(earlier(m.until, over), m.cancelled || m.until.Before(over), f, v)
	d.TookNS = max(0, int64(earlier(m.until, over).Sub(m.plan.Table.Start))) // 0 before it begins
	return d
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
