package linktest

import "eterm/frame/probe"

// sealed says whether a frame has the seal of the key, and if not whether it is
// accounted for all the same. Without a key those that are sealed are foreign.
func (r *Receiver) sealed(run *Run, frame []byte, f *probe.Found) (right, known bool) {
	if r.o.Key.IsZero() {
		return false, false
	}
	switch probe.Verify(r.o.Key, frame, f) {
	case probe.SealRight:
		return true, true
	case probe.SealDamaged:
		return false, true
	}
	if run == nil {
		r.forged++
		return false, false
	}
	if !run.over {
		run.unsealed++
	}
	return false, true
}
