package args

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/iface"
	"eterm/iface/load"
)

// Rate is a rate, or a ramp from one to another. The zero value is one
// that was not given.
type Rate struct{ From, To load.Rate }

// Set reads what was typed; its error says what is wanted.
func (v *Rate) Set(s string) error {
	first, second, ramp := strings.Cut(s, "..")
	from, err := load.ParseRate(first)
	if err != nil {
		return err
	}
	to := from
	if ramp {
		if to, err = load.ParseRate(second); err != nil {
			return err
		}
		if from.IsMax() || to.IsMax() {
			return errors.New("a ramp to or from max has no slope: want a rate such as 100kpps")
		}
	}
	v.From, v.To = from, to
	return nil
}

func (v *Rate) String() string {
	if v.Ramps() {
		return v.From.String() + ".." + v.To.String()
	}
	return v.From.String()
}

// Ramps says whether the rate changes.
func (v *Rate) Ramps() bool { return v.From != v.To }

// Sizes are the sizes of frames with FCS, one after the other.
type Sizes struct {
	text string
	List []int
}

// Set reads what was typed; its error says what is wanted.
func (v *Sizes) Set(s string) (err error) {
	v.text = s
	v.List, err = load.ParseSizes(s)
	return err
}

func (v *Sizes) String() string { return v.text }

// Engine is a mechanism for sending, as a flag names it.
type Engine string

var engines = map[Engine]iface.Engine{"auto": iface.EngineAuto, "socket": iface.EngineSocket, "xdp": iface.EngineXDP}

// EngineFlag chooses the mechanism for sending.
func EngineFlag(dst *Engine) cli.Flag {
	*dst = "auto"
	return ChoiceFlag("engine", dst, "send by `MECHANISM`", "auto", "socket", "xdp")
}

// Iface is the mechanism.
func (e Engine) Iface() iface.Engine { return engines[e] }

// Weights is how often each of several notations comes; empty is all the
// same.
type Weights []int

// mostWeight bounds a weight, and with it the round that is worked out.
const mostWeight = 1000

// Set reads what was typed; its error says what is wanted.
func (v *Weights) Set(s string) error {
	*v = nil
	for word := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > mostWeight {
			return fmt.Errorf("want a weight of 1 to %d for each notation, such as 3,1", mostWeight)
		}
		*v = append(*v, n)
	}
	return nil
}

func (v *Weights) String() string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint([]int(*v))), ","), "[]")
}

// Given says whether there are any.
func (v Weights) Given() bool { return len(v) > 0 }

// Of is the weight of notation i.
func (v Weights) Of(i int) int {
	if v.Given() {
		return v[i]
	}
	return 1
}

// Total is the sum of the weights of n notations.
func (v Weights) Total(n int) (sum int) {
	for i := range n {
		sum += v.Of(i)
	}
	return sum
}
