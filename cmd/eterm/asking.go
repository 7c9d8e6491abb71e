package main

import (
	"errors"
	"math"
	"net/netip"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/ether"
	"eterm/iface/load"
	"eterm/iface/reach"
)

// askFlags are what arp and scan can be told about asking many.
type askFlags struct {
	rate    askRate
	tries   args.Count
	timeout args.Duration
	json    bool
}

func (f *askFlags) flags() []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "rate", Aliases: []string{"b"}, Value: &f.rate, DefaultText: "1000pps, more for large ranges", Usage: "ask at `RATE`, such as 500pps or 1Mbit"},
		&cli.GenericFlag{Name: "count", Aliases: []string{"c"}, Value: &f.tries, DefaultText: f.tries.String(), Usage: "ask those who do not answer up to `N` times"},
		args.TimeoutFlag(&f.timeout, "wait `TIME` for answers after the last question"),
		args.JSONFlag(&f.json),
	}
}

// askRate is a rate of questions; the zero value is the polite one.
type askRate struct{ load.Rate }

func (r *askRate) Set(s string) error {
	rate, err := load.ParseRate(s)
	if err == nil && rate.IsMax() {
		err = errors.New("max would drown the answers: want a rate such as 5000pps")
	}
	r.Rate = rate
	return err
}

// questionBytes is an ARP request, padded, as Rate counts it.
const questionBytes = ether.MinFrame

// perSecond is the questions a second; 0 where none was given.
func (r *askRate) perSecond() (float64, error) {
	if r.IsZero() {
		return 0, nil
	}
	n, err := r.Frames(float64(ether.WireLen(questionBytes)), 0)
	if err != nil || math.IsInf(n, 0) {
		return 0, exit.Usage("rate %s: %w", r.String(), err)
	}
	return n, nil
}

// discovery is the questions for these ranges.
func (f *askFlags) discovery(at *place, ranges []reach.Range) (reach.Discovery, error) {
	rate, err := f.rate.perSecond()
	if f.tries == 0 {
		return reach.Discovery{}, exit.Usage("count 0: want the number of times to ask, at least 1")
	}
	return reach.Discovery{Station: at.Station, Ranges: ranges, Rate: rate, Tries: int(min(f.tries, 1000)), Timeout: time.Duration(f.timeout)}, err
}

// rangesOf are the operands as ranges; hosts are ranges of one.
func rangesOf(operands []asked) (ranges []reach.Range) {
	for _, o := range operands {
		if o.isRange() {
			ranges = append(ranges, reach.RangeOf(o.network))
		} else {
			ranges = append(ranges, reach.Range{First: o.addr, Count: 1})
		}
	}
	return ranges
}

// sources finds our address for each family asked; we may have none, and then
// ask without (ARP probes change nobody's table).
func (p *place) sources(ranges []reach.Range) {
	for _, r := range ranges {
		p.From(r.First)
	}
}

// unicastOnly refuses what nobody has.
func unicastOnly(operands []asked, at *place) error {
	for _, o := range operands {
		a := o.addr
		if o.isRange() {
			a = o.network.Addr()
		}
		if at.IsGroup(a) || a.IsUnspecified() || a == (netip.Addr{}) {
			return exit.Usage("%s is no address that one host has", a)
		}
	}
	return nil
}
