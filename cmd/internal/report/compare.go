package report

import (
	"fmt"
	"math"
	"strings"

	"eterm/cmd/internal/result"
	"eterm/iface/linktest"
)

// Side is one side of a comparison: the documents of one file. Several are
// repetitions of one measurement.
type Side struct {
	Name string
	Docs []*result.Document
}

// Difference is how a measurement changed between two sides.
type Difference string

// The differences. Cannot tell is of figures that differ by more than their
// resolution, where nothing says how much they differ by chance.
const (
	Same       Difference = "same"
	Better     Difference = "better"
	Worse      Difference = "worse"
	Changed    Difference = "changed" // neither better nor worse
	CannotTell Difference = "cannot tell"
	OnlyOne    Difference = "in one only"
	NotJudged  Difference = "not judged"
)

// Row is one measurement on both sides.
type Row struct {
	Subject string     `json:"subject"`
	Name    string     `json:"measurement"`
	Unit    string     `json:"unit"`
	Class   Class      `json:"class"`
	A       string     `json:"a"`
	B       string     `json:"b"`
	Is      Difference `json:"is"`
	// Relative is B over A less 1, where A is not 0.
	Relative *float64 `json:"relative"`
	Why      string   `json:"why"`

	valueA, valueB float64
	// unseen is the relative change that repetitions would have shown, where
	// they showed none: half of the interval of their difference.
	unseen float64
}

// Comparison is what the difference of two sides comes to.
type Comparison struct {
	Type string `json:"type"` // "comparison"
	A    string `json:"a"`
	B    string `json:"b"`
	// Verdict is same, better, worse or cannot tell.
	Verdict Difference `json:"verdict"`
	Why     string     `json:"why"`
	// Untrusted is which sides cannot be trusted, and why.
	Untrusted []string `json:"untrusted"`
	// Unlike is how what was measured differs, where that was let pass.
	Unlike []string `json:"unlike"`
	Rows   []Row    `json:"rows"`
}

// Unlike lists by what the conditions of two sides differ, so that their
// results should not be compared.
func Unlike(a, b Side) (differences []string) {
	from := conditions(a.Docs[0])
	for _, d := range append(append([]*result.Document{}, a.Docs[1:]...), b.Docs...) {
		for n, c := range conditions(d) {
			if c.Value != from[n].Value {
				text := fmt.Sprintf("%s: %s and %s", c.Name, or(from[n].Value, "none"), or(c.Value, "none"))
				differences = appendNew(differences, text)
			}
		}
	}
	return differences
}

func appendNew(list []string, text string) []string {
	for _, have := range list {
		if have == text {
			return list
		}
	}
	return append(list, text)
}

// conditions are what must be alike for results to be compared.
func conditions(d *result.Document) []Fact {
	facts := []Fact{{"kind", string(d.Kind)}, {"schema", d.Schema}}
	load := []string{"", "", "", "", ""}
	if l := d.Load; l != nil {
		load = []string{fmt.Sprintf("%g frames/s", l.FramesPerS), sizesText(l.Sizes), l.Direction, strings.Join(l.VLANs, ","), bound(l)}
	}
	for n, name := range []string{"rate", "sizes", "direction", "VLANs", "length of the run"} {
		facts = append(facts, Fact{name, clean(load[n])})
	}
	var speeds, drivers, mtus []string
	for _, p := range d.Ports {
		speeds = append(speeds, si(float64(p.SpeedBPS))+"bit/s")
		drivers = append(drivers, or(p.Driver, "none"))
		mtus = append(mtus, fmt.Sprint(p.MTU))
	}
	return append(facts, Fact{"speed of the ports", strings.Join(speeds, ", ")}, Fact{"drivers", clean(strings.Join(drivers, ", "))}, Fact{"MTU", strings.Join(mtus, ", ")},
		Fact{"kind of delay", delayKind(d)})
}

func bound(l *result.Load) string {
	if l.Frames > 0 {
		return number(l.Frames) + " frames"
	}
	return duration(l.DurationNS)
}

// delayKind is how the delay of a link test was measured.
func delayKind(d *result.Document) string {
	t, ok := d.Result.(*linktest.Total)
	if !ok {
		return ""
	}
	for _, a := range append([]linktest.Result{t.Result}, t.Directions...) {
		if a.Receiver != nil {
			return delayKinds[a.Receiver.Report.Delay.Kind]
		}
	}
	return ""
}

