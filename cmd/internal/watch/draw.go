package watch

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"

	"eterm/cmd/internal/result"
)

// unit is what rates are shown in.
type unit int

// The units, in the order in which a key goes through them.
const (
	inFrames unit = iota
	inBits
	inShare
	units
)

// view is what a screen shows at a moment.
type view struct {
	title, status string
	history       history // numbers
	plots         history // plots: the same unless they are frozen
	tops          []top
	events        []string // the newest last
	unit          unit
	paused        bool
	frozen        bool
	ending        bool
	ascii         bool // the terminal has no block characters
}

// The styles: what they say is also said by letters.
var (
	plain  = tcell.StyleDefault
	bold   = plain.Bold(true)
	dim    = plain.Dim(true)
	invert = plain.Reverse(true)
	bad    = plain.Foreground(tcell.ColorMaroon).Bold(true)
	warn   = plain.Foreground(tcell.ColorOlive)
)

// canvas is a part of a screen that text is put on.
type canvas struct {
	to            tcell.Screen
	width, height int
	y             int // of the next line
}

// put writes text on the present line from a column on, as much as has room, and
// returns the column behind it.
func (c *canvas) put(x int, style tcell.Style, text string) int {
	for _, r := range result.Text(text) {
		if x >= c.width || c.y >= c.height {
			return x
		}
		c.to.SetContent(x, c.y, r, nil, style)
		x++
	}
	return x
}

func (c *canvas) line(style tcell.Style, format string, args ...any) {
	c.put(0, style, fmt.Sprintf(format, args...))
	c.y++
}

// draw shows everything, in as many lines as there are.
func (v *view) draw(to tcell.Screen) {
	to.Clear()
	width, height := to.Size()
	c := &canvas{to: to, width: width, height: height - 1}
	v.head(c)
	for i, l := range v.history.lanes {
		plots := l
		if i < len(v.plots.lanes) {
			plots = v.plots.lanes[i]
		}
		v.lane(c, l, plots)
	}
	if c.height-c.y > 2 && slices.ContainsFunc(v.history.lanes, (*lane).striped) {
		c.line(dim, "          . all came  o some missing  X none came  h dropped by the host")
	}
	v.lists(c)
	v.log(c)
	c.y, c.height = height-1, height
	c.put(0, invert, pad(v.keys(), width))
	to.Show()
}

func (v *view) head(c *canvas) {
	passed := v.history.at.Sub(v.history.began).Round(time.Second).String()
	title := v.title
	if room := c.width - len(passed) - 2; len([]rune(title)) > room {
		title = string([]rune(title)[:max(room-2, 0)]) + ".."
	}
	c.put(0, invert, pad(title, c.width))
	c.put(max(c.width-len(passed)-1, 0), invert, passed)
	c.y++
	if v.status != "" {
		c.line(plain, "%s", v.status)
	}
}

// pad is a text as long as a line.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-len([]rune(text)), 0))
}

// keys are those there are, and what they have done.
func (v *view) keys() string {
	text := " q quit with the result  p pause  f freeze plots  u unit"
	switch {
	case v.ending:
		return " ending: the result follows; q again gives the terminal back at once"
	case v.paused:
		text += "   PAUSED: counting goes on"
	case v.frozen:
		text += "   PLOTS FROZEN: numbers go on"
	}
	return text
}

// lane shows one direction.
func (v *view) lane(c *canvas, l, plots *lane) {
	if len(l.seconds) == 0 {
		return
	}
	now := l.seconds[len(l.seconds)-1]
	x := 0
	if l.now.Direction != "" {
		x = c.put(0, bold, l.now.Direction) + 2
	}
	c.put(x, plain, v.rateText(now))
	c.y++
	v.losses(c, l)
	if d := l.now.Delay; d != nil {
		c.line(plain, "  delay   p50 %s  p99 %s  max %s", short(d.P50), short(d.P99), short(d.Max))
	}
	rates, most, of := v.series(plots)
	v.plot(c, "  rate    ", rates, most, of)
	if delays, most := delaysOf(plots); most > 0 {
		v.plot(c, "  p99     ", delays, most, short(int64(most)))
	}
	if l.striped() {
		v.strip(c, plots)
	}
}

