package report

import (
	"cmp"
	"slices"
	"strings"
)

// Series is a line of a plot.
type Series struct {
	Name   string
	Points []Point
}

// Point is one of its places.
type Point struct{ X, Y float64 }

// Plot is lines over two axes.
type Plot struct {
	Title, Desc string
	X, Y        Axis
	Lines       []Series
	// Limits are drawn across the plot, such as what is possible at most.
	Limits []Limit
	// Scatter draws markers only.
	Scatter bool
	// Events are drawn from bottom to top.
	Events []Event
}

// Limit is a value of the Y axis with a name.
type Limit struct {
	Name string
	Y    float64
}

// Event is a stretch of the X axis with a name.
type Event struct {
	Name     string
	From, To float64
}

// The places of a plot in its drawing.
const (
	plotWidth, plotHeight = 640, 300
	left, right           = 78, 16
	top, bottom           = 34, 46
	// mostMarked is how many points a line may have and still show each.
	mostMarked = 60
	mostPoints = 400
)

// figure draws a plot.
func (p Plot) figure() *Figure {
	f := &Figure{Title: p.Title, Desc: p.Desc, Width: plotWidth, Height: plotHeight}
	var xs, ys []float64
	var names []string
	for _, l := range p.Lines {
		names = append(names, l.Name)
		for _, pt := range l.Points {
			xs, ys = append(xs, pt.X), append(ys, pt.Y)
		}
	}
	for _, l := range p.Limits {
		ys = append(ys, l.Y)
	}
	for _, e := range p.Events {
		xs = append(xs, e.From, e.To)
	}
	x := p.X.fit(xs, left, plotWidth-left-right)
	y := p.Y.fit(ys, plotHeight-bottom, -(plotHeight - top - bottom))
	f.frame(x, y)
	for _, e := range p.Events {
		from, _ := x.place(e.From)
		to, _ := x.place(e.To)
		f.rect(from, top, max(to-from, 1.5), plotHeight-top-bottom, "soft", e.Name)
	}
	for _, l := range p.Limits {
		if at, ok := y.place(l.Y); ok {
			f.line("ink", "5 3", left, at, plotWidth-right, at)
			f.text(plotWidth-right-4, at-5, "end", l.Name)
		}
	}
	for n, l := range p.Lines {
		f.series(n, l, x, y, p.Scatter)
	}
	if len(names) > 1 || len(names) == 1 && names[0] != "" {
		f.legend(left, 16, names, true)
	}
	f.Table = p.table()
	return f
}

// frame draws the axes of a plot.
func (f *Figure) frame(x, y scale) {
	for _, t := range y.ticks {
		at, _ := y.place(t)
		f.line("grid", "1 3", left, at, plotWidth-right, at)
		f.text(left-6, at+4, "end", y.name(t))
	}
	last := -100.0
	for _, t := range x.ticks {
		at, _ := x.place(t)
		f.line("ink", "", at, plotHeight-bottom, at, plotHeight-bottom+4)
		if at-last > 44 {
			f.text(at, plotHeight-bottom+18, "middle", x.name(t))
			last = at
		}
	}
	f.line("ink", "", left, top, left, plotHeight-bottom, plotWidth-right, plotHeight-bottom)
	f.text((left+plotWidth-right)/2, plotHeight-8, "middle", x.axis.Title)
	f.Shapes = append(f.Shapes, Shape{Kind: Text, X: px(14), Y: px((top + plotHeight - bottom) / 2), Anchor: "middle", Text: y.axis.Title, Paint: "ink", Turned: true})
}

// series draws one line. Points without a place are gaps in it.
func (f *Figure) series(n int, l Series, x, y scale, scatter bool) {
	var run []float64
	flush := func() {
		if len(run) > 2 && !scatter {
			f.line(seriesPaint(n), seriesDash(n), run...)
		}
		run = nil
	}
	for _, pt := range l.Points {
		px, okX := x.place(pt.X)
		py, okY := y.place(pt.Y)
		if !okX || !okY {
			flush()
			continue
		}
		run = append(run, px, py)
		if scatter || len(l.Points) <= mostMarked {
			f.marker(n, px, py)
		}
	}
	flush()
}

// table is the plot's points as text: a row for each X.
func (p Plot) table() Table {
	t := Table{Head: []string{p.X.Title}}
	at := map[float64][]string{}
	var xs []float64
	for n, l := range p.Lines {
		t.Head = append(t.Head, or(l.Name, p.Y.Title))
		for _, pt := range l.Points {
			if at[pt.X] == nil {
				at[pt.X] = make([]string, len(p.Lines))
				xs = append(xs, pt.X)
			}
			at[pt.X][n] = p.Y.text(pt.Y)
		}
	}
	slices.SortFunc(xs, cmp.Compare[float64])
	for _, x := range xs {
		t.Rows = append(t.Rows, append([]string{p.X.text(x)}, at[x]...))
	}
	for _, l := range p.Limits {
		t.Note += l.Name + ": " + p.Y.text(l.Y) + ". "
	}
	for i, e := range p.Events {
		if i == 50 {
			t.Note += "And more."
			break
		}
		t.Note += e.Name + " at " + p.X.text(e.From) + ". "
	}
	t.Note = strings.TrimSpace(t.Note)
	return t
}

// text is a value of an axis.
func (a Axis) text(v float64) string {
	if a.Name != nil {
		return a.Name(v)
	}
	return strings.TrimSpace(si(v))
}
