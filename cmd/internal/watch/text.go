package watch

import (
	"fmt"
	"strings"
	"time"
)

// scaled is a number with its unit, in thousands where it is great.
func scaled(n float64, unit string) string {
	if unit == "%" {
		return fmt.Sprintf("%.0f %%", n)
	}
	prefix := ""
	for _, p := range []string{"k", "M", "G", "T"} {
		if n < 9999.5 {
			break
		}
		n, prefix = n/1000, p
	}
	digits := 0
	if prefix != "" && n < 100 {
		digits = 1
	}
	return fmt.Sprintf("%.*f %s%s", digits, n, prefix, unit)
}

// short is a time of so many nanoseconds with three digits.
func short(ns int64) string {
	d := time.Duration(ns)
	for _, u := range []time.Duration{time.Second, time.Millisecond, time.Microsecond} {
		if d >= u {
			return d.Round(u / 100).String()
		}
	}
	return d.String()
}

// lists shows what there is most of, side by side.
func (v *view) lists(c *canvas) {
	if len(v.tops) == 0 || c.y+2 >= c.height {
		return
	}
	c.y++
	rows := max((c.height-c.y)*2/3-1, 1)
	if len(v.events) == 0 {
		rows = c.height - c.y - 1
	}
	column := c.width / len(v.tops)
	from, most := c.y, 0
	for i, t := range v.tops {
		part := &canvas{to: c.to, width: min((i+1)*column, c.width), height: c.height, y: from}
		part.put(i*column, bold, t.name)
		part.y++
		shown := t.rows[:min(len(t.rows), rows)]
		if t.rest+len(t.rows) > rows { // the last row says how many more there are
			shown = t.rows[:min(len(t.rows), rows-1)]
		}
		for _, r := range shown {
			part.put(i*column, plain, fmt.Sprintf("%-17s %s", r.key, scaled(float64(r.n), "")))
			part.y++
		}
		if more := t.rest + len(t.rows) - len(shown); more > 0 {
			part.put(i*column, dim, fmt.Sprintf("and %d more", more))
			part.y++
		}
		most = max(most, part.y)
	}
	c.y = most
}

// log shows the newest of what was said, in the lines that are left.
func (v *view) log(c *canvas) {
	if len(v.events) == 0 || c.y+2 >= c.height {
		return
	}
	c.y++
	c.line(bold, "said")
	for _, text := range v.events[max(len(v.events)-(c.height-c.y), 0):] {
		c.line(plain, "%s", strings.TrimPrefix(text, "eterm: "))
	}
}
