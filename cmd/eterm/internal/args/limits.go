package args

import (
	"time"

	"github.com/urfave/cli/v2"

	"eterm/iface/linktest"
)

// Limits are the flags whose limits make a test of a measurement.
type Limits struct {
	value       linktest.Limits
	p99, outage Duration
}

// Flags are the flags; what they take is checked as they are read.
func (f *Limits) Flags() []cli.Flag {
	limited := func(name, what string, dst **linktest.Limit) cli.Flag {
		return &cli.GenericFlag{Name: "max-" + name, Value: &limit{dst: dst}, Category: "Limits", Usage: "fail if more than `N` frames or N% are " + what}
	}
	return []cli.Flag{
		limited("loss", "lost", &f.value.Loss), limited("reorder", "reordered", &f.value.Reordered),
		limited("duplicate", "duplicated", &f.value.Duplicated), limited("corrupt", "corrupted", &f.value.Corrupted),
		&cli.GenericFlag{Name: "max-p99", Value: &f.p99, Category: "Limits", DefaultText: "none", Usage: "fail if the 99th percentile of the delay is above `TIME`, such as 50us"},
		&cli.GenericFlag{Name: "max-outage", Value: &f.outage, Category: "Limits", DefaultText: "none", Usage: "fail if an outage is longer than `TIME`"},
	}
}

// Value is the limits given.
func (f *Limits) Value() linktest.Limits {
	l := f.value
	l.P99, l.Outage = time.Duration(f.p99), time.Duration(f.outage)
	return l
}

// limit is a number or a share of frames.
type limit struct {
	text string
	dst  **linktest.Limit
}

func (v *limit) Set(s string) (err error) {
	v.text = s
	*v.dst, err = linktest.ParseLimit(s)
	return err
}

func (v *limit) String() string { return v.text }
