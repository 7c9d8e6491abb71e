package switchtest

import (
	"fmt"
	"time"
)

// volley is the frames of one exchange with what arrived of each.
type volley []*flight

// The words a volley is summed up by; they are what expectations name.
const (
	forwarded  = "forwarded"
	dropped    = "dropped"
	lossy      = "lossy"
	duplicated = "duplicated"
	altered    = "changed"
	reordered  = "reordered"
)

// missing is the frames that did not arrive at a port.
func (v volley) missing(at side) volley {
	var lost volley
	for _, f := range v {
		if f.copies[at] == 0 {
			lost = append(lost, f)
		}
	}
	return lost
}

// reached is the frames that did.
func (v volley) reached(at side) volley {
	var there volley
	for _, f := range v {
		if f.copies[at] > 0 {
			there = append(there, f)
		}
	}
	return there
}

// sum is what became of a volley at one port.
type sum struct {
	sent, arrived    int
	again, different int
	disorder         int
	lost, extra, odd *flight // the first of each
	there            *flight // the first that arrived
	change           Change  // of odd
}

// at sums up a volley at one port. Order is a matter of frames with the same
// headers only: those a switch may not tell apart (802.1Q 6.5.3, 8.6.6). A change that allow accepts is none; a nil
// allow accepts nothing but zeros behind a short frame.
func (v volley) at(port side, allow func(Change) bool) sum {
	s := sum{sent: len(v)}
	last := map[string]uint64{} // by headers
	for _, f := range v {
		switch n := f.copies[port]; {
		case n == 0:
			first(&s.lost, f)
			continue
		case n > 1:
			first(&s.extra, f)
			s.again += n - 1
		}
		s.arrived++
		first(&s.there, f)
		headers := string(f.sent[:min(f.spec.header(), len(f.sent))])
		if f.order[port] < last[headers] {
			s.disorder++
		}
		last[headers] = max(last[headers], f.order[port])
		for _, b := range f.bytes[port] {
			if c := compare(f.sent, b); !c.None() && (allow == nil || !allow(c)) {
				s.different++
				if s.odd == nil {
					s.odd, s.change = f, c
				}
				break
			}
		}
	}
	return s
}

func first(place **flight, f *flight) {
	if *place == nil {
		*place = f
	}
}

// word is the sum in one of the words above, the worst first.
func (s sum) word() string {
	switch {
	case s.different > 0:
		return altered
	case s.again > 0:
		return duplicated
	case s.arrived == 0:
		return dropped
	case s.arrived < s.sent:
		return lossy
	case s.disorder > 0:
		return reordered
	default:
		return forwarded
	}
}

// String is the sum in a sentence.
func (s sum) String() string {
	text := fmt.Sprintf("%d of %d arrived", s.arrived, s.sent)
	if s.different > 0 {
		text += fmt.Sprintf(", %d of them changed: %v", s.different, s.change)
	}
	if s.again > 0 {
		text += fmt.Sprintf(", %d copies too many", s.again)
	}
	if s.disorder > 0 {
		text += fmt.Sprintf(", %d out of order", s.disorder)
	}
	return text
}

// Evidence is one frame that was sent, and every copy kept of what arrived.
type Evidence struct {
	From    string
	Sent    []byte
	Arrived []Arrival
}

// Arrival is one copy of a frame at one port.
type Arrival struct {
	Port  string
	At    time.Time
	Bytes []byte
}

// evidence is a flight for the card.
func (f *flight) evidence() Evidence {
	e := Evidence{From: f.from.String(), Sent: f.sent}
	for s := range sides {
		for _, b := range f.bytes[s] {
			e.Arrived = append(e.Arrived, Arrival{Port: s.String(), At: f.at[s], Bytes: b})
		}
	}
	return e
}

// evidence is the first frame of each kind of trouble, or one that shows that
// there was none.
func (s sum) evidence() []Evidence {
	var all []Evidence
	seen := map[*flight]bool{nil: true}
	for _, f := range []*flight{s.odd, s.extra, s.lost} {
		if !seen[f] {
			seen[f] = true
			all = append(all, f.evidence())
		}
	}
	if all == nil && s.there != nil {
		all = append(all, s.there.evidence())
	}
	return all
}
