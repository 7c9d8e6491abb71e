package switchtest

import (
	"errors"
	"fmt"
)

// mix is sizes in bytes without FCS in the proportion of everyday traffic
// (7 small, 4 middle, 1 full), and sizes between.
var mix = []int{60, 60, 590, 60, 60, 1514, 60, 590, 60, 590, 60, 590, 124, 252, 508, 1020, 1276}

// load sends both ways at once at a modest rate and accounts for every frame.
func load(r *rig) (Outcome, error) {
	count := int(r.cfg.LoadRate * r.cfg.LoadTime.Seconds())
	var flights [2][]*flight
	for from := range flights {
		specs := make([]spec, count)
		for i := range specs {
			specs[i] = r.to(side(from))
			specs[i].size = min(mix[i%len(mix)], headerLen+r.mtu())
		}
		flights[from] = r.account.launch(side(from), specs)
		defer r.account.land(flights[from])
	}
	done := make(chan error, len(flights))
	for from := range flights {
		go func() { done <- r.sendAt(side(from), flights[from], r.cfg.LoadRate) }()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		return Outcome{}, err
	}
	if err := errors.Join(r.flush(portA), r.flush(portB), r.sleep(r.cfg.Drain)); err != nil {
		return Outcome{}, err
	}
	return bothWays(func(from side) (Outcome, error) {
		r.account.land(flights[from])
		s := volley(flights[from]).at(opposite(from), nil)
		o := s.outcome()
		o.Seen = fmt.Sprintf("offered %d at %.0f a second, received %d, lost %d, twice %d, out of order %d, changed %d",
			s.sent, r.cfg.LoadRate, s.arrived, s.sent-s.arrived, s.again, s.disorder, s.different)
		return o, nil
	})
}
