package probe_test

import (
	"fmt"
	"strings"
	"testing"

	"eterm/frame/probe"
)

// came gives a tally frames in an order, one each microsecond. Numbers are from 1
// as in the RFCs; the mark's are from 0.
func came(t *testing.T, plan probe.Plan, order ...uint64) *probe.Tally {
	t.Helper()
	s := newSender(t, headerHex, plan)
	tally := probe.NewTally(s.session, false)
	for i, n := range order {
		if !give(tally, s.frame(0, n-1, second+int64(n)*1000), second+100_000+int64(i)*1000) {
			t.Fatalf("frame %d is not taken", n)
		}
	}
	return tally
}

// TestReorderingByRFC4737: the definitions of 3.3 (reordered: less than what was
// expected next), 4.2.2 (extent: how many arrivals ago the earliest with a greater
// number came) and 4.3 (late time), applied by hand to arrivals such as those of
// its examples in clause 7.
func TestReorderingByRFC4737(t *testing.T) {
	for _, c := range []struct {
		name  string
		order []uint64
		want  probe.Reordering
	}{
		{"in order", []uint64{1, 2, 3, 4, 5}, probe.Reordering{}},
		{"packet 4 after 8", []uint64{1, 2, 3, 5, 6, 7, 8, 4, 9, 10}, probe.Reordering{Reordered: 1, Runs: 1, MaxExtent: 4, MaxTime: 4000}},
		{"packets 5 and 6 after 7", []uint64{1, 2, 3, 4, 7, 5, 6, 8, 9, 10}, probe.Reordering{Reordered: 2, Runs: 1, MaxExtent: 2, MaxTime: 2000}},
		{"packets 4, 5 and 6 after 10", []uint64{1, 2, 3, 7, 8, 9, 10, 4, 5, 6, 11}, probe.Reordering{Reordered: 3, Runs: 1, MaxExtent: 6, MaxTime: 6000}},
		{"two runs", []uint64{2, 1, 4, 3}, probe.Reordering{Reordered: 2, Runs: 2, MaxExtent: 1, MaxTime: 1000}},
		{"backwards", []uint64{5, 4, 3, 2, 1}, probe.Reordering{Reordered: 4, Runs: 1, MaxExtent: 4, MaxTime: 4000}},
		{"a lost one is not reordered", []uint64{1, 3, 4, 5}, probe.Reordering{}},
		{"the second copy is not reordered", []uint64{1, 2, 3, 2, 4}, probe.Reordering{}},
	} {
		tally := came(t, probe.Plan{TCI: probe.Untagged}, c.order...)
		if got := tally.Report().Reordering; got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestOrderChangedByTheHost: frames read after one that their timestamps say came
// later were put out of order here.
func TestOrderChangedByTheHost(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{TCI: probe.Untagged})
	tally := probe.NewTally(s.session, false)
	for _, n := range []uint64{0, 1, 4, 2, 3, 5} { // as read; each came at its turn
		give(tally, s.frame(0, n, second), second+int64(n)*1000)
	}
	if r := tally.Report(); r.Reordering != (probe.Reordering{ByHost: 2}) || r.Loss.Lost != 0 || r.Received != 6 {
		t.Errorf("%+v", r.Reordering)
	}
}

// TestLossPeriodsByRFC3357: the example of its clause 6, r for received and x for
// lost, has four loss periods; and others.
func TestLossPeriodsByRFC3357(t *testing.T) {
	for _, c := range []struct {
		what           string
		periods, most  uint64
		first, last    uint64
		lengths        string
		firstOfOutages []uint64
	}{
		{"rrrxrrxxxrxrrxxx", 4, 3, 3, 15, "[2 0 2]", []uint64{3, 6, 10, 13}},
		{"rxrxrxr", 3, 1, 1, 5, "[3]", []uint64{1, 3, 5}},
		{"xxxxr", 1, 4, 0, 3, "[0 0 1]", []uint64{0}},
		{"rxxxxxxxx", 1, 8, 1, 8, "[0 0 0 1]", []uint64{1}},
		{"rrrr", 0, 0, 0, 0, "[]", nil},
	} {
		var order []uint64
		for i, r := range c.what {
			if r == 'r' {
				order = append(order, uint64(i)+1)
			}
		}
		tally := came(t, probe.Plan{Interval: 1e6, Total: uint64(len(c.what)), TCI: probe.Untagged}, order...)
		tally.End(probe.SenderAccount{Offered: uint64(len(c.what))})
		r := tally.Report()
		l := r.Loss
		var began []uint64
		for _, o := range l.Outages {
			began = append(began, o.First)
			if o.ByCount != int64(o.Frames)*1000 {
				t.Errorf("%s: %+v: want 1000 ns a frame", c.what, o)
			}
		}
		if l.Lost != uint64(strings.Count(c.what, "x")) || l.Bursts != c.periods || l.Longest != c.most || l.First != c.first || l.Last != c.last ||
			fmt.Sprint(l.Lengths) != c.lengths || fmt.Sprint(began) != fmt.Sprint(c.firstOfOutages) || r.Reordered != 0 {
			t.Errorf("%s: %+v", c.what, l)
		}
	}
}

// TestMostOutagesAreTheLongest: of more than are listed the longest are, and all
// are counted.
func TestMostOutagesAreTheLongest(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{TCI: probe.Untagged})
	tally := probe.NewTally(s.session, false)
	n, lost := uint64(0), uint64(0)
	const bursts = probe.MaxOutages + 50
	for i := range uint64(bursts) {
		give(tally, s.frame(0, n, second), second+int64(n))
		n += 1 + 1 + i // i+1 frames are lost
		lost += i + 1
	}
	give(tally, s.frame(0, n, second), second+int64(n))
	l := tally.Report().Loss
	if l.Bursts != bursts || l.Lost != lost || l.Longest != bursts || len(l.Outages) != probe.MaxOutages {
		t.Fatalf("%d bursts, %d lost, the longest %d, %d listed", l.Bursts, l.Lost, l.Longest, len(l.Outages))
	}
	for i, o := range l.Outages {
		if o.Frames < bursts-probe.MaxOutages+1 || i > 0 && o.First < l.Outages[i-1].First {
			t.Errorf("listed: %+v", o)
		}
	}
}
