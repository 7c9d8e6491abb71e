package switchtest

import (
	"fmt"
	"time"

	"eterm/iface/load/pace"
)

// capacity finds the most addresses that are all known at once, by doubling
// and then bisection over one growing list, so that a table which refuses new
// addresses when it is full and one which drops old ones give the same number.
// The addresses of the ports themselves are in the table too, and so may be some
// that earlier cases used: those still known at the end are counted.
func capacity(r *rig) (Outcome, error) {
	if why, err := r.forgetful(); err != nil || why != "" {
		return Outcome{Why: why}, err
	}
	own := 2
	if r.ports[portC] != nil {
		own++
	}
	s := search{r: r, most: r.cfg.MaxMACs - own}
	held, err := s.run()
	if err != nil {
		return Outcome{Curve: s.curve}, err
	}
	used := r.memo.used
	unknown, _, err := r.probe(portA, used)
	if err != nil {
		return Outcome{Curve: s.curve}, err
	}
	own += len(used) - unknown
	o := Outcome{Value: fmt.Sprint(held + own), Curve: s.curve, Seen: fmt.Sprintf("%d addresses known at once", held+own)}
	if held == s.most {
		o.Value += "+"
		o.Seen = fmt.Sprintf("at least %d addresses known at once; limit of --max-macs, not of the switch", held+own)
	}
	return o, nil
}

// search is a search for the largest number of addresses without a miss.
type search struct {
	r     *rig
	most  int
	addrs []MAC
	curve []Point
}

func (s *search) run() (int, error) {
	good, bad := 0, 0
	for n := min(64, s.most); good < s.most; n = min(2*n, s.most) {
		missed, err := s.try(n)
		if err != nil {
			return good, err
		}
		if missed > 0 {
			bad = n
			break
		}
		good = n
	}
	// What a full table still knows is likely its size: ask there first.
	likely := bad - s.missed()
	for bad-good > 1 {
		n := (good + bad) / 2
		switch {
		case likely > good && likely < bad:
			n = likely
		case likely == good:
			n = good + 1
		}
		missed, err := s.try(n)
		switch {
		case err != nil:
			return good, err
		case missed > 0:
			bad = n
		default:
			good = n
		}
	}
	return good, nil
}

// missed is what the last try missed.
func (s *search) missed() int {
	if len(s.curve) == 0 {
		return 0
	}
	return s.curve[len(s.curve)-1].Missed
}

// try teaches the first n addresses and says how many are not known then. An
// address may have been lost on its way, and a switch may be slow to notice
// what it has just forgotten: only what stays is a miss.
func (s *search) try(n int) (missed int, err error) {
	if n > len(s.addrs) {
		s.addrs = append(s.addrs, s.r.addresses(n-len(s.addrs))...)
	}
	for _, wait := range append(patience, 2*time.Second) {
		if err = s.r.sleep(wait); err == nil {
			missed, err = s.r.misses(s.addrs[:n])
		}
		if err != nil || missed == 0 {
			break
		}
	}
	s.curve = append(s.curve, Point{float64(n), missed})
	return missed, err
}

// misses teaches addresses, then counts those that are not known. It works in
// portions, so that the memory it needs does not grow with their number.
func (r *rig) misses(addrs []MAC) (int, error) {
	const portion = 2048
	for at := 0; at < len(addrs); at += portion {
		if err := r.teach(portA, addrs[at:min(at+portion, len(addrs))]); err != nil {
			return 0, err
		}
	}
	missed := 0
	for at := 0; at < len(addrs); at += portion {
		unknown, _, err := r.probe(portA, addrs[at:min(at+portion, len(addrs))])
		if err != nil {
			return 0, err
		}
		missed += unknown
	}
	return missed, nil
}

// addresses are fresh ones, random or one after the other.
func (r *rig) addresses(n int) []MAC {
	if !r.cfg.Sequential {
		return r.draw(n)
	}
	addrs := make([]MAC, n)
	for i := range addrs {
		r.memo.last++
		v := r.memo.last
		addrs[i] = MAC{0x02, byte(r.cfg.Seed), byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
	}
	return addrs
}

// RateBatch is how many fresh addresses a trial of the learning rate uses, slowest
// the rate a second below which none is tried.
const (
	RateBatch = 200
	slowest   = 50
)

// rate finds the speed at which new addresses are taken without a miss: first
// as fast as this host sends, then halved until none is missed.
func rate(r *rig) (Outcome, error) {
	if why, err := r.forgetful(); err != nil || why != "" {
		return Outcome{Why: why}, err
	}
	var curve []Point
	for asked := 0.0; ; {
		perSecond, missed, err := r.teachAt(asked)
		if err != nil {
			return Outcome{}, err
		}
		curve = append(curve, Point{perSecond, missed})
		if missed == 0 {
			o := Outcome{Value: fmt.Sprintf("%.0f", perSecond), Curve: curve}
			o.Seen = fmt.Sprintf("%.0f new addresses a second without a miss", perSecond)
			if asked == 0 {
				o.Value += "+"
				o.Seen = fmt.Sprintf("at least %.0f new addresses a second without a miss; limit of this host, not of the switch", perSecond)
			}
			return o, nil
		}
		if asked = perSecond / 2; asked < slowest {
			return Outcome{Value: "0", Seen: fmt.Sprintf("misses even at %.0f new addresses a second", perSecond), Curve: curve}, nil
		}
	}
}

// teachAt teaches fresh addresses at a rate a second, 0 as fast as can be, and
// returns the rate at which they went and how many are not known then.
func (r *rig) teachAt(asked float64) (perSecond float64, missed int, err error) {
	addrs := r.fresh(RateBatch)
	specs := make([]spec, RateBatch)
	for i, a := range addrs {
		specs[i] = spec{dst: r.addr[portB], src: a}
	}
	flights := r.account.launch(portA, specs)
	defer r.account.land(flights)
	start := time.Now()
	if err = r.sendAt(portA, flights, asked); err != nil {
		return 0, 0, err
	}
	took := time.Since(start)
	if err = r.flush(portA); err != nil {
		return 0, 0, err
	}
	missed, _, err = r.probe(portA, addrs)
	return RateBatch / max(took, time.Microsecond).Seconds(), missed, err
}

// sendAt sends at so many frames a second; 0 is as fast as can be.
func (r *rig) sendAt(from side, flights []*flight, perSecond float64) error {
	if perSecond == 0 {
		return r.send(from, flights)
	}
	p := pace.New(pace.Rate(perSecond), pace.Timers())
	for at := 0; at < len(flights); {
		n := p.Next(min(burst, len(flights)-at), r.ctx.Done())
		if n == 0 {
			return r.ctx.Err()
		}
		if err := r.send(from, flights[at:at+n]); err != nil {
			return err
		}
		at += n
	}
	return nil
}
