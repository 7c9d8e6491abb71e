package report

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"eterm/cmd/internal/result"
	"eterm/iface/linktest"
)

// run is a document of a run of one device, whose delay differs by chance.
func run(t testing.TB, r *rand.Rand, id string, lost uint64, slower float64) *result.Document {
	t.Helper()
	d := keptOf(t, result.KindLink)
	d.ID, d.Verdict = id, result.Verdict{Exceeded: []string{}, Untrusted: []string{}}
	b := d.Result.(*linktest.Total)
	b.Lost, b.OnTheWay, b.Received = lost, lost, b.Offered-lost
	chance := math.Exp(r.NormFloat64() * 0.02)
	delay := &b.Receiver.Report.Delay
	for _, ns := range []*int64{&delay.P50, &delay.P90, &delay.P99, &delay.P999, &delay.Max} {
		*ns = int64(float64(*ns) * chance * (1 + slower) * math.Exp(r.NormFloat64()*0.01))
	}
	return again(t, d)
}

func side(t testing.TB, r *rand.Rand, name string, n int, lost uint64, slower float64) Side {
	s := Side{Name: name}
	for i := range n {
		s.Docs = append(s.Docs, run(t, r, fmt.Sprintf("%s-%d", name, i), lost, slower))
	}
	return s
}

func find(c *Comparison, name string) Row {
	for _, r := range c.Rows {
		if r.Name == name {
			return r
		}
	}
	return Row{}
}

// A loss of one in a thousand is found in every pair of runs, a p99 that is 15 %
// greater in every pair of repeated runs, and of equal devices no difference is
// claimed.
func TestCompareFindsARegressionAndClaimsNone(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 20 {
		if c := Compare(side(t, r, "a", 1, 0, 0), side(t, r, "b", 1, 100, 0), MinEffect); c.Verdict != Worse || find(c, "lost").Is != Worse {
			t.Errorf("%d: a loss of 0.1 %%: %s, %s", n, c.Verdict, c.Why)
		}
		if c := Compare(side(t, r, "a", 5, 0, 0), side(t, r, "b", 5, 0, 0.15), MinEffect); c.Verdict != Worse || find(c, "p99").Is != Worse {
			t.Errorf("%d: p99 greater by 15 %%: %s, %s, %+v", n, c.Verdict, c.Why, find(c, "p99"))
		}
		if c := Compare(side(t, r, "a", 5, 0, 0), side(t, r, "b", 5, 0, 0), MinEffect); c.Verdict != Same {
			t.Errorf("%d: equal devices: %s, %s", n, c.Verdict, c.Why)
		}
		if c := Compare(side(t, r, "a", 1, 0, 0), side(t, r, "b", 1, 0, 0), MinEffect); c.Verdict == Worse || c.Verdict == Better {
			t.Errorf("%d: one run each of equal devices: %s, %s", n, c.Verdict, c.Why)
		}
	}
}

func TestCompareWithItselfIsTheSame(t *testing.T) {
	for _, d := range kept(t) {
		d.Verdict.Status = 0
		if c := Compare(Side{"a", []*result.Document{d}}, Side{"b", []*result.Document{d}}, MinEffect); c.Verdict != Same || len(c.Rows) == 0 {
			t.Errorf("%s: %s of %d rows: %s", d.Kind, c.Verdict, len(c.Rows), c.Why)
		}
	}
}

func TestCompareSaysWhatItCannotTell(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	a, b := side(t, r, "a", 1, 0, 0), side(t, r, "b", 1, 0, 0.3)
	c := Compare(a, b, MinEffect)
	if p99 := find(c, "p99"); c.Verdict != CannotTell || p99.Is != CannotTell || p99.Why != "repeatability not known" || *p99.Relative < 0.2 {
		t.Errorf("one slower run: %s, %+v", c.Verdict, p99)
	}
	b.Docs[0].Verdict = result.Verdict{Status: 3, Untrusted: []string{"5 frames were lost by the hosts"}}
	if c := Compare(a, b, MinEffect); c.Verdict != CannotTell || !strings.Contains(c.Why, "5 frames were lost by the hosts") || len(c.Untrusted) != 1 {
		t.Errorf("a side that cannot be trusted: %s, %s", c.Verdict, c.Why)
	}
	good := find(Compare(side(t, r, "a", 1, 9, 0), side(t, r, "b", 1, 4, 0), MinEffect), "lost")
	if good.Is != Better || good.A != "9" || good.B != "4" {
		t.Errorf("fewer lost: %+v", good)
	}
}

