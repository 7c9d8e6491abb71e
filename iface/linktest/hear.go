package linktest

import (
	"errors"
	"slices"

	"eterm/iface"
	"eterm/iface/loop"
)

// Received is how many frames of a run have come so far, each counted once,
// and how many it is known to have.
func (r *Receiver) Received(session uint32) (received, expected uint64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := r.runs[session]
	if run == nil {
		return 0, 0, false
	}
	if p, planned := run.tally.Plan(); planned {
		expected = p.Total
	}
	return run.tally.Received(), expected, true
}

// Doubts is what happened to the port itself since NewReceiver: whether it was
// down, or lost its carrier.
func (r *Receiver) Doubts() []iface.Doubt {
	c, err := r.port.Counters()
	if err != nil && !errors.Is(err, iface.ErrGone) {
		return nil
	}
	return linkDoubts(c.Sub(r.start))
}

// Busier says whether a run is under way that counts for more than one that is
// over: it was agreed on and the other was not, or more frames of it have come.
func (r *Receiver) Busier(than *Run) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, run := range r.runs {
		if !run.over && (run.expected && !than.expected || run.expected == than.expected && run.frames > than.frames) {
			return true
		}
	}
	return false
}

// Others is how many test frames were of other stations than ReceiveOptions.From,
// and of no run.
func (r *Receiver) Others() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.others
}

// Forged is how many marks without the seal of the key have come that were of
// no run.
func (r *Receiver) Forged() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.forged
}

// Live returns the sessions of runs that are not over, in their order.
func (r *Receiver) Live() (sessions []uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, run := range r.runs {
		if !run.over && run.frames > 0 {
			sessions = append(sessions, id)
		}
	}
	slices.Sort(sessions)
	return sessions
}

// loops notes that a run's frames go round in a loop, if there is an error that
// says so.
func (r *Receiver) loops(run *Run, err *loop.Error) {
	if err == nil || run == nil || run.looped != nil {
		return
	}
	err.Port = r.port.Name()
	run.looped = err
	if r.o.Looped != nil {
		r.o.Looped(err)
	}
}

// Looped is the loop that a run's frames go round in, or nil.
func (r *Receiver) Looped(session uint32) *loop.Error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if run := r.runs[session]; run != nil {
		return run.looped
	}
	return nil
}
