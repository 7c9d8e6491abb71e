package report

import "strings"

// Bars is groups of bars, each with a mark of what is possible at most.
type Bars struct {
	Title, Desc string
	X, Y        Axis
	Names       []string // of the bars of a group
	Groups      []BarGroup
}

// BarGroup is the bars of one place on the X axis. Most is the mark above
// them, such as the line rate; 0 is none.
type BarGroup struct {
	Name   string
	Values []float64
	Most   float64
}

// figure draws the bars.
func (b Bars) figure(mark string) *Figure {
	f := &Figure{Title: b.Title, Desc: b.Desc, Width: plotWidth, Height: plotHeight}
	var ys []float64
	for _, g := range b.Groups {
		ys = append(append(ys, g.Values...), g.Most)
	}
	y := b.Y.fit(ys, plotHeight-bottom, -(plotHeight - top - bottom))
	f.frame(scale{axis: b.X}, y)
	wide := float64(plotWidth-left-right) / float64(max(1, len(b.Groups)))
	for i, g := range b.Groups {
		b.group(f, y, g, left+wide*float64(i), wide, mark)
	}
	if len(b.Names) > 1 {
		f.legend(left, 16, b.Names, false)
	}
	f.Table = Table{Head: append([]string{b.X.Title}, b.Names...)}
	if mark != "" {
		f.Table.Head = append(f.Table.Head, mark)
	}
	for _, g := range b.Groups {
		row := []string{g.Name}
		for _, v := range g.Values {
			row = append(row, b.Y.text(v))
		}
		if mark != "" {
			row = append(row, b.Y.text(g.Most))
		}
		f.Table.Rows = append(f.Table.Rows, row)
	}
	return f
}

// group draws the bars of one place.
func (b Bars) group(f *Figure, y scale, g BarGroup, x, wide float64, mark string) {
	floor, _ := y.place(0)
	bar := wide * 0.8 / float64(max(1, len(g.Values)))
	for n, v := range g.Values {
		at, ok := y.place(v)
		if !ok {
			continue
		}
		tip := strings.TrimSpace(g.Name + " " + b.Names[n] + ": " + b.Y.text(v))
		f.rect(x+wide*0.1+bar*float64(n), at, bar-1, floor-at, seriesPaint(n), tip)
	}
	if at, ok := y.place(g.Most); ok && g.Most > 0 {
		f.line("ink", "", x+wide*0.04, at, x+wide*0.96, at)
	}
	f.text(x+wide/2, plotHeight-bottom+18, "middle", g.Name)
	if g.Most > 0 && x < left+1 {
		if at, ok := y.place(g.Most); ok {
			f.text(x+4, at-5, "start", mark)
		}
	}
}