// striped says whether a lane has an outage strip: where what was offered is not
// known, nothing is missing.
func (l *lane) striped() bool { return l.now.Offered != nil && l.now.Received != nil }

// losses shows what did not come beside what this host dropped.
func (v *view) losses(c *canvas, l *lane) {
	x := c.put(0, plain, "  lost    ")
	switch n, known := l.lost(); {
	case !known:
		x = c.put(x, dim, "on the way: not known")
	case n > 0:
		x = c.put(x, warn, fmt.Sprintf("on the way %d", n))
	default:
		x = c.put(x, plain, "on the way 0")
	}
	switch {
	case l.now.HostDropped == nil:
		c.put(x, dim, "   dropped by the receiving host: not known")
	case *l.now.HostDropped > 0:
		c.put(x, bad, fmt.Sprintf("   dropped by the receiving host %d", *l.now.HostDropped))
	default:
		c.put(x, plain, "   dropped by the receiving host 0")
	}
	c.y++
}

// rateText is a second's rate in the unit that was chosen.
func (v *view) rateText(s second) string {
	switch {
	case v.unit == inBits && s.bytes >= 0:
		return fmt.Sprintf("%s of frames", scaled(8*s.bytes, "bit/s"))
	case v.unit == inShare && s.offered > 0 && s.received >= 0:
		return fmt.Sprintf("%.2f %% of %s offered", 100*s.received/s.offered, scaled(s.offered, "frames/s"))
	case s.received < 0:
		return scaled(s.offered, "frames/s") + " offered"
	case s.offered < 0:
		return scaled(s.received, "frames/s") + " received"
	}
	return fmt.Sprintf("%s received of %s offered", scaled(s.received, "frames/s"), scaled(s.offered, "frames/s"))
}

// series is what the rate's plot shows, its greatest value, and that in words.
func (v *view) series(l *lane) (values []float64, most float64, of string) {
	name := "frames/s"
	for _, s := range l.seconds {
		n := s.received
		if n < 0 {
			n = s.offered
		}
		switch {
		case v.unit == inBits && s.bytes >= 0:
			n, name = 8*s.bytes, "bit/s"
		case v.unit == inShare && s.offered > 0 && s.received >= 0:
			n, name = 100*s.received/s.offered, "%"
		}
		values = append(values, max(n, 0))
		most = max(most, n)
	}
	return values, most, scaled(most, name)
}

func delaysOf(l *lane) (values []float64, most float64) {
	for _, s := range l.seconds {
		n := math.NaN()
		if s.delay != nil {
			n = float64(s.delay.P99)
			most = max(most, n)
		}
		values = append(values, n)
	}
	return values, most
}

// bars are eight heights, and the same for terminals without them.
var bars = map[bool][]rune{false: []rune("▁▂▃▄▅▆▇█"), true: []rune("_.:-=+*#")}

// plot draws the newest values that have room, a column each, and behind them what
// the highest stands for.
func (v *view) plot(c *canvas, name string, values []float64, most float64, of string) {
	of = " " + of
	x := c.put(0, plain, name)
	room := max(c.width-x-len(of), 0)
	values = values[max(len(values)-room, 0):]
	for _, n := range values {
		r := ' '
		if levels := bars[v.ascii]; !math.IsNaN(n) && n > 0 {
			r = levels[min(int(n/most*float64(len(levels))), len(levels)-1)]
		}
		c.to.SetContent(x, c.y, r, nil, plain)
		x++
	}
	if c.y < c.height {
		c.put(x, dim, of)
	}
	c.y++
}

// strip draws the outage strip.
func (v *view) strip(c *canvas, l *lane) {
	x := c.put(0, plain, "  outage  ")
	seconds := l.seconds[max(len(l.seconds)-max(c.width-x, 0), 0):]
	for _, s := range seconds {
		style, mark := plain, s.mark()
		switch mark {
		case stripOutage, stripHost:
			style = bad
		case stripSome:
			style = warn
		}
		x = c.put(x, style, string(mark))
	}
	c.y++
}
