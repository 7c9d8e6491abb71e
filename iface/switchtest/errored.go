package switchtest

import (
	"bytes"
	"fmt"
	"slices"

	"eterm/frame/ether"
	"eterm/iface"
)

// envelope is the longest frame that is one, in bytes with FCS: maxEnvelopeFrameSize
// of IEEE 802.3-2022, 3.2.7.
const envelope = 2000

const repaired = "repaired"

// faulty is what becomes of frames that no switch should forward.
var faulty = measure{"a word", []string{dropped, forwarded, repaired}}

// ErroredCases ask what a switch does with frames that are wrong on the wire. They
// need Config.OwnFCS, and ports that take errored frames (iface.ErroredTaker), else
// what a switch forwards with its error would not be seen.
func ErroredCases() []Case {
	return []Case{
		{"errored.fcs", "802.1Q 6.5.2, 8.5; 802.3 4.2.4.1.2: a frame whose FCS is wrong is discarded",
			"10 frames of growing size with all bits of the FCS inverted, each way; the same with the right FCS must pass", dropped, "", faulty, eachWay(wrongFCS)},
		{"errored.undersize", "802.3 3.2.7, 4.2.4.1.1: what is shorter than 64 bytes is a fragment of a collision, and discarded",
			"frames of 18 to 63 bytes with their right FCS, as far as the NIC leaves them so short", dropped, "", faulty, eachWay(undersize)},
		{"errored.oversize", "802.3 3.2.7: no frame is longer than 2000 bytes; what forwards longer ones is set to jumbo frames",
			"frames above 2000 bytes, as far as the MTU of the ports", dropped, forwarded, faulty, eachWay(oversize)},
	}
}

func eachWay(do func(r *rig, from side) (Outcome, error)) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) {
		var worst Outcome
		for _, from := range []side{portA, portB} {
			o, err := do(r, from)
			if err != nil || o.Why != "" {
				return o, err
			}
			o.Seen = fmt.Sprintf("%v to %v %s", from, opposite(from), o.Seen)
			if worst.Value == "" {
				worst = o
				continue
			}
			o.Seen = worst.Seen + "; " + o.Seen
			if worst.Value != dropped {
				o.Value = worst.Value
			}
			o.Evidence = append(worst.Evidence, o.Evidence...)
			worst = o
		}
		return worst, nil
	}
}

// withFCS sends frames that end in an FCS made by fcs, and waits as exchange does.
func (r *rig) withFCS(from side, specs []spec, fcs func([]byte) [fcs]byte) (volley, error) {
	flights := r.account.launch(from, specs)
	defer r.account.land(flights)
	port := r.cfg.OwnFCS[from]
	if port == nil {
		return nil, fmt.Errorf("port %v: no socket for frames with their own FCS", from)
	}
	sender := iface.WithFCS(port, fcs)
	for _, f := range flights {
		if _, err := sender.Send([][]byte{f.sent}); err != nil {
			return nil, fmt.Errorf("port %v: %w", from, err)
		}
	}
	if err := r.flush(from); err != nil {
		return nil, err
	}
	return flights, r.sleep(r.cfg.Drain)
}

// keepsFCS says whether what a port receives ends in its FCS.
func (r *rig) keepsFCS(at side) bool {
	t, ok := iface.As[iface.ErroredTaker](r.ports[at])
	return ok && t.KeepsFCS()
}

// wrongFCS sends frames whose FCS is wrong, after the same with the right one, which
// show that the NIC sends the FCS it is given, and none of its own behind it.
func wrongFCS(r *rig, from side) (Outcome, error) {
	to := opposite(from)
	var specs []spec
	for i := range 10 {
		s := r.to(from)
		s.size = shortest + i*(headerLen+min(r.mtu(), ether.MaxPayload)-shortest)/9
		specs = append(specs, s)
	}
	right, err := r.withFCS(from, specs, ether.FCS)
	if err != nil {
		return Outcome{}, err
	}
	more := 0
	if r.keepsFCS(to) {
		more = fcs
	}
	for _, f := range right {
		if f.copies[to] == 0 || len(f.bytes[to][0]) != len(f.sent)+more {
			return untestable(fmt.Sprintf("frames whose right FCS port %v was given do not arrive as they should: its NIC makes its own", from))
		}
	}
	v, err := r.withFCS(from, specs, ether.WrongFCS)
	if err != nil {
		return Outcome{}, err
	}
	o := v.errored(to)
	there := v.reached(to)
	if len(there) == 0 || more == 0 {
		return o, nil
	}
	sum := ether.WrongFCS(there[0].sent)
	if got := there[0].bytes[to][0]; bytes.HasSuffix(got, sum[:]) {
		o.Seen += ", with the wrong FCS they were sent with"
	} else {
		o.Value, o.Seen = repaired, o.Seen+", with a new FCS that hides the damage"
	}
	return o, nil
}

// undersize sends frames below the least size. Those that arrive padded say nothing
// of the switch: the NIC that sent them may have done it.
func undersize(r *rig, from side) (Outcome, error) {
	to := opposite(from)
	v, err := r.withFCS(from, r.short(from), ether.FCS)
	if err != nil {
		return Outcome{}, err
	}
	least := shortest
	if r.keepsFCS(to) {
		least += fcs
	}
	padded := slices.DeleteFunc(slices.Clone(v), func(f *flight) bool { return f.copies[to] == 0 || len(f.bytes[to][0]) < least })
	if len(padded) > 0 && len(padded) == len(v.reached(to)) {
		return untestable(fmt.Sprintf("%d of %d frames arrived padded to 64 bytes: the NIC of port %v does so, or the switch", len(padded), len(v), from))
	}
	return v.errored(to), nil
}

// oversize sends frames above what any frame may be.
func oversize(r *rig, from side) (Outcome, error) {
	top := headerLen + r.mtu()
	if top+fcs <= envelope {
		return untestable(fmt.Sprintf("the MTU of the ports is %d: raise it, for instance to 2100", r.mtu()))
	}
	var specs []spec
	for size := envelope - fcs + 1; len(specs) < 10 && size <= top; size += max((top-envelope)/9, 1) {
		s := r.to(from)
		s.size = size
		specs = append(specs, s)
	}
	v, err := r.exchange(from, specs...)
	if err != nil {
		return Outcome{}, err
	}
	return v.errored(opposite(from)), nil
}

// errored sums up frames none of which should arrive at a port.
func (v volley) errored(at side) Outcome {
	o := Outcome{Value: dropped, Seen: fmt.Sprintf("none of %d arrived", len(v))}
	if there := v.reached(at); len(there) > 0 {
		o.Value, o.Seen = forwarded, fmt.Sprintf("%d of %d arrived, the first of %d bytes", len(there), len(v), len(there[0].sent)+fcs)
		o.Evidence = []Evidence{there[0].evidence()}
	}
	return o
}
