package probe_test

import (
	"testing"

	"eterm/frame/probe"
)

// forged gives a Tally frames 0 to 99 of a run but for every tenth, at 1 ms each,
// and then what forge makes.
func forged(t *testing.T, forge func(s sender, tally *probe.Tally)) probe.Report {
	t.Helper()
	s := newSender(t, headerHex, probe.Plan{Total: 100, Interval: 1e9, TCI: probe.Untagged})
	tally := probe.NewTally(s.session, false)
	for n := range uint64(100) {
		if n%10 != 9 {
			give(tally, s.frame(0, n, second+int64(n)*1e6), second+int64(n)*1e6)
		}
	}
	tally.End(probe.SenderAccount{Offered: 100})
	forge(s, tally)
	return tally.Report()
}

func TestContradictionsAreCounted(t *testing.T) {
	const later = second + 200e6
	for _, c := range []struct {
		name  string
		forge func(s sender, tally *probe.Tally)
		want  probe.Contradictions
	}{
		{"none", func(sender, *probe.Tally) {}, probe.Contradictions{}},
		{"a true duplicate and a late frame", func(s sender, tally *probe.Tally) {
			give(tally, s.frame(0, 5, second+5e6), later)
			give(tally, s.frame(0, 9, second+9e6), later)
		}, probe.Contradictions{}},
		{"the same end again", func(_ sender, tally *probe.Tally) { tally.End(probe.SenderAccount{Offered: 100}) }, probe.Contradictions{}},
		{"another end", func(_ sender, tally *probe.Tally) { tally.End(probe.SenderAccount{Offered: 70}) }, probe.Contradictions{Ends: 1}},
		{"missing numbers made up", func(s sender, tally *probe.Tally) {
			for n := uint64(9); n < 99; n += 10 {
				give(tally, s.frame(0, n, later), later)
			}
		}, probe.Contradictions{Marks: 9}},
		{"one number with another time", func(s sender, tally *probe.Tally) { give(tally, s.frame(0, 5, second), later) }, probe.Contradictions{Marks: 1}},
		{"a greater number sent earlier", func(s sender, tally *probe.Tally) { give(tally, s.frame(0, 99, second), later) }, probe.Contradictions{Marks: 1}},
	} {
		if got := forged(t, c.forge).Contradictions; got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	if r := forged(t, func(_ sender, tally *probe.Tally) { tally.End(probe.SenderAccount{Offered: 70}) }); r.Loss.Lost != 10 || r.End.Offered != 100 {
		t.Errorf("a second end changes the account: %+v", r)
	}
}

// TestReorderedByTheHost: frames read in another order than their timestamps
// have were not reordered on the way.
func TestReorderedByTheHost(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{TCI: probe.Untagged})
	tally := probe.NewTally(s.session, false)
	for _, c := range []struct {
		n  uint64
		at int64
	}{{0, 0}, {2, 20}, {1, 10}, {4, 40}, {3, 45}, {5, 50}} {
		give(tally, s.frame(0, c.n, second+int64(c.n)), second+c.at*1000)
	}
	if r := tally.Report(); r.ByHost != 1 || r.Reordered != 1 || r.MaxTime != 5000 || r.Received != 6 || r.Loss.Lost != 0 {
		t.Errorf("%+v", r.Reordering)
	}
}
