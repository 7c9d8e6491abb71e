package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Figure is a drawing in the units of its view box, and the same as a table.
type Figure struct {
	// Title says what is drawn, Desc what it shows, for who cannot see it.
	Title, Desc   string
	Width, Height int
	Shapes        []Shape
	Table         Table
	// ID is unique on a page.
	ID string
}

// Shape is one element of a drawing. Only what its Kind needs is set.
type Shape struct {
	Kind ShapeKind
	// D is the data of a path; X, Y, W and H place others.
	D          string
	X, Y, W, H string
	// Paint is the class of its colour: a series, or "ink", "grid", "bad".
	Paint string
	Dash  string
	Text  string
	// Anchor is start, middle or end of a text.
	Anchor string
	// Turned texts run upwards.
	Turned bool
	// Tip is shown by a browser for who points at it.
	Tip string
}

// ShapeKind is the element that a shape becomes.
type ShapeKind string

// The kinds of shapes.
const (
	Line ShapeKind = "line" // a path that is not filled
	Area ShapeKind = "area" // a path that is
	Rect ShapeKind = "rect"
	Text ShapeKind = "text"
)

// paints are the colours of series. Each can be told from white and from
// nearly black, and from each other by who sees no red or no green (Okabe and
// Ito).
var paints = map[string]string{
	"s0": "#0072b2", "s1": "#d55e00", "s2": "#009e73", "s3": "#b5649a", "s4": "#8a7a00", "s5": "#4a90c2",
	"ink": "currentColor", "grid": "#8a8f98", "bad": "#d55e00", "good": "#009e73", "soft": "#8a8f98",
}

// Color is the value of the presentation attribute.
func (s Shape) Color() string { return paints[s.Paint] }

// seriesPaint, seriesDash tell the n-th series apart, by colour and without.
func seriesPaint(n int) string { return "s" + strconv.Itoa(n%6) }

func seriesDash(n int) string { return [...]string{"", "7 4", "2 3", "9 3 2 3", "1 4", "12 4"}[n%6] }

// px is a coordinate.
func px(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64)
}

func (f *Figure) text(x, y float64, anchor, text string) {
	f.Shapes = append(f.Shapes, Shape{Kind: Text, X: px(x), Y: px(y), Anchor: anchor, Text: text, Paint: "ink"})
}

func (f *Figure) rect(x, y, w, h float64, paint, tip string) {
	f.Shapes = append(f.Shapes, Shape{Kind: Rect, X: px(x), Y: px(y), W: px(max(w, 0)), H: px(max(h, 0)), Paint: paint, Tip: tip})
}

func (f *Figure) line(paint, dash string, points ...float64) {
	f.Shapes = append(f.Shapes, Shape{Kind: Line, D: path(points), Paint: paint, Dash: dash})
}

// path joins points given as x, y, x, y.
func path(points []float64) string {
	var b strings.Builder
	for i := 0; i+1 < len(points); i += 2 {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		b.WriteString(letter + px(points[i]) + " " + px(points[i+1]))
	}
	return b.String()
}

// marker draws the sign of the n-th series.
func (f *Figure) marker(n int, x, y float64) {
	const r = 3.2
	var d string
	switch n % 4 {
	case 0:
		d = fmt.Sprintf("M%s %sa%v %v 0 1 0 %v 0a%v %v 0 1 0 %v 0z", px(x-r), px(y), r, r, 2*r, r, r, -2*r)
	case 1:
		d = path([]float64{x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r}) + "z"
	case 2:
		d = path([]float64{x, y - r - 1, x + r + 1, y + r, x - r - 1, y + r}) + "z"
	case 3:
		d = path([]float64{x, y - r - 1, x + r + 1, y, x, y + r + 1, x - r - 1, y}) + "z"
	}
	f.Shapes = append(f.Shapes, Shape{Kind: Area, D: d, Paint: seriesPaint(n)})
}

// legend names the series in a row above the plot, and returns where it ends.
func (f *Figure) legend(x, y float64, names []string, lines bool) {
	for n, name := range names {
		if lines {
			f.line(seriesPaint(n), seriesDash(n), x, y-4, x+26, y-4)
			f.marker(n, x+13, y-4)
		} else {
			f.rect(x+8, y-10, 12, 12, seriesPaint(n), "")
		}
		f.text(x+32, y, "start", name)
		x += 32 + 7.2*float64(len([]rune(name))) + 18
	}
}
