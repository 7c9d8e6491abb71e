package args

import (
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