// MinEffect is the relative change of rates and delays that matters, where
// nothing else is asked for.
const MinEffect = 0.01

// Compare compares two sides measurement by measurement. A relative change of
// rates and delays below minEffect is none; counts are exact.
func Compare(a, b Side, minEffect float64) *Comparison {
	c := &Comparison{Type: "comparison", A: a.Name, B: b.Name, Untrusted: untrusted(a, b), Unlike: append([]string{}, Unlike(a, b)...), Rows: []Row{}}
	one, order := collect(a)
	two, more := collect(b)
	for _, k := range more {
		if one[k] == nil {
			order = append(order, k)
		}
	}
	for _, k := range order {
		c.Rows = append(c.Rows, compareOne(one[k], two[k], minEffect))
	}
	correct(c.Rows, one, two, order)
	c.judge()
	return c
}

// untrusted says which documents cannot be trusted.
func untrusted(sides ...Side) (why []string) {
	why = []string{}
	for _, s := range sides {
		for _, d := range s.Docs {
			v := Of(d)
			if v.Class == "untrusted" || v.Class == "unmeasured" || d.State == result.Interrupted {
				why = append(why, fmt.Sprintf("%s (%.8s): %s. %s", clean(s.Name), d.ID, v.Word, v.Why))
			}
		}
	}
	return why
}

// collect gathers the measurements of a side by key, and their order.
func collect(s Side) (by map[string][]Measurement, order []string) {
	by = map[string][]Measurement{}
	for _, d := range s.Docs {
		for _, m := range Of(d).Measurements {
			k := m.Key()
			if by[k] == nil {
				order = append(order, k)
			}
			by[k] = append(by[k], m)
		}
	}
	return by, order
}

// judge sums the rows up.
func (c *Comparison) judge() {
	n := map[Difference]int{}
	var worst []string
	for _, r := range c.Rows {
		n[r.Is]++
		if r.Is == Worse || n[Worse] == 0 && r.Is == Better {
			if len(worst) > 0 && n[Worse] == 1 && r.Is == Worse {
				worst = nil
			}
			worst = append(worst, strings.TrimSpace(r.Subject+" "+r.Name)+" "+r.A+" → "+r.B)
		}
	}
	switch {
	case len(c.Untrusted) > 0:
		c.Verdict, c.Why = CannotTell, sentence(c.Untrusted)
	case n[Worse] > 0:
		c.Verdict, c.Why = Worse, sentence(worst)
		if n[Better] > 0 {
			c.Why += fmt.Sprintf(" %d others are better.", n[Better])
		}
	case n[Better] > 0:
		c.Verdict, c.Why = Better, sentence(worst)
	case n[CannotTell]+n[Changed]+n[OnlyOne] > 0:
		c.Verdict = CannotTell
		c.Why = fmt.Sprintf("%d figures differ, and nothing says whether that is more than chance.", n[CannotTell]+n[Changed]+n[OnlyOne])
		if n[CannotTell] > 0 {
			c.Why += " Repeatability is not known: put several runs of each side into one file."
		}
	default:
		c.Verdict, c.Why = Same, "No figure differs by more than can be told apart."
		if unseen := c.unseen(); unseen != "" {
			c.Why = "No difference is shown. " + unseen
		}
	}
	if len(c.Unlike) > 0 {
		c.Why += " What was measured is not alike: " + strings.Join(c.Unlike, "; ") + "."
	}
}

// unseen says how great a difference would have been seen, of the figure in
// which the greatest would not.
func (c *Comparison) unseen() string {
	var most Row
	for _, r := range c.Rows {
		if r.unseen > most.unseen {
			most = r
		}
	}
	name := strings.TrimSpace(most.Subject + " " + most.Name)
	switch {
	case most.unseen == 0:
		return ""
	case math.IsInf(most.unseen, 0):
		return "There are too few repetitions of " + name + " to show any."
	}
	return fmt.Sprintf("One of %.2g %% would have been seen in %s, and smaller ones elsewhere.", 100*most.unseen, name)
}

// relative is b over a, less 1.
func relative(a, b float64) *float64 {
	if a == 0 || math.IsNaN(a) || math.IsNaN(b) || math.IsInf(b/a, 0) {
		return nil
	}
	r := b/a - 1
	return &r
}
