package switchtest

import (
	"fmt"

	"eterm/iface"
)

// noTags is why a case that needs a VLAN cannot be tested.
const noTags = "no tagged frame passes: name VLANs that should with --vlans"

// sweep is what became of one tagged frame of each VID, each way.
type sweep struct {
	done     bool
	passed   [2]IDs // from A and from B: with the tag as sent
	stripped [2]IDs // without it
	moved    volley // in another VLAN
	damaged  volley // changed otherwise
	shown    map[uint16]*flight
}

// vlans sends a tagged frame of each VID both ways, those that did not arrive
// a second time, and files what came.
func (r *rig) vlans() (*sweep, error) {
	s := &r.memo.sweep
	if s.done {
		return s, nil
	}
	s.shown = map[uint16]*flight{}
	for _, from := range []side{portA, portB} {
		var vids []uint16
		for v := uint16(1); v <= lastVID; v++ {
			vids = append(vids, v)
		}
		for range 2 {
			v, err := r.exchange(from, r.tags(from, vids)...)
			if err != nil {
				return s, err
			}
			s.file(v)
			vids = vids[:0]
			for _, f := range v.missing(opposite(from)) {
				vids = append(vids, f.spec.tags[0].tci)
			}
		}
	}
	s.done = true
	return s, nil
}

// tags are frames to the other port, one for each VID.
func (r *rig) tags(from side, vids []uint16) []spec {
	specs := make([]spec, len(vids))
	for i, v := range vids {
		specs[i] = r.to(from)
		specs[i].tags = []tag{ctag(v)}
	}
	return specs
}

// file sorts what arrived by what happened to the tag.
func (s *sweep) file(v volley) {
	for _, f := range v {
		vid, to := f.spec.tags[0].tci, opposite(f.from)
		if f.copies[to] == 0 {
			continue
		}
		s.shown[vid] = f
		switch c := compare(f.sent, f.bytes[to][0]); {
		case c.None():
			s.passed[f.from].add(vid)
		case !c.onlyTag():
			s.damaged = append(s.damaged, f)
		case c.Stripped == 1 && c.Added == 0 && !c.Retagged:
			s.stripped[f.from].add(vid)
		case c.VID != vid:
			s.moved = append(s.moved, f)
		default:
			s.passed[f.from].add(vid) // another priority only
		}
	}
}

// tagged are up to n VIDs whose frames pass both ways with their tag.
func (r *rig) tagged(n int) ([]uint16, error) {
	s, err := r.vlans()
	if err != nil {
		return nil, err
	}
	var vids []uint16
	for v := uint16(1); v <= lastVID && len(vids) < n; v++ {
		if s.passed[portA].Has(v) && s.passed[portB].Has(v) {
			vids = append(vids, v)
		}
	}
	return vids, nil
}

// taggedVID is one such VID.
func (r *rig) taggedVID() (uint16, bool, error) {
	vids, err := r.tagged(1)
	if len(vids) == 0 {
		return 0, false, err
	}
	return vids[0], true, err
}

func vlanIDs(r *rig) (Outcome, error) {
	s, err := r.vlans()
	if err != nil {
		return Outcome{}, err
	}
	ab, ba := s.passed[portA], s.passed[portB]
	o := Outcome{Value: ab.String(), Seen: fmt.Sprintf("with their tag: %v", ab)}
	if ab != ba {
		o.Value = "A to B " + ab.String() + ", B to A " + ba.String()
		o.Seen = "with their tag: " + o.Value
	}
	for from, ids := range s.stripped {
		if ids.Len() > 0 {
			o.Seen += fmt.Sprintf("; without it from %v: %v", side(from), ids)
		}
	}
	for i, f := range s.damaged {
		if i == 0 {
			o.Value = altered
			o.Seen += fmt.Sprintf("; %d frames changed", len(s.damaged))
			o.Evidence = []Evidence{f.evidence()}
		}
	}
	return o, nil
}

