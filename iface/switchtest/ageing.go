package switchtest

import (
	"fmt"
	"time"
)

// Ageing is watched with this many addresses that go on speaking, and as many
// that are only spoken to.
const witnesses = 8

// Probes are this far apart at first; later by this part of the time passed.
const (
	probeStep  = 50 * time.Millisecond
	probeShare = 100
)

// aged is what one watch over ageing addresses found; three cases share it.
type aged struct {
	done bool
	why  string
	// A silent address was still known after lo and forgotten after hi; hi
	// is 0 if none was forgotten in time.
	lo, hi time.Duration
	// Of the witnesses, how many were known at that moment.
	speaking, spokenTo    int
	speakingFlights       volley
	spokenToFlights, lost volley
	curve                 []Point
}

// watch teaches addresses and waits until the silent ones are forgotten. Each
// is probed once, so that no probe can change what a later one finds.
func (r *rig) watch() (*aged, error) {
	a := &r.memo.aged
	if a.done {
		return a, nil
	}
	if ok, err := r.floods(portA); err != nil || !ok {
		a.why = noFlooding
		return a, err
	}
	silent := r.fresh(probesWithin(r.cfg.MaxAgeing))
	speaking, spokenTo := r.fresh(witnesses), r.fresh(witnesses)
	start := time.Now()
	for _, set := range [][]MAC{silent, speaking, spokenTo} {
		if err := r.teach(portA, set); err != nil {
			return a, err
		}
	}
	if n, _, err := r.probed(portA, silent[:1]); err != nil || n > 0 {
		a.why = noLearning
		return a, err
	}
	err := r.watchUntil(a, start, silent[1:], speaking, spokenTo)
	a.done = err == nil
	return a, err
}

// probesWithin is how many probes there are in a time.
func probesWithin(d time.Duration) int {
	n := 2
	for t := time.Duration(0); t <= d; t += step(t) {
		n++
	}
	return n
}

func step(t time.Duration) time.Duration { return max(probeStep, t/probeShare) }

// watchUntil probes a fresh silent address after each wait. What the others
// are found to be counts at the moment of the first that is forgotten, before
// any of them speaks again.
func (r *rig) watchUntil(a *aged, start time.Time, silent, speaking, spokenTo []MAC) error {
	for i := 0; i < len(silent); i++ {
		passed := time.Since(start)
		if passed > r.cfg.MaxAgeing {
			break
		}
		if err := r.sleep(step(passed)); err != nil {
			return err
		}
		at := time.Since(start)
		unknown, v, err := r.probe(portA, silent[i:i+1])
		if err != nil {
			return err
		}
		a.curve = append(a.curve, Point{float64(at.Milliseconds()), unknown})
		switch {
		case unknown == 0:
			a.lo, a.hi = at, 0
		case a.hi == 0:
			a.hi, a.lost = at, v
			err = r.witness(a, speaking, spokenTo)
		default: // the second one in turn: it was no chance
			return nil
		}
		if err == nil {
			err = r.keepUp(speaking, spokenTo)
		}
		if err != nil {
			return err
		}
		r.cfg.tell(Event{Waiting: at})
	}
	return nil
}

// keepUp lets the ports and some addresses speak, and sends to others from
// both sides.
func (r *rig) keepUp(speaking, spokenTo []MAC) error {
	if err := r.control(); err != nil {
		return err
	}
	if err := r.teach(portA, speaking); err != nil {
		return err
	}
	for _, from := range []side{portA, portB} {
		if _, err := r.exchange(from, r.towards(from, spokenTo)...); err != nil {
			return err
		}
	}
	return nil
}

// witness sees which of the others are known now.
func (r *rig) witness(a *aged, speaking, spokenTo []MAC) error {
	n, v, err := r.probe(portA, speaking)
	if err != nil {
		return err
	}
	a.speaking, a.speakingFlights = witnesses-n, v
	n, v, err = r.probe(portA, spokenTo)
	a.spokenTo, a.spokenToFlights = witnesses-n, v
	return err
}

func ageingTime(r *rig) (Outcome, error) {
	a, err := r.watch()
	if err != nil || a.why != "" {
		return Outcome{Why: a.why}, err
	}
	o := Outcome{Curve: a.curve}
	if a.hi == 0 {
		o.Value = fmt.Sprintf("%.2fs+", a.lo.Seconds())
		o.Seen = fmt.Sprintf("still known after %.2f s, the longest asked for", a.lo.Seconds())
		return o, nil
	}
	o.Value = fmt.Sprintf("%.2fs", a.hi.Seconds())
	o.Seen = fmt.Sprintf("known after %.2f s, forgotten after %.2f s", a.lo.Seconds(), a.hi.Seconds())
	o.Evidence = []Evidence{a.lost[0].evidence()}
	return o, nil
}

// outlived is why the two cases below cannot be tested on a switch that
// forgets nothing for so long.
func (a *aged) outlived() string {
	if a.why == "" && a.hi == 0 {
		return fmt.Sprintf("nothing was forgotten within %.0f s: --max-ageing", a.lo.Seconds())
	}
	return a.why
}

func ageingFrom(r *rig) (Outcome, error) {
	a, err := r.watch()
	if err != nil || a.outlived() != "" {
		return Outcome{Why: a.outlived()}, err
	}
	return knowledge(a.speaking, witnesses, a.speakingFlights, a.speakingFlights.reached(portB)), nil
}

func ageingTo(r *rig) (Outcome, error) {
	a, err := r.watch()
	if err != nil || a.outlived() != "" {
		return Outcome{Why: a.outlived()}, err
	}
	return knowledge(a.spokenTo, witnesses, a.spokenToFlights, a.spokenToFlights.missing(portB)), nil
}
