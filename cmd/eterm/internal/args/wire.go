package args

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/impair"
	"eterm/iface/linktest"
	"eterm/iface/load"

	"github.com/urfave/cli/v2"
)

// Wire are the faults of the lab's wire, as typed.
type Wire struct {
	loss, duplicate, reorder, corrupt, truncate, lengthen string
	delay, jitter, rateLimit                              string
	Seed                                                  uint64
}

// Flags are the flags that put a relay in place of the bridge.
func (o *Wire) Flags() []cli.Flag {
	share := func(name, usage string, dst *string) cli.Flag {
		return &cli.StringFlag{Name: name, Usage: usage, Destination: dst, Category: "A wire with faults in place of the bridge"}
	}
	o.Seed = 1
	seed := SeedFlag(&o.Seed, "1", "start the wire's dice with `NUMBER`")
	seed.Category = "A wire with faults in place of the bridge"
	return []cli.Flag{
		share("loss", "lose `SHARE` of the frames, such as 1%", &o.loss),
		share("duplicate", "deliver `SHARE` of the frames twice", &o.duplicate),
		share("reorder", "let `SHARE` of the frames be overtaken by the next", &o.reorder),
		share("corrupt", "flip one bit in `SHARE` of the frames", &o.corrupt),
		share("truncate", "cut `SHARE` of the frames to half their length", &o.truncate),
		share("lengthen", "add four bytes to `SHARE` of the frames", &o.lengthen),
		share("delay", "deliver every frame later by `TIME`, such as 2ms", &o.delay),
		share("jitter", "deliver every frame later by up to `TIME` more", &o.jitter),
		share("rate-limit", "carry no more than `RATE`, such as 10Mbit, with a queue of 100 frames", &o.rateLimit),
		seed,
	}
}

// queueFrames is how many frames wait before a rate limit.
const queueFrames = 100

// shortestCut is the least that truncation leaves of a frame, in bytes: enough
// for a link test to see which frame it was, unless it was inside IPv4.
const shortestCut = 36

// Config is what the wire does in one direction; wanted is false when no
// fault was asked for.
func (o *Wire) Config(direction uint64) (c impair.Config, wanted bool, err error) {
	c = impair.Config{Seed: o.Seed, Stream: direction, Classes: []string{"test", "other"}, Classify: testOrOther}
	for _, f := range []struct {
		flag, value string
		fault       func(impair.Select) impair.Fault
	}{
		{"loss", o.loss, impair.Drop},
		{"duplicate", o.duplicate, impair.Duplicate},
		{"corrupt", o.corrupt, impair.Corrupt},
		{"truncate", o.truncate, func(s impair.Select) impair.Fault { return impair.Halve(s, shortestCut) }},
		{"lengthen", o.lengthen, func(s impair.Select) impair.Fault { return impair.Grow(s, 4) }},
		{"reorder", o.reorder, impair.Swap},
	} {
		p, err := parseShare(f.value)
		if err != nil {
			return c, false, exit.Usage("--%s %s: %w", f.flag, f.value, err)
		}
		if p > 0 {
			c.Faults = append(c.Faults, f.fault(impair.Chance(p)))
		}
	}
	for _, f := range []struct {
		flag, value string
		fault       func(impair.Select, time.Duration) impair.Fault
	}{{"delay", o.delay, impair.Delay}, {"jitter", o.jitter, impair.Jitter}} {
		if f.value == "" {
			continue
		}
		d, err := ParseDuration(f.value)
		if err != nil {
			return c, false, exit.Usage("--%s %s: %w", f.flag, f.value, err)
		}
		c.Faults = append(c.Faults, f.fault(impair.Always(), d))
	}
	if o.rateLimit != "" {
		if c.Rate, err = parseBits(o.rateLimit); err != nil {
			return c, false, exit.Usage("--rate-limit %s: %w", o.rateLimit, err)
		}
		c.Queue = queueFrames
	}
	return c, len(c.Faults) > 0 || c.Rate > 0, nil
}

// testOrOther tells the frames of a link test's load from all others.
func testOrOther(frame []byte) int {
	if linktest.IsTestFrame(frame) {
		return 0
	}
	return 1
}

func parseShare(s string) (float64, error) {
	if s == "" {
		return 0, nil
	}
	digits, percent := strings.CutSuffix(s, "%")
	p, err := strconv.ParseFloat(digits, 64)
	if percent {
		p /= 100
	}
	if err != nil || !(p >= 0 && p <= 1) || !percent && p != 0 {
		return 0, errors.New("want a share such as 0.1%, up to 100%")
	}
	return p, nil
}

// parseBits reads a rate in bits a second.
func parseBits(s string) (float64, error) {
	r, err := load.ParseRate(s)
	if err != nil || !strings.Contains(strings.ToLower(s), "bit") {
		return 0, errors.New("want a rate in bits, such as 10Mbit")
	}
	bytes, err := r.Frames(1, 0)
	return bytes * 8, err
}
