package switchtest

import (
	"fmt"

	"eterm/frame/probe"
)

// fcs is the length of the check sequence, which sizes on the card include
// and frames in memory do not.
const fcs = 4

// everySize sends one frame of every size with so many tags, as far as the
// ports' MTU lets it.
func everySize(tags int) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) {
		var vlan []tag
		if tags > 0 {
			vid, ok, err := r.taggedVID()
			if err != nil || !ok {
				return Outcome{Why: noTags}, err
			}
			vlan = []tag{ctag(vid)}
		}
		top := min(longest, headerLen+r.mtu()) + 4*tags
		o, err := bothWays(func(from side) (Outcome, error) {
			var specs []spec
			for size := shortest + 4*tags; size <= top; size++ {
				s := r.to(from)
				s.size, s.tags = size, vlan
				specs = append(specs, s)
			}
			v, err := r.exchange(from, specs...)
			if err != nil {
				return Outcome{}, err
			}
			return bySize(v, v.at(opposite(from), nil)), nil
		})
		if top < longest && err == nil {
			o.Seen += fmt.Sprintf("; only to %d bytes, the MTU here", top+fcs)
		}
		return o, err
	}
}

// bySize adds which sizes did not arrive, and the first that arrived wrong.
func bySize(v volley, s sum) Outcome {
	o := s.outcome()
	if lost := sizeRanges(v.missing(opposite(v[0].from))); lost != "" {
		o.Seen += ", not those of " + lost + " bytes"
	}
	for _, f := range []*flight{s.odd, s.extra} {
		if f != nil {
			o.Seen += fmt.Sprintf(", the first wrong one of %d bytes", len(f.sent)+fcs)
			break
		}
	}
	return o
}

// maxRanges is how many ranges of sizes a row names.
const maxRanges = 8

// sizeRanges lists the sizes of frames, with FCS, which are in order.
func sizeRanges(v volley) string {
	var ranges [][2]int
	for _, f := range v {
		size := len(f.sent) + fcs
		if n := len(ranges); n > 0 && ranges[n-1][1] == size-1 {
			ranges[n-1][1] = size
			continue
		}
		ranges = append(ranges, [2]int{size, size})
	}
	text := ""
	for i, r := range ranges {
		if i == maxRanges {
			return text + fmt.Sprintf(" and %d more ranges", len(ranges)-i)
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprint(r[0])
		if r[1] > r[0] {
			text += fmt.Sprintf("..%d", r[1])
		}
	}
	return text
}

// mtu is the smallest of the ports'.
func (r *rig) mtu() int {
	m := r.ports[portA].MTU()
	for s := range r.each() {
		m = min(m, r.ports[s].MTU())
	}
	return m
}

// jumbo finds the longest frame that passes, both ways, by bisection.
func jumbo(r *rig) (Outcome, error) {
	top := headerLen + r.mtu()
	if top <= longest {
		return untestable(fmt.Sprintf("the MTU of the ports is %d: raise it, for instance to 9000", r.mtu()))
	}
	passes := func(size int) (bool, error) {
		for _, from := range []side{portA, portB} {
			s := r.to(from)
			s.size = size
			if o, err := r.fate(from, repeat(3, s)...); err != nil || o.Value != forwarded {
				return false, err
			}
		}
		return true, nil
	}
	good, bad := 0, top+1
	for size := top; bad-good > 1; size = (good + bad) / 2 {
		ok, err := passes(size)
		switch {
		case err != nil:
			return Outcome{}, err
		case ok:
			good = size
		default:
			bad = size
		}
	}
	o := Outcome{Value: fmt.Sprint(good + fcs), Seen: fmt.Sprintf("up to %d bytes", good+fcs)}
	switch good {
	case top:
		o.Value += "+"
		o.Seen += ", all that the MTU here allows"
	case 0:
		o.Value, o.Seen = "0", "no size passes"
	default:
		o.Seen += fmt.Sprintf("; the MTU here allows %d", top+fcs)
	}
	return o, nil
}

// short are frames of every size below the least. Those too short for a mark are
// known by their source.
func (r *rig) short(from side) (specs []spec) {
	for size := headerLen; size < shortest; size++ {
		s := r.to(from)
		s.size = size
		if s.unmarked() {
			s.src = r.fresh(1)[0]
		}
		specs = append(specs, s)
	}
	return specs
}

// runts sends frames below the least size.
func runts(r *rig) (Outcome, error) {
	v, err := r.exchange(portA, r.short(portA)...)
	if err != nil {
		return Outcome{}, err
	}
	o := v.outcome(nil)
	if padded := v.padded(portB); padded > 0 {
		o.Seen += fmt.Sprintf(", %d of them padded with zeros", padded)
	}
	return o, nil
}

// padded is how many frames arrived longer than they were sent.
func (v volley) padded(at side) int {
	n := 0
	for _, f := range v {
		if len(f.bytes[at]) > 0 && len(f.bytes[at][0]) > len(f.sent) {
			n++
		}
	}
	return n
}

// padding sends short frames right behind long ones full of bytes that are
// not zero: what a switch puts behind the short ones shows if it clears it.
func padding(r *rig) (Outcome, error) {
	var specs []spec
	for i := range 50 {
		long, short := r.to(portA), r.to(portA)
		long.size, short.size = 1000, headerLen+probe.Size+i%(shortest-headerLen-probe.Size)
		specs = append(specs, long, short)
	}
	v, err := r.exchange(portA, specs...)
	if err != nil {
		return Outcome{}, err
	}
	var short volley
	for i := 1; i < len(v); i += 2 {
		short = append(short, v[i])
	}
	o := short.outcome(nil)
	o.Seen += fmt.Sprintf(", %d padded", short.padded(portB))
	return o, nil
}
