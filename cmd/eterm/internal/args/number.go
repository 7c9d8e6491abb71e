package args

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/urfave/cli/v2"
)

// Unlimited is the upper bound of a number that has none.
const Unlimited = math.MaxInt

// NumberFlag takes a whole number within bounds, both of which are allowed,
// into dst. Its default is what dst holds.
func NumberFlag(name string, dst *int, least, most int, usage string) *cli.GenericFlag {
	v := &number{dst, least, most}
	return &cli.GenericFlag{Name: name, Value: v, DefaultText: v.String(), Usage: usage}
}

type number struct {
	dst         *int
	least, most int
}

func (v *number) Set(s string) error {
	n, err := strconv.Atoi(s)
	switch {
	case err == nil && n >= v.least && n <= v.most:
		*v.dst = n
		return nil
	case v.most == Unlimited:
		return fmt.Errorf("want a whole number of %d or more", v.least)
	}
	return fmt.Errorf("want %d to %d", v.least, v.most)
}

func (v *number) String() string {
	if v.dst == nil { // package flag asks a zero value
		return ""
	}
	return strconv.Itoa(*v.dst)
}

// SeedFlag takes the number that random values begin with, any of 64 bits, into
// dst.
func SeedFlag(dst *uint64, text, usage string) *cli.GenericFlag {
	return &cli.GenericFlag{Name: "seed", Value: (*whole)(dst), DefaultText: text, Usage: usage}
}

// whole is a whole number of 64 bits.
type whole uint64

func (v *whole) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return fmt.Errorf("want a whole number of 0 to %d", uint64(math.MaxUint64))
	}
	*v = whole(n)
	return nil
}

func (v *whole) String() string {
	if v == nil { // package flag asks a zero value
		return ""
	}
	return strconv.FormatUint(uint64(*v), 10)
}

// Get is the number as typed again, for the lab, which passes flags on.
func (v *whole) Get() any { return v.String() }

// FactorFlag takes a finite number into dst. Its default is what dst holds.
func FactorFlag(name string, dst *float64, usage string) *cli.GenericFlag {
	v := (*factor)(dst)
	return &cli.GenericFlag{Name: name, Value: v, DefaultText: v.String(), Usage: usage}
}

type factor float64

func (v *factor) Set(s string) error {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return errors.New("want a number such as 2 or 0.5")
	}
	*v = factor(f)
	return nil
}

func (v *factor) String() string {
	if v == nil { // package flag asks a zero value
		return ""
	}
	return strconv.FormatFloat(float64(*v), 'g', -1, 64)
}
