package switchtest

import (
	"fmt"
	"time"
)

// Why a case about learning cannot be tested.
const (
	noFlooding = "frames to unknown addresses are not flooded, so a known one cannot be told from them"
	noLearning = "the switch does not learn"
	noThird    = "it needs a third port: --third IF"
)

// teach lets a port speak as each address, to the other port's address.
func (r *rig) teach(at side, addrs []MAC, tags ...tag) error {
	specs := make([]spec, len(addrs))
	for i, a := range addrs {
		specs[i] = spec{dst: r.addr[opposite(at)], src: a, tags: tags}
	}
	_, err := r.exchange(at, specs...)
	return err
}

// probe is the same-port probe: a port sends to addresses that spoke there. A
// switch that knows them filters the frames, so those that reach the other
// side are the ones it does not know.
func (r *rig) probe(at side, addrs []MAC, tags ...tag) (unknown int, v volley, err error) {
	specs := r.towards(at, addrs)
	for i := range specs {
		specs[i].tags = tags
	}
	v, err = r.exchange(at, specs...)
	return len(v.reached(opposite(at))), v, err
}

// floods says whether frames to unknown addresses come out at the other side.
func (r *rig) floods(at side, tags ...tag) (bool, error) {
	n, _, err := r.probe(at, r.fresh(3), tags...)
	return n == 3, err
}

// forgetful says why nothing about learning can be tested, or nothing.
func (r *rig) forgetful() (string, error) {
	if ok, err := r.floods(portA); err != nil || !ok {
		return noFlooding, err
	}
	addrs := r.fresh(3)
	if err := r.teach(portA, addrs); err != nil {
		return "", err
	}
	if unknown, _, err := r.probed(portA, addrs); err != nil || unknown > 0 {
		return noLearning, err
	}
	return "", nil
}

// knowledge is the outcome for how many of some addresses are known.
func knowledge(known, of int, v volley, shown volley) Outcome {
	o := Outcome{Value: partly, Seen: fmt.Sprintf("%d of %d known", known, of)}
	switch known {
	case of:
		o.Value = learned
	case 0:
		o.Value = notLearned
	}
	if len(shown) > 0 {
		o.Evidence = []Evidence{shown[0].evidence()}
	} else if len(v) > 0 {
		o.Evidence = []Evidence{v[0].evidence()}
	}
	return o
}

// patience is how long a switch may take to write an address into its table,
// if a processor does that and not the wire.
var patience = []time.Duration{0, 100 * time.Millisecond, time.Second}

// probed probes until all addresses are known or patience is over.
func (r *rig) probed(at side, addrs []MAC, tags ...tag) (unknown int, v volley, err error) {
	for _, wait := range patience {
		if err = r.sleep(wait); err != nil {
			return 0, nil, err
		}
		if unknown, v, err = r.probe(at, addrs, tags...); err != nil || unknown == 0 {
			break
		}
	}
	return unknown, v, err
}

func learns(r *rig) (Outcome, error) {
	addrs := r.fresh(100)
	before, _, err := r.probe(portA, addrs)
	if err != nil || before < len(addrs) {
		return Outcome{Why: noFlooding}, err
	}
	if err := r.teach(portA, addrs); err != nil {
		return Outcome{}, err
	}
	after, v, err := r.probed(portA, addrs)
	o := knowledge(len(addrs)-after, len(addrs), v, v.reached(portB))
	o.Seen = fmt.Sprintf("%d of %d flooded before, %d after", before, len(addrs), after)
	return o, err
}

// confined looks at a third port for frames that are for B.
func confined(r *rig) (Outcome, error) {
	if r.ports[portC] == nil {
		return untestable(noThird)
	}
	addrs := r.fresh(50)
	if err := r.teach(portB, addrs); err != nil {
		return Outcome{}, err
	}
	v, err := r.exchange(portA, r.towards(portA, addrs)...)
	if err != nil {
		return Outcome{}, err
	}
	there, strayed := len(v.reached(portB)), v.reached(portC)
	o := Outcome{Value: "none", Seen: fmt.Sprintf("B got %d of %d, C %d", there, len(v), len(strayed))}
	switch {
	case len(strayed) > 0:
		o.Value, o.Evidence = "leaks", []Evidence{strayed[0].evidence()}
	case there < len(v):
		o.Why = "B did not get its own frames: " + o.Seen
	}
	return o, nil
}

