package switchtest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A measure is what kind of value a case comes to, and so how an expectation
// of it is written.
type measure struct {
	name string
	// words are the values there can be; nil where it is a number, a time or
	// a set of VLANs.
	words []string
}

// Words that cases come to, beside those of a volley.
const (
	returned   = "returned"
	stormed    = "storm"
	learned    = "learned"
	partly     = "partly"
	notLearned = "not learned"
	unaltered  = "kept"
	stripped   = "stripped"
	remarked   = "remarked"
)

var (
	fate     = measure{"a word", []string{forwarded, dropped, lossy, duplicated, altered, reordered}}
	learning = measure{"a word", []string{learned, partly, notLearned}}
	tagging  = measure{"a word", []string{unaltered, stripped, remarked, dropped, altered, lossy, duplicated}}
	sharing  = measure{"a word", []string{"independent", "shared", notLearned}}
	moving   = measure{"a word", []string{"at once", "later", partly, notLearned}}
	comeback = measure{"a word", []string{"none", returned}}
	copying  = measure{"a word", []string{"once", duplicated, stormed}}
	leaking  = measure{"a word", []string{"none", "leaks"}}
	number   = measure{name: "a number such as 8192, >=4096 or 4096..8192, or no limit"}
	span     = measure{name: "a time such as 300s, >=10s or 270s..330s"}
	vlanSet  = measure{name: "a list of VLANs such as 10,20,100-199, all or none"}
)

// unlimited is the expectation of a number that no limit is met as far as it is
// looked for.
const unlimited = "no limit"

// Want is what a case is expected to come to.
type Want struct {
	text   string
	words  []string
	lo, hi float64
	ids    *IDs
}

// String is the expectation as it was written.
func (w Want) String() string { return w.text }

// parse reads an expectation of this measure. The word any accepts whatever
// the case comes to.
func (m measure) parse(text string) (Want, error) {
	w := Want{text: text, lo: math.Inf(-1), hi: math.Inf(1)}
	var err error
	switch {
	case text == "any", text == unlimited && m.name == number.name:
	case m.words != nil:
		w.words = strings.FieldsFunc(text, func(r rune) bool { return r == '|' || r == ',' })
		for i := range w.words {
			w.words[i] = strings.TrimSpace(w.words[i])
			if !slices.Contains(m.words, w.words[i]) {
				return w, fmt.Errorf("%q cannot be: want one of %s", w.words[i], strings.Join(m.words, ", "))
			}
		}
	case m.name == vlanSet.name:
		var ids IDs
		ids, err = ParseIDs(text)
		w.ids = &ids
	default:
		w.lo, w.hi, err = m.bounds(text)
	}
	return w, err
}

// bounds reads "8192", ">=4096", "<=9000" and "4096..8192".
func (m measure) bounds(text string) (lo, hi float64, err error) {
	lo, hi = math.Inf(-1), math.Inf(1)
	from, to, isRange := strings.Cut(text, "..")
	switch {
	case isRange:
		if lo, err = m.quantity(from); err == nil {
			hi, err = m.quantity(to)
		}
	case strings.HasPrefix(text, ">="):
		lo, err = m.quantity(text[2:])
	case strings.HasPrefix(text, "<="):
		hi, err = m.quantity(text[2:])
	default:
		lo, err = m.quantity(text)
		hi = lo
		if m.name == span.name { // no switch keeps a time to the millisecond
			lo, hi = lo*0.9, hi*1.1
		}
	}
	if err != nil || lo > hi {
		return 0, 0, fmt.Errorf("%q cannot be: want %s", text, m.name)
	}
	return lo, hi, nil
}

// quantity reads a number, or a time in seconds.
func (m measure) quantity(text string) (float64, error) {
	text = strings.ReplaceAll(strings.TrimSpace(text), "_", "")
	if m.name != span.name {
		return strconv.ParseFloat(text, 64)
	}
	d, err := time.ParseDuration(text)
	return d.Seconds(), err
}

// accepts says whether what a case came to is what was expected. A value with
// a plus at its end is a lower bound: the limit was not reached.
func (w Want) accepts(m measure, value string) bool {
	switch {
	case w.text == "any":
		return value != ""
	case w.text == unlimited && w.words == nil:
		return strings.HasSuffix(value, "+")
	case m.words != nil:
		return slices.Contains(w.words, value)
	case w.ids != nil:
		ids, err := ParseIDs(value)
		return err == nil && ids == *w.ids
	}
	q, err := m.quantity(strings.TrimSuffix(value, "+"))
	return err == nil && q >= w.lo && q <= w.hi
}

// open says whether a value that is only a lower bound, and not accepted, might
// be if the measurement had gone on.
func (w Want) open(m measure, value string) bool {
	bound, isBound := strings.CutSuffix(value, "+")
	q, err := m.quantity(bound)
	return isBound && err == nil && q < w.lo
}
