package linktest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limit is a number of frames, or a share of those offered. Nil is none.
type Limit struct {
	Count uint64
	Share float64
	text  string
}

// ParseLimit reads 0, 12 or 0.1%.
func ParseLimit(s string) (*Limit, error) {
	if digits, percent := strings.CutSuffix(s, "%"); percent {
		p, err := strconv.ParseFloat(digits, 64)
		if err != nil || !(p >= 0 && p <= 100) {
			return nil, errors.New("want a share of 0% to 100%")
		}
		return &Limit{Share: p / 100, text: s}, nil
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return nil, errors.New("want a number of frames, or a share such as 0.1%")
	}
	return &Limit{Count: n, text: s}, nil
}

// exceeded says whether n of so many frames are more than the limit.
func (l *Limit) exceeded(n, of uint64) bool {
	return l != nil && n > l.Count && float64(n) > l.Share*float64(of)
}

// Limits make a test of a measurement. The zero value has none.
type Limits struct {
	Loss, Reordered, Duplicated, Corrupted *Limit
	// P99 bounds the 99th percentile of the delay, or of its variation where
	// the delay itself is not known; Outage the longest outage. 0 is none.
	P99, Outage time.Duration
}

// The verdicts, with the exit statuses of the command line.
const (
	Passed    = 0
	Failed    = 1
	Untrusted = 3
)

// Verdict is what a result means.
type Verdict struct {
	Status int `json:"status"`
	// Exceeded are the limits that were not kept; Untrusted is why the
	// result, whatever it is, says little about the link.
	Exceeded  []string `json:"exceeded"`
	Untrusted []string `json:"untrusted"`
}

func (l Limits) judge(a Result) Verdict {
	v := Verdict{Exceeded: []string{}, Untrusted: untrusted(a)}
	exceed := func(format string, args ...any) { v.Exceeded = append(v.Exceeded, fmt.Sprintf(format, args...)) }
	for _, c := range []struct {
		limit *Limit
		n     uint64
		what  string
	}{
		{l.Loss, a.Lost, "lost"}, {l.Reordered, a.Reordered, "reordered"},
		{l.Duplicated, a.Duplicated, "duplicated"}, {l.Corrupted, a.Corrupted, "corrupted"},
	} {
		if a.Receiver == nil {
			break // of none of these anything is known
		}
		if c.limit.exceeded(c.n, a.Offered) {
			exceed("%d of %d frames %s, allowed are %s", c.n, a.Offered, c.what, c.limit.text)
		}
	}
	if a.Receiver != nil {
		l.judgeTimes(a, &v, exceed)
	}
	if a.Offered > 0 && a.Received == 0 && a.Receiver != nil {
		exceed("no frame arrived")
	}
	switch {
	case len(v.Untrusted) > 0:
		v.Status = Untrusted
	case len(v.Exceeded) > 0:
		v.Status = Failed
	}
	return v
}

func (l Limits) judgeTimes(a Result, v *Verdict, exceed func(string, ...any)) {
	d := a.Receiver.Report.Delay
	switch {
	case l.P99 <= 0 || a.Received == 0:
	case d.Kind == "none":
		v.Untrusted = append(v.Untrusted, "the delay is not known: the clocks are not shared after all")
	case time.Duration(d.P99) > l.P99:
		exceed("the 99th percentile of the delay's %s is %v, allowed are %v", kindOfDelay(d.Kind), time.Duration(d.P99), l.P99)
	}
	if l.Outage <= 0 {
		return
	}
	for _, o := range a.Receiver.Report.Loss.Outages {
		if d := max(o.ByTime, o.ByCount); time.Duration(d) > l.Outage {
			exceed("an outage of %v, allowed are %v", time.Duration(d), l.Outage)
			return
		}
	}
}

func kindOfDelay(kind string) string {
	if kind == "one_way" {
		return "value"
	}
	return "variation"
}
