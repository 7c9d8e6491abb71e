package switchtest

import (
	"errors"
	"fmt"
	"slices"
)

// MaxAsked bounds the VLANs that VLANCases asks one by one.
const MaxAsked = 256

// What became of frames of one VLAN, and of their priorities.
const (
	asTagged  = "tagged"
	asBare    = "untagged"
	elsewhere = "another VLAN"
	mixed     = "mixed"
)

var (
	carriage = measure{"a word", []string{asTagged, asBare, elsewhere, mixed, dropped, lossy, altered, duplicated}}
	keeping  = measure{"a word", []string{unaltered, remarked}}
)

// VLANCases asks whether each of these VLANs is carried between the ports with its
// tag, its priority and its drop eligible bit, each way, and nothing about others.
func VLANCases(vids IDs) ([]Case, error) {
	if n := vids.Len(); n == 0 || n > MaxAsked {
		return nil, fmt.Errorf("%d VLANs: want 1 to %d", n, MaxAsked)
	}
	var asked []Case
	for vid := uint16(1); vid <= lastVID; vid++ {
		if !vids.Has(vid) {
			continue
		}
		for _, from := range []side{portA, portB} {
			name := fmt.Sprintf("vlan.%d.%s", vid, map[side]string{portA: "a-to-b", portB: "b-to-a"}[from])
			asked = append(asked,
				Case{name, "802.1Q 8.6.2, 8.6.4, 8.8.2: a port in the VLAN takes its frames in and sends them out, tagged if it is set so",
					"10 frames of the VLAN to the other port's address", asTagged, "", carriage, carried(from, vid)},
				Case{name + ".priority", "802.1Q 6.9.4: by default the priority leaves as it came",
					"frames of all 8 priorities", unaltered, "", keeping, keeps(from, vid, 0)},
				Case{name + ".dei", "802.1Q 6.9.3, 9.6: so does the drop eligible bit",
					"the same, drop eligible", unaltered, "", keeping, keeps(from, vid, 1)})
		}
	}
	return asked, nil
}

// inVLAN sends frames with these tags to the other port.
func (r *rig) inVLAN(from side, tcis []uint16) (volley, error) {
	specs := make([]spec, len(tcis))
	for i, tci := range tcis {
		specs[i] = r.to(from)
		specs[i].tags = []tag{ctag(tci)}
	}
	return r.exchange(from, specs...)
}

// carried asks how frames of a VLAN arrive.
func carried(from side, vid uint16) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) {
		v, err := r.inVLAN(from, slices.Repeat([]uint16{vid}, 10))
		if err != nil {
			return Outcome{}, err
		}
		to := opposite(from)
		s := v.at(to, Change.onlyTag)
		o := s.outcome()
		if o.Value != forwarded && o.Value != reordered {
			return o, nil
		}
		seen := map[string]bool{}
		for _, f := range v {
			word, text := tagState(compare(f.sent, f.bytes[to][0]), vid)
			if !seen[word] {
				o.Evidence = append(o.Evidence, f.evidence())
			}
			seen[word], o.Value, o.Seen = true, word, fmt.Sprintf("%d of %d arrived, %s", s.arrived, s.sent, text)
		}
		if len(seen) > 1 {
			o.Value, o.Seen = mixed, fmt.Sprintf("%d of %d arrived, some otherwise than others", s.arrived, s.sent)
		}
		return o, nil
	}
}

// tagState is how a frame that had one tag arrived, in a word and in words.
func tagState(c Change, vid uint16) (word, text string) {
	switch {
	case c.Stripped > 0:
		return asBare, "without the tag"
	case c.Added > 0:
		return mixed, fmt.Sprintf("with another tag in front: VLAN %d", c.VID)
	case c.VID != vid:
		return elsewhere, fmt.Sprintf("in VLAN %d", c.VID)
	}
	return asTagged, "with the tag"
}

// keeps asks whether the priorities of frames in a VLAN, all drop eligible or none,
// arrive as they were sent.
func keeps(from side, vid, dei uint16) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) {
		var tcis []uint16
		for pcp := range uint16(8) {
			tcis = append(tcis, pcp<<13|dei<<12|vid)
		}
		v, err := r.inVLAN(from, tcis)
		if err != nil {
			return Outcome{}, err
		}
		o := Outcome{Value: unaltered, Seen: "0 to 7 as sent"}
		var changed string
		none := true // of the priorities is left, in any frame
		for pcp, f := range v {
			if f.copies[opposite(from)] == 0 {
				return untestable(fmt.Sprintf("a frame of priority %d does not arrive", pcp))
			}
			c := compare(f.sent, f.bytes[opposite(from)][0])
			if word, text := tagState(c, vid); word == asBare || word == mixed {
				return untestable("frames arrive " + text)
			}
			none = none && c.PCP == 0 && !c.DEI
			if c.PCP != uint16(pcp) || c.DEI != (dei == 1) {
				changed += fmt.Sprintf(", %d%s→%d%s", pcp, eligible(dei == 1), c.PCP, eligible(c.DEI))
				o.Evidence = append(o.Evidence, f.evidence())
			}
		}
		if none && r.takesTags(opposite(from)) {
			return untestable(r.priorityTaken(opposite(from)))
		}
		if changed != "" {
			o.Value, o.Seen = remarked, changed[2:]
		}
		return o, nil
	}
}

// eligible writes a drop eligible bit behind a priority.
func eligible(dei bool) string {
	if dei {
		return "d"
	}
	return ""
}

// carry finds frames that pass between the ports, so that what does not arrive was
// stopped by the switch and not by a dead link: without a tag, or where a port takes
// none, in a VLAN that is asked about.
func (r *rig) carry() error {
	err := r.control()
	if !errors.Is(err, errSilent) || r.cfg.Asked == nil {
		return err
	}
	for _, from := range []side{portA, portB} {
		found := false
		for vid := uint16(0); vid <= lastVID && !found; vid++ {
			if vid > 0 && !r.cfg.Asked.Has(vid) {
				continue
			}
			r.carrier[from] = nil
			if vid > 0 {
				r.carrier[from] = []tag{ctag(vid)}
			}
			if err = r.flush(from); err != nil && !errors.Is(err, errSilent) {
				return err
			}
			found = err == nil
		}
		if !found {
			return fmt.Errorf("%w, neither without a tag nor in VLAN %v", err, r.cfg.Asked)
		}
	}
	return r.control()
}
