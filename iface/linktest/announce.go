package linktest

import (
	"context"
	"errors"
	"time"

	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/load"
	"eterm/iface/load/pace"
	"eterm/iface/talk"
)

// errWithheld: a frame's turn came and it was not sent, because the peer had
// not proved for a second that it receives.
var errWithheld = errors.New("withheld: the peer does not prove that it receives")

// announcer is a port that sends a plan frame between test frames when one is
// due. Those are in no account. Under a window the plan frames are challenges,
// and test frames are sent only as far as the window allows.
type announcer struct {
	iface.Port
	plan   template
	ticks  ticker
	clock  pace.Clock
	last   time.Duration
	n      uint32
	window *talk.Window // nil: none
	// wait says that frames wait for a window that is closed, as those of a load
	// without a rate do; others have had their moment.
	wait     bool
	done     <-chan struct{}
	withheld uint64
}

func newAnnouncer(ctx context.Context, port iface.Port, l Load, o SendOptions) (*announcer, error) {
	p := l.plan(l.longest())
	t, err := l.wrap(l.roomForSeal(p.AppendPlanPayload(nil)), 0, probe.KindPlan, o.Session, l.EtherType)
	return &announcer{Port: port, plan: t, ticks: newTicker(), clock: o.Clock, window: o.Window, wait: l.schedule() == nil, done: ctx.Done()}, err
}

// Unwrap is the port behind, for its abilities.
func (a *announcer) Unwrap() iface.Port { return a.Port }

func (a *announcer) announce() {
	at := a.ticks.now()
	if a.window != nil {
		probe.PutNonce(a.plan.frame, a.plan.at, a.window.Challenge(a.n, at))
	}
	a.plan.writer.Write(a.n, at)
	a.n++
	a.last = a.clock.Now()
	_, _ = a.Port.Send([][]byte{a.plan.frame}) // lost like any other if it is
}

// due says whether a plan frame is.
func (a *announcer) due() bool {
	if a.window != nil {
		return a.window.Due(len(a.plan.frame))
	}
	return a.clock.Now()-a.last >= planEvery
}

// begin announces the run. Under a window it challenges the peer until that
// is as wide as the load will need it.
func (a *announcer) begin() error {
	if a.window == nil {
		for range plansBefore {
			a.announce()
		}
		return nil
	}
	for a.window.Open() {
		if ahead, most := a.window.Ahead(); ahead >= most {
			return nil
		}
		if !a.pause() {
			return nil
		}
	}
	return talk.ErrUnproven
}

// challengePause is how long to wait for a proof before looking again.
const challengePause = 5 * time.Millisecond

// pause challenges the peer if that is due and waits for a proof, but not for
// long. It says whether the run goes on.
func (a *announcer) pause() bool {
	if a.due() {
		a.announce()
	}
	timer := time.NewTimer(challengePause)
	defer timer.Stop()
	select {
	case <-a.window.Changed():
	case <-timer.C:
	case <-a.done:
		return false
	}
	return true
}

// Send sends the frames, in so far as the window lets it.
func (a *announcer) Send(frames [][]byte) (int, error) {
	if a.due() {
		a.announce()
	}
	if a.window == nil {
		return a.Port.Send(frames)
	}
	for n, f := range frames {
		if a.allowed(len(f)) {
			continue
		}
		sent, err := 0, error(nil)
		if n > 0 {
			sent, err = a.Port.Send(frames[:n])
		}
		if err != nil {
			return sent, err
		}
		return n, a.refusal()
	}
	return a.Port.Send(frames)
}

// refusal is why a frame is not sent.
func (a *announcer) refusal() error {
	select {
	case <-a.done:
		return load.ErrEnd
	default:
		a.withheld++
		return errWithheld
	}
}

// allowed waits until the window lets a frame pass; false if it does not.
func (a *announcer) allowed(bytes int) bool {
	for !a.window.Take(bytes) {
		if !a.wait && !a.window.Open() || !a.pause() {
			return false
		}
	}
	return true
}

// ticker tells the time that marks have: Unix time as it was when the run
// began, and what has passed since. So a clock that is set meanwhile changes
// nothing, and marks always have times in the order of their numbers.
type ticker struct{ start time.Time }

func newTicker() ticker { return ticker{time.Now()} }

func (t ticker) now() uint32 { return probe.Ticks(t.start.UnixNano() + int64(time.Since(t.start))) }