func vlanLeak(r *rig) (Outcome, error) {
	s, err := r.vlans()
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Value: "none", Seen: "no frame arrived in a VLAN that is not its own"}
	leak := func(f *flight, format string, args ...any) {
		o.Value, o.Seen = "leaks", fmt.Sprintf(format, args...)
		if f != nil {
			o.Evidence = append(o.Evidence, f.evidence())
		}
	}
	for _, from := range []side{portA, portB} {
		if n := s.stripped[from].Len(); n > 1 {
			leak(nil, "from %v the VLANs %v all arrive without tag", from, s.stripped[from])
		}
		for v := uint16(1); r.cfg.VLANs != nil && v <= lastVID; v++ {
			if s.passed[from].Has(v) && !r.cfg.VLANs.Has(v) {
				leak(s.shown[v], "a frame of VLAN %d passes from %v, which --vlans does not have", v, from)
				break
			}
		}
	}
	if len(s.moved) > 0 {
		f := s.moved[0]
		c := compare(f.sent, f.bytes[opposite(f.from)][0])
		leak(f, "%d frames arrived in another VLAN, the first of VLAN %d in %d", len(s.moved), f.spec.tags[0].tci, c.VID)
	}
	return o, nil
}

// tagFate is what became of the tags of a volley from A.
func (v volley) tagFate() Outcome {
	s := v.at(portB, Change.onlyTag)
	o := s.outcome()
	if o.Value != forwarded && o.Value != reordered {
		return o
	}
	o.Value, o.noPriority = unaltered, true
	for _, f := range v {
		c := compare(f.sent, f.bytes[portB][0])
		o.noPriority = o.noPriority && c.Stripped+c.Added == 0 && c.PCP == 0 && !c.DEI
	}
	for _, f := range v {
		c := compare(f.sent, f.bytes[portB][0])
		if c.None() {
			continue
		}
		switch {
		case c.Stripped > 0 && !c.Retagged:
			o.Value = stripped
		default:
			o.Value = remarked
		}
		o.Seen, o.Evidence = c.String(), []Evidence{f.evidence()}
		break
	}
	return o
}

// tagTrial sends tagged frames from A to B's address.
func (r *rig) tagTrial(tags ...[]tag) (Outcome, error) {
	var specs []spec
	for _, t := range tags {
		s := r.to(portA)
		s.tags = t
		specs = append(specs, s)
	}
	v, err := r.exchange(portA, specs...)
	if err != nil {
		return Outcome{}, err
	}
	return v.tagFate(), nil
}

func priorityTag(r *rig) (Outcome, error) {
	return r.tagTrial([]tag{{0x8100, 5 << 13}}, []tag{{0x8100, 0}}, []tag{{0x8100, 7 << 13}})
}

// priority sends frames of all priorities, drop eligible or not.
func priority(dei uint16) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) {
		vid, ok, err := r.taggedVID()
		if err != nil || !ok {
			return Outcome{Why: noTags}, err
		}
		var tags [][]tag
		for pcp := range uint16(8) {
			tags = append(tags, []tag{{0x8100, pcp<<13 | dei<<12 | vid}})
		}
		o, err := r.tagTrial(tags...)
		if o.noPriority && r.takesTags(portB) {
			o = Outcome{Why: r.priorityTaken(portB)}
		}
		return o, err
	}
}

// priorityTaken says why frames that all arrived without priority at a port whose
// NIC takes tags off say nothing of the switch.
func (r *rig) priorityTaken(s side) string {
	return fmt.Sprintf("every priority arrived as 0, and %s takes tags off frames (rx-vlan-offload), "+
		"which with some drivers loses it: switch that off (ethtool -K %[1]s rxvlan off) and ask again", r.ports[s].Name())
}

// takesTags says whether the NIC of a port takes tags off frames, and so may have
// lost what was in them.
func (r *rig) takesTags(s side) bool {
	t, ok := iface.As[iface.TagTaker](r.ports[s])
	return ok && t.TakesTags()
}

func stacked(tpid uint16) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) {
		vid, ok, err := r.taggedVID()
		if err != nil || !ok {
			return Outcome{Why: noTags}, err
		}
		return r.tagTrial([]tag{{tpid, vid}, ctag(100)}, []tag{{tpid, vid}, ctag(200)})
	}
}

func reservedVID(r *rig) (Outcome, error) { return r.tagTrial([]tag{ctag(4095)}, []tag{ctag(4095)}) }
