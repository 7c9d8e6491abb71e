package switchtest

import "slices"

// opposite is the other of ports A and B.
func opposite(s side) side {
	if s == portA {
		return portB
	}
	return portA
}

// to is a frame from a port's own address to the address of the other.
func (r *rig) to(from side) spec { return spec{dst: r.addr[opposite(from)], src: r.addr[from]} }

// repeat is n times the same frame.
func repeat(n int, s spec) []spec { return slices.Repeat([]spec{s}, n) }

// outcome is what became of a volley at the other side, as a case reports it.
func (v volley) outcome(allow func(Change) bool) Outcome {
	return v.at(opposite(v[0].from), allow).outcome()
}

func (s sum) outcome() Outcome {
	return Outcome{Value: s.word(), Seen: s.String(), Evidence: s.evidence()}
}

// fate sends frames and reports what became of them at the other side.
func (r *rig) fate(from side, specs ...spec) (Outcome, error) {
	v, err := r.exchange(from, specs...)
	if err != nil {
		return Outcome{}, err
	}
	return v.outcome(nil), nil
}

// bothWays does the same from A and from B; the worse outcome counts.
func bothWays(do func(from side) (Outcome, error)) (Outcome, error) {
	ab, err := do(portA)
	if err != nil || ab.Why != "" {
		return ab, err
	}
	ba, err := do(portB)
	switch {
	case err != nil || ba.Why != "":
		return ba, err
	case ab.Value == ba.Value && ab.Seen == ba.Seen:
		ab.Seen += ", each way"
		return ab, nil
	}
	ab.Seen = "A to B " + ab.Seen + "; B to A " + ba.Seen
	if ab.Value == forwarded {
		ab.Value = ba.Value
	}
	ab.Evidence = append(ab.Evidence, ba.Evidence...)
	return ab, nil
}

func known(from side) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) { return r.fate(from, repeat(100, r.to(from))...) }
}

// Destinations that go to all ports.
func toBroadcast(*rig) []MAC { return slices.Repeat([]MAC{broadcast}, 10) }

func toNobody(r *rig) []MAC { return r.fresh(10) }

func toGroups(r *rig) []MAC {
	groups := r.fresh(10)
	for i := range groups {
		groups[i][0] |= 0x01
	}
	return groups
}

// towards are frames from a port to addresses.
func (r *rig) towards(from side, addrs []MAC) []spec {
	specs := make([]spec, len(addrs))
	for i, a := range addrs {
		specs[i] = spec{dst: a, src: r.addr[from]}
	}
	return specs
}

// flood sends to addresses that go to all ports: every other port must get
// every frame.
func flood(addrs func(*rig) []MAC) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) {
		return bothWays(func(from side) (Outcome, error) {
			v, err := r.exchange(from, r.towards(from, addrs(r))...)
			if err != nil {
				return Outcome{}, err
			}
			o := v.outcome(nil)
			if s := v.at(portC, nil); r.ports[portC] != nil && s.word() != forwarded {
				o = s.outcome()
				o.Seen = "port C: " + o.Seen
			}
			return o, nil
		})
	}
}

// notBack sends everything that is flooded from each port. A frame that comes
// back ends the run as a loop, so reaching the end is the answer.
func notBack(r *rig) (Outcome, error) {
	for _, from := range []side{portA, portB} {
		addrs := slices.Concat(toBroadcast(r), toNobody(r), toGroups(r))
		if _, err := r.exchange(from, r.towards(from, addrs)...); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{Value: "none", Seen: "30 flooded frames from each port, none came back"}, nil
}

// once floods broadcasts and counts copies.
func once(r *rig) (Outcome, error) {
	return bothWays(func(from side) (Outcome, error) {
		v, err := r.exchange(from, r.towards(from, toBroadcast(r))...)
		if err != nil {
			return Outcome{}, err
		}
		o := v.outcome(func(Change) bool { return true })
		switch o.Value {
		case duplicated:
		case dropped:
			return untestable("broadcast does not pass")
		default:
			o.Value = "once"
		}
		return o, nil
	})
}