func TestUnlikeListsEachDifference(t *testing.T) {
	a, b := keptOf(t, result.KindLink), keptOf(t, result.KindLink)
	b.Load.Sizes, b.Ports[1].MTU, b.Ports[0].Driver, b.Load.FramesPerS = []int{1518}, 9000, "veth", 5
	got := strings.Join(Unlike(Side{"a", []*result.Document{a}}, Side{"b", []*result.Document{b}}), "; ")
	for _, want := range []string{"rate: 10000 frames/s and 5 frames/s", "sizes: 64, 512 and 1518", "drivers: igc, igc and veth, igc", "MTU: 1500, 1500 and 1500, 9000"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	if got := Unlike(Side{"a", []*result.Document{a}}, Side{"b", []*result.Document{a}}); len(got) != 0 {
		t.Errorf("the same are unlike: %v", got)
	}
}

func TestConditions(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	c := Compare(side(t, r, "a", 1, 0, 0), side(t, r, "b", 1, 3, 0.5), MinEffect)
	for text, want := range map[string]bool{
		"lost > 0": true, "lost > 3": false, "lost >= 3": true, "lost == 3": true, "lost != 3": false, "lost > +2": true, "lost > +3": false, "lost > +10%": true,
		"p99 > +10%": true, "p99 > +90%": false, "p99 > 50us": true, "p99 > 5ms": false, "p99 < 5 ms": true, "p99 > +10us": true, "p50 < -1%": false, "reordered > +10%": false,
	} {
		cond, err := ParseCondition(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if met, err := cond.Met(c); err != nil || (len(met) > 0) != want {
			t.Errorf("%s: met %v, %v; want %v", text, met, err, want)
		}
	}
	for _, bad := range []string{"", "lost", "lost >", "lost ~ 3", "lost > 5%", "lost > x", "lost > 1.2.3"} {
		if _, err := ParseCondition(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	cond, err := ParseCondition("loss > 0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cond.Met(c); err == nil || !strings.Contains(err.Error(), "there are corrupted, duplicated, lost") {
		t.Errorf("an unknown name: %v", err)
	}
}

// comparedPage is a page of two sides that differ.
func comparedPage(t testing.TB) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 8))
	var b bytes.Buffer
	sides := []Side{side(t, r, "before.json", 1, 0, 0), side(t, r, "after.json", 1, 12, 0.15)}
	if err := ComparePage(&b, sides, Comparisons(sides, MinEffect)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestComparisonIsShown(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	sides := []Side{side(t, r, "before", 1, 0, 0), side(t, r, "after", 1, 12, 0)}
	var text, object bytes.Buffer
	if err := CompareText(&text, sides, Comparisons(sides, MinEffect)); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text.String(), "worse: before to after\n  Lost 0 → 12; lost_on_the_way 0 → 12.\n") {
		t.Errorf("got\n%s", &text)
	}
	if err := CompareJSON(&object, Comparisons(sides, MinEffect)); err != nil || !strings.HasPrefix(object.String(), `{"type":"comparison","a":"before","b":"after","verdict":"worse",`) {
		t.Errorf("got %s, %v", &object, err)
	}
	text.Reset()
	sides = append(sides, side(t, r, "last", 1, 0, 0))
	if err := CompareText(&text, sides, Comparisons(sides, MinEffect)); err != nil || !strings.Contains(text.String(), "WHAT") || !strings.Contains(text.String(), "12 (worse)") {
		t.Errorf("of three sides, %v:\n%s", err, &text)
	}
	if page := string(comparedPage(t)); !strings.Contains(page, "before.json compared with after.json") || !strings.Contains(page, "A: before.json") {
		t.Error("the page lacks its title or the curves' names")
	}
}

// A change too small to matter is none, whatever its probability; of counts any
// change matters.
func TestMinEffect(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	a, b := side(t, r, "a", 1, 0, 0), side(t, r, "b", 1, 1, 0)
	for n, d := range []*result.Document{a.Docs[0], b.Docs[0]} {
		d.Result.(*linktest.Total).Receiver.Report.Delay.P99 = int64(1e6 + 6000*n)
	}
	for effect, want := range map[float64]Difference{0: CannotTell, 0.01: Same} {
		c := Compare(a, b, effect)
		if p99 := find(c, "p99"); p99.Is != want || find(c, "lost").Is != Worse {
			t.Errorf("least effect %v: %+v", effect, p99)
		}
	}
}
