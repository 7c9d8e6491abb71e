package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"eterm/cmd/internal/result"
	"eterm/iface/linktest"
)

// Summary is a comparison ready to be shown on a page.
type Summary struct {
	Title, Word, Why, Class string
	Marks                   []string
	Tables                  []Table
	Figures                 []*Figure
}

// Comparisons are those of the first side with each of the others.
func Comparisons(sides []Side, minEffect float64) []*Comparison {
	var all []*Comparison
	for _, s := range sides[1:] {
		all = append(all, Compare(sides[0], s, minEffect))
	}
	return all
}

// CompareJSON writes comparisons, each an object a line.
func CompareJSON(w io.Writer, all []*Comparison) error {
	e := json.NewEncoder(w)
	for _, c := range all {
		if err := e.Encode(c); err != nil {
			return err
		}
	}
	return nil
}

// Verdicts are comparisons in lines: the verdict of each, and below it why.
func Verdicts(all []*Comparison) (lines []string) {
	for _, c := range all {
		lines = append(lines, fmt.Sprintf("%s: %s to %s", c.Verdict, clean(c.A), clean(c.B)), "  "+c.Why)
	}
	return lines
}

// CompareText writes comparisons of sides for people: the verdict first, then what
// differs. Of more than two sides a table shows each figure that differs
// anywhere, a column for each side.
func CompareText(w io.Writer, sides []Side, all []*Comparison) error {
	for _, line := range Verdicts(all) {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	t := Changes(sides, all)
	if len(t.Rows) == 0 {
		return nil
	}
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "\n"+strings.ToUpper(strings.Join(t.Head, "\t")))
	for _, r := range t.Rows {
		fmt.Fprintln(tab, strings.Join(r, "\t"))
	}
	return tab.Flush()
}

// Changes are the figures that are not the same everywhere: of two sides with
// what the difference means, of more a column a side.
func Changes(sides []Side, all []*Comparison) Table {
	if len(all) == 1 {
		t := Table{Title: "What differs", Head: []string{"", "what", "a", "b", "change", "why"}}
		for _, r := range all[0].Rows {
			if r.Is != Same || r.Why != "" && !strings.HasPrefix(r.Why, "within") {
				t.Rows = append(t.Rows, []string{string(r.Is), strings.TrimSpace(r.Subject + " " + r.Name), r.A, r.B, r.change(), r.Why})
			}
		}
		return t
	}
	t := Table{Title: "Trend", Head: []string{"what"}}
	for _, s := range sides {
		t.Head = append(t.Head, clean(s.Name))
	}
	at := map[string]int{}
	for n, c := range all {
		for _, r := range c.Rows {
			key := strings.TrimSpace(r.Subject + " " + r.Name)
			i, ok := at[key]
			if !ok {
				i = len(t.Rows)
				at[key] = i
				t.Rows = append(t.Rows, make([]string, len(sides)+1))
				t.Rows[i][0], t.Rows[i][1] = key, r.A
			}
			t.Rows[i][n+2] = r.B
			if r.Is != Same && r.Is != NotJudged {
				t.Rows[i][n+2] += " (" + string(r.Is) + ")"
			}
		}
	}
	return t
}

// change is the relative change in percent.
func (r Row) change() string {
	if r.Relative == nil || *r.Relative == 0 {
		return ""
	}
	return fmt.Sprintf("%+.3g %%", 100**r.Relative)
}

// ComparePage writes a comparison as a page, with the documents of all sides.
func ComparePage(w io.Writer, sides []Side, all []*Comparison) error {
	s := &Summary{Title: fmt.Sprintf("%s compared with %s", clean(sides[0].Name), clean(sides[1].Name))}
	if len(all) > 1 {
		s.Title = fmt.Sprintf("%s compared with %d others", clean(sides[0].Name), len(all))
	}
	s.verdict(all)
	s.Tables = []Table{Changes(sides, all)}
	s.tails(sides)
	var docs []*result.Document
	for _, side := range sides {
		docs = append(docs, side.Docs...)
	}
	if err := result.Distinct(docs); err != nil {
		return err
	}
	return writePage(w, docs, s)
}

// verdict is the worst of all comparisons.
func (s *Summary) verdict(all []*Comparison) {
	rank := map[Difference]int{Same: 0, Better: 1, CannotTell: 2, Worse: 3}
	worst := all[0]
	for _, c := range all {
		if rank[c.Verdict] > rank[worst.Verdict] {
			worst = c
		}
		if len(all) > 1 {
			s.Marks = append(s.Marks, fmt.Sprintf("%s: %s. %s", clean(c.B), c.Verdict, c.Why))
		}
	}
	s.Word, s.Why = string(worst.Verdict), worst.Why
	s.Class = map[Difference]string{Same: "passed", Better: "passed", Worse: "failed", CannotTell: "untrusted"}[worst.Verdict]
}

// tails lays the distributions of the sides over each other: of each the first
// document that has one.
func (s *Summary) tails(sides []Side) {
	var v View
	var curves []namedHistogram
	for n, side := range sides[:min(len(sides), 6)] {
		for _, d := range side.Docs {
			if text := firstHistogram(d); text != "" {
				curves = append(curves, namedHistogram{fmt.Sprintf("%c: %s", 'A'+n, cut(clean(side.Name), 24)), text})
				break
			}
		}
	}
	v.Doc = &result.Document{}
	v.tail(curves)
	s.Figures = v.Figures
}

// firstHistogram is a document's distribution of delays.
func firstHistogram(d *result.Document) string {
	switch r := d.Result.(type) {
	case *linktest.Total:
		for _, a := range append([]linktest.Result{r.Result}, r.Directions...) {
			if a.Receiver != nil && a.Receiver.Report.Delay.Histogram != "" {
				return a.Receiver.Report.Delay.Histogram
			}
		}
	case *result.Ping:
		if r.RTT != nil {
			return r.RTT.Histogram
		}
	}
	return ""
}