// moved lets addresses speak at A and then at B.
func moved(r *rig) (Outcome, error) {
	addrs := r.fresh(100)
	if ok, err := r.floods(portA); err != nil || !ok {
		return Outcome{Why: noFlooding}, err
	}
	if err := r.teach(portA, addrs); err != nil {
		return Outcome{}, err
	}
	if unknown, _, err := r.probed(portA, addrs); err != nil || unknown == len(addrs) {
		return Outcome{Why: noLearning}, err
	}
	if err := r.teach(portB, addrs); err != nil {
		return Outcome{}, err
	}
	return r.awaitMove(addrs)
}

// awaitMove looks for the addresses at B, at once and then again with patience.
func (r *rig) awaitMove(addrs []MAC) (Outcome, error) {
	start := time.Now()
	o, err := r.arrivedAt(addrs)
	if err == nil && o.Value == learned {
		o.Value = "at once"
		return o, nil
	}
	for _, wait := range patience[1:] {
		if err == nil {
			err = r.sleep(wait)
		}
		if err == nil {
			o, err = r.arrivedAt(addrs)
		}
		if err == nil && o.Value == learned {
			o.Value = "later"
			o.Seen += fmt.Sprintf(", after %v", time.Since(start).Round(time.Millisecond))
			break
		}
	}
	return o, err
}

// arrivedAt says how many addresses have moved from A to B: frames from A reach
// them, frames from B do not come to A any more.
func (r *rig) arrivedAt(addrs []MAC) (Outcome, error) {
	found, fromA, err := r.probe(portA, addrs)
	if err != nil {
		return Outcome{}, err
	}
	left, fromB, err := r.probe(portB, addrs)
	if err != nil {
		return Outcome{}, err
	}
	wrong := append(fromA.missing(portB), fromB.reached(portA)...)
	o := knowledge(min(found, len(addrs)-left), len(addrs), fromA, wrong)
	o.Seen = fmt.Sprintf("%d of %d reached at B, %d still flooded to A", found, len(addrs), left)
	return o, nil
}

// perVLAN learns in one VLAN and probes in another.
func perVLAN(r *rig) (Outcome, error) {
	vids, err := r.tagged(2)
	if err != nil || len(vids) < 2 {
		return Outcome{Why: "fewer than two VLANs pass with their tag"}, err
	}
	one, two := ctag(vids[0]), ctag(vids[1])
	for _, t := range []tag{one, two} {
		if ok, err := r.floods(portA, t); err != nil || !ok {
			return Outcome{Why: noFlooding}, err
		}
	}
	addrs := r.fresh(20)
	if err := r.teach(portA, addrs, one); err != nil {
		return Outcome{}, err
	}
	here, v, err := r.probed(portA, addrs, one)
	if err != nil {
		return Outcome{}, err
	}
	there, _, err := r.probe(portA, addrs, two)
	o := Outcome{Value: "shared"}
	o.Seen = fmt.Sprintf("known in VLAN %d: %d of %d, in VLAN %d: %d", vids[0], len(addrs)-here, len(addrs), vids[1], len(addrs)-there)
	switch {
	case here > 0:
		o.Value, o.Evidence = notLearned, []Evidence{v.reached(portB)[0].evidence()}
	case there == len(addrs):
		o.Value = "independent"
	}
	return o, err
}

// notLearning lets A speak as what is no station, and sends to it.
func notLearning(source func(*rig) MAC) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) {
		addrs := []MAC{source(r)}
		if n, _, err := r.probe(portA, addrs); err != nil || n == 0 {
			return Outcome{Why: "frames to this address do not pass"}, err
		}
		var n int
		var v volley
		var err error
		for _, wait := range []time.Duration{0, 100 * time.Millisecond, 600 * time.Millisecond} {
			// A switch that is slow to learn must not look like a good one.
			err = r.teach(portA, addrs)
			if err == nil {
				err = r.sleep(wait)
			}
			if err == nil {
				n, v, err = r.probe(portA, addrs)
			}
			if err != nil || n == 0 {
				break
			}
		}
		return knowledge(1-n, 1, v, v.missing(portB)), err
	}
}
