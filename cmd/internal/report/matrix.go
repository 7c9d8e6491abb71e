package report

import "fmt"

// Matrix is cells by row and column, each in a state that its sign shows too.
type Matrix struct {
	Title, Desc string
	Rows, Cols  []string
	// Cell is the state of a cell: 0 empty, 1 good, 2 partly, 3 bad.
	Cell func(row, col int) int
	// Tip is what a cell says to who points at it.
	Tip func(row, col int) string
	// States are the names of the states, for the legend.
	States [4]string
	Table  Table
}

// figure draws the cells. Neighbours of one state in a row are one shape, so
// that thousands of cells stay small.
func (m Matrix) figure() *Figure {
	const side, most = 560.0, 22.0
	cell := min(side/float64(max(1, len(m.Cols))), most)
	f := &Figure{Title: m.Title, Desc: m.Desc, Width: plotWidth, Table: m.Table}
	f.Height = int(cell*float64(len(m.Rows))) + top + 26
	if m.named() {
		f.Height += 40
	}
	y0 := float64(f.Height) - cell*float64(len(m.Rows)) - 4
	right, bottom := left+cell*float64(len(m.Cols)), y0+cell*float64(len(m.Rows))
	f.line("grid", "", left-1, y0-1, right, y0-1, right, bottom, left-1, bottom, left-1, y0-1)
	for r := range m.Rows {
		m.row(f, r, cell, y0+cell*float64(r))
	}
	x := float64(left)
	for state, paint := range []string{"", "good", "soft", "bad"} {
		if name := m.States[state]; name != "" && state > 0 {
			f.cell(state, paint, x, 6, 12, 12, "")
			f.text(x+18, 16, "start", name)
			x += 18 + 7.2*float64(len([]rune(name))) + 22
		}
	}
	m.labels(f, cell, y0)
	return f
}

// named says whether each row and column has room for its name.
func (m Matrix) named() bool { return len(m.Cols) <= 26 }

func (m Matrix) row(f *Figure, r int, cell, y float64) {
	for c := 0; c < len(m.Cols); {
		state, n := m.Cell(r, c), 1
		for !m.named() && c+n < len(m.Cols) && m.Cell(r, c+n) == state {
			n++
		}
		if state > 0 {
			paint := []string{"", "good", "soft", "bad"}[state]
			tip := ""
			if m.Tip != nil {
				tip = m.Tip(r, c)
			}
			f.cell(state, paint, left+cell*float64(c), y, cell*float64(n)-0.6, cell-0.6, tip)
		}
		c += n
	}
}

// cell draws a state by colour and by shape: full, half high, or with a line
// through it.
func (f *Figure) cell(state int, paint string, x, y, w, h float64, tip string) {
	switch state {
	case 1:
		f.rect(x, y, w, h, paint, tip)
	case 2:
		f.rect(x, y+h/2, w, h/2, paint, tip)
	case 3:
		f.rect(x, y, w, h, paint, tip)
		f.line("ink", "", x, y, x+w, y+h)
	}
}

// labels names rows and columns: each where there is room, else some.
func (m Matrix) labels(f *Figure, cell, y0 float64) {
	every := 1
	for cell*float64(every) < 13 {
		every *= 2
	}
	for r := 0; r < len(m.Rows); r += every {
		f.text(left-6, y0+cell*float64(r)+min(cell, 14)*0.8, "end", m.Rows[r])
	}
	if m.named() {
		for c, name := range m.Cols {
			f.Shapes = append(f.Shapes, Shape{Kind: Text, X: px(left + cell*float64(c) + cell/2 + 4), Y: px(y0 - 6), Anchor: "start", Text: name, Paint: "ink", Turned: true})
		}
		return
	}
	for c := 0; c < len(m.Cols); c += every * 4 {
		f.text(left+cell*float64(c), y0-6, "start", m.Cols[c])
	}
}

// Grid names cells by number: n rows of so many.
func gridNames(n, step int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(i * step)
	}
	return names
}
