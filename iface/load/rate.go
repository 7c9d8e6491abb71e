package load

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"eterm/frame/ether"
)

// Rate is how fast a user wants frames: in frames a second, in bits a second
// on the wire, as a share of the line's speed, or as fast as can be. The zero
// value is none of them.
type Rate struct {
	value float64
	unit  rateUnit
}

type rateUnit uint8

const (
	noRate rateUnit = iota
	framesPerSecond
	bitsPerSecond
	shareOfLine
	fullSpeed
)

// Max is the rate of a port that is never waited for.
var Max = Rate{unit: fullSpeed}

// IsMax says whether the rate is as fast as can be.
func (r Rate) IsMax() bool { return r.unit == fullSpeed }

// IsZero says whether no rate was given.
func (r Rate) IsZero() bool { return r.unit == noRate }

// units are what a rate may end in, in lower case, longest first where one is
// the end of another.
var units = []struct {
	suffix string
	unit   rateUnit
	factor float64
	most   float64 // the greatest value that makes sense, in base units
}{
	{"mpps", framesPerSecond, 1e6, mostFrames},
	{"kpps", framesPerSecond, 1e3, mostFrames},
	{"pps", framesPerSecond, 1, mostFrames},
	{"gbit", bitsPerSecond, 1e9, mostBits},
	{"mbit", bitsPerSecond, 1e6, mostBits},
	{"kbit", bitsPerSecond, 1e3, mostBits},
	{"bit", bitsPerSecond, 1, mostBits},
	{"%", shareOfLine, 0.01, 1},
	{"", framesPerSecond, 1, mostFrames},
}

// The greatest rates: ten times those of 800 Gbit/s Ethernet (IEEE 802.3df).
const (
	mostBits   = 8e12
	mostFrames = mostBits / (minWire * 8)
)

// ParseRate reads 1000pps, 1.5kpps, 2Mpps, 100Mbit, 10% or max; a bare number
// is frames a second. The case of letters does not matter.
func ParseRate(s string) (Rate, error) {
	lower := strings.ToLower(strings.TrimSpace(s))
	if lower == "max" {
		return Max, nil
	}
	lower = strings.TrimSuffix(lower, "/s")
	for _, u := range units {
		number, ok := strings.CutSuffix(lower, u.suffix)
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		switch {
		case err != nil || math.IsNaN(v):
			return Rate{}, errors.New("want a rate such as 1000pps, 100Mbit, 10% or max")
		case v <= 0:
			return Rate{}, errors.New("want a rate above zero")
		case v*u.factor > u.most:
			return Rate{}, fmt.Errorf("no line is that fast: at most %s", Rate{u.most, u.unit})
		}
		return Rate{v * u.factor, u.unit}, nil
	}
	panic("the unit without a suffix ends every string")
}

// String is the rate as ParseRate reads it.
func (r Rate) String() string {
	n := strconv.FormatFloat(r.value, 'f', -1, 64)
	switch r.unit {
	case framesPerSecond:
		return n + "pps"
	case bitsPerSecond:
		return n + "bit"
	case shareOfLine:
		return strconv.FormatFloat(r.value*100, 'g', 12, 64) + "%"
	case fullSpeed:
		return "max"
	}
	return ""
}

// ErrNoSpeed means that a share of the line's speed was asked for and that is unknown.
var ErrNoSpeed = errors.New("the line's speed is unknown: give the rate in pps or Mbit")

// Frames is the rate in frames a second, for frames that take wireBytes on
// average (see ether.WireLen) on a line of so many bits a second, 0 if unknown.
// Max is +Inf.
func (r Rate) Frames(wireBytes, lineSpeed float64) (float64, error) {
	switch r.unit {
	case framesPerSecond:
		return r.value, nil
	case bitsPerSecond:
		return r.value / (wireBytes * 8), nil
	case shareOfLine:
		if lineSpeed <= 0 {
			return 0, ErrNoSpeed
		}
		return r.value * lineSpeed / (wireBytes * 8), nil
	}
	return math.Inf(1), nil
}

// minWire is ether.WireLen of the shortest frame, as a constant.
const minWire = ether.MinFrame + ether.FCSLen + ether.Preamble + ether.Gap
