package pace

import "time"

const (
	// rehearsal is how long before a frame is due its sending is rehearsed for
	// the last time: after a sleep what it needs may be in no cache, and may
	// leave the caches while the time is watched.
	rehearsal = 20 * time.Microsecond
	// overslept is how late a thread is woken, at least, when its processor was
	// given to others meanwhile and has nothing of it in its caches any more.
	overslept = 50 * time.Microsecond
	// cold is how much longer the first rehearsal takes then, at least, than
	// the second: 15 to 35 µs, otherwise 1 to 5.
	cold = 10 * time.Microsecond
	// coldRest is which part of that time sending takes longer all the same,
	// because it does more than can be rehearsed. To the receiver at the end of
	// a virtual cable it is 0.31 (0.27 to 0.36 in 8 of 10), to its middle a
	// quarter.
	coldRest = 4 // one of so many
	// longestLead is how long before a frame is due it may be sent at most.
	longestLead = 10 * time.Microsecond
)

// prepare waits until shortly before a frame is due and rehearses. It returns
// how much sooner sending should begin for the frame to leave when it is due.
func (p *Pacer) prepare(due time.Duration, done <-chan struct{}) (lead time.Duration) {
	last := due - rehearsal
	asleep := due-p.clock.Now() > watch
	if p.rehearse == nil || !p.clock.Approach(due, done) {
		return 0
	}
	woken := p.clock.Now()
	if woken > last {
		return 0
	}
	p.rehearse()
	first := p.clock.Now() - woken
	p.clock.Wait(last, done)
	before := p.clock.Now()
	p.rehearse()
	second := p.clock.Now() - before
	if !asleep || woken < due-watch+overslept || first-second < cold {
		return 0
	}
	return min((first-second)/coldRest, longestLead)
}
