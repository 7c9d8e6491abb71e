package report

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Condition is what makes a comparison fail, such as "p99 > +10%".
type Condition struct {
	text string
	name string
	op   string
	// A signed bound is about the change from A to B, in percent or in the
	// figure's own unit; an unsigned one about B.
	change, percent bool
	bound           float64
}

var conditionShape = regexp.MustCompile(`^\s*(.+?)\s*(>=|<=|>|<|==|!=)\s*([+-]?)([0-9.]+)\s*(%|ns|us|µs|ms|s)?\s*$`)

// ParseCondition reads a condition: a measurement's name, also with its
// subject as in "forward.p99"; >, >=, <, <=, == or !=; and a bound. "+10%" and
// "-3" are changes from the first side to the second, "0" and "50us" what the
// second is.
func ParseCondition(s string) (Condition, error) {
	m := conditionShape.FindStringSubmatch(s)
	if m == nil {
		return Condition{}, errors.New(`want NAME OP BOUND, such as "p99 > +10%" (a change) or "lost > 0" (what it is)`)
	}
	c := Condition{text: strings.TrimSpace(s), name: m[1], op: m[2], change: m[3] != "", percent: m[5] == "%"}
	f, err := strconv.ParseFloat(m[4], 64)
	if err != nil {
		return Condition{}, fmt.Errorf("%q is no number", m[4])
	}
	if c.percent && !c.change {
		return Condition{}, fmt.Errorf("%s%% of what? +%s%% is a change from the first to the second", m[4], m[4])
	}
	switch m[5] {
	case "", "%":
	default:
		unit, err := time.ParseDuration("1" + m[5])
		if err != nil {
			return Condition{}, err
		}
		f *= float64(unit)
	}
	if m[3] == "-" {
		f = -f
	}
	c.bound = f
	return c, nil
}

// Met says which figures of a comparison meet the condition. The error names
// those there are if it is about none.
func (c Condition) Met(cmp *Comparison) (met []string, err error) {
	var names []string
	known := false
	for _, r := range cmp.Rows {
		if r.Class == Word || r.Is == OnlyOne {
			continue
		}
		names = appendNew(names, r.Name)
		if c.name != r.Name && c.name != r.Subject+"."+r.Name {
			continue
		}
		known = true
		if c.holds(r) {
			met = append(met, fmt.Sprintf("%s: %s is %s, and was %s", c.text, strings.TrimSpace(r.Subject+" "+r.Name), r.B, r.A))
		}
	}
	if !known {
		slices.Sort(names)
		return nil, fmt.Errorf("%q: no measurement %q here; there are %s", c.text, c.name, strings.Join(names, ", "))
	}
	return met, nil
}

// holds says whether a row meets the condition. A change in percent of nothing
// is endless.
func (c Condition) holds(r Row) bool {
	value := r.valueB
	if c.change {
		value -= r.valueA
	}
	if c.percent {
		if r.valueA == 0 {
			return value != 0 && (value > 0) == strings.HasPrefix(c.op, ">") && c.op != "=="
		}
		value = 100 * value / r.valueA
	}
	switch c.op {
	case ">":
		return value > c.bound
	case ">=":
		return value >= c.bound
	case "<":
		return value < c.bound
	case "<=":
		return value <= c.bound
	case "==":
		return value == c.bound
	}
	return value != c.bound
}
