package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"eterm/iface"
	"eterm/iface/load"
)

// rateValue is a rate, or a ramp from one to another. The zero value is one
// that was not given.
type rateValue struct{ from, to load.Rate }

func (v *rateValue) Set(s string) error {
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
	v.from, v.to = from, to
	return nil
}

func (v *rateValue) String() string {
	if v.ramps() {
		return v.from.String() + ".." + v.to.String()
	}
	return v.from.String()
}

func (v *rateValue) ramps() bool { return v.from != v.to }

// sizesValue are the sizes of frames with FCS, one after the other.
type sizesValue struct {
	text  string
	sizes []int
}

func (v *sizesValue) Set(s string) (err error) {
	v.text = s
	v.sizes, err = load.ParseSizes(s)
	return err
}

func (v *sizesValue) String() string { return v.text }

// engineValue is a mechanism for sending.
type engineValue iface.Engine

var engines = map[string]iface.Engine{"auto": iface.EngineAuto, "socket": iface.EngineSocket, "xdp": iface.EngineXDP}

func (v *engineValue) Set(s string) error {
	e, ok := engines[s]
	if !ok {
		return errors.New("want auto, socket or xdp")
	}
	*v = engineValue(e)
	return nil
}

func (v *engineValue) String() string {
	for name, e := range engines {
		if e == iface.Engine(*v) {
			return name
		}
	}
	return ""
}

// weightsValue is how often each of several notations comes; empty is all the
// same.
type weightsValue []int

// mostWeight bounds a weight, and with it the round that is worked out.
const mostWeight = 1000

func (v *weightsValue) Set(s string) error {
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

func (v *weightsValue) String() string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint([]int(*v))), ","), "[]")
}

func (v weightsValue) set() bool { return len(v) > 0 }

// of is the weight of notation i.
func (v weightsValue) of(i int) int {
	if v.set() {
		return v[i]
	}
	return 1
}

// total is the sum of the weights of n notations.
func (v weightsValue) total(n int) (sum int) {
	for i := range n {
		sum += v.of(i)
	}
	return sum
}
