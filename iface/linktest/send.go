package linktest

import (
	"context"
	"errors"
	"math"
	"time"

	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/load"
	"eterm/iface/load/pace"
	"eterm/iface/talk"
)

// SendOptions say how a load is offered. The zero value is right for real ports.
type SendOptions struct {
	// Session tells this run's frames from all others: 24 bits, random.
	Session uint32
	// Clock paces the frames; nil is pace.Precise.
	Clock pace.Clock
	// Offered, if not nil, is called now and then with the number of frames
	// made so far.
	Offered func(n uint64)
	// Window, if not nil, bounds what is sent by what the receiver proves.
	Window *talk.Window
}

// Sent is the sender's account of one run.
type Sent struct {
	probe.SenderAccount
	load.Result
	Plan probe.Plan
	// Withheld frames are those of Skipped that the window did not let pass.
	Withheld uint64
}

// Frames that frame a run: plan frames before it and while it lasts, end
// frames after it.
const (
	plansBefore = 3
	planEvery   = 500 * time.Millisecond
	ends        = 5
	endEvery    = 20 * time.Millisecond
)

// Send offers a load: plan frames, the test frames, end frames. A ctx that ends
// ends the test frames early; the end frames are sent all the same, and say how
// many there were. The account is valid also when there is an error.
func Send(ctx context.Context, port iface.Port, l Load, o SendOptions) (Sent, error) {
	if err := l.Check(port.MTU()); err != nil {
		return Sent{}, err
	}
	s, err := newSource(l, o)
	if err != nil {
		return Sent{}, err
	}
	if o.Clock == nil {
		o.Clock = pace.Precise()
	}
	announcer, err := newAnnouncer(ctx, port, l, o)
	if err != nil {
		return Sent{}, err
	}
	if err := announcer.begin(); err != nil {
		return Sent{Plan: l.plan(l.longest()), SenderAccount: probe.SenderAccount{Intended: l.total()}}, err
	}
	p := load.Plan{Count: l.Count, Duration: l.Duration, Schedule: l.schedule(), Clock: o.Clock}
	r, runErr := load.Run(ctx, announcer, s.next, p)
	sent := Sent{Result: r, Plan: l.plan(l.longest()), Withheld: announcer.withheld, SenderAccount: probe.SenderAccount{
		Intended: l.intended(r), Offered: r.Offered, Refused: r.Skipped, Elapsed: uint64(r.Elapsed)}}
	sent.Doubted = SenderOnly(o.Session, sent.Side(l, runErr)).Verdict.Status == Untrusted
	return sent, errors.Join(runErr, end(port, l, o, s.ticks, sent.SenderAccount))
}

// end tells the receiver of a run what its sender did: five times, 20 ms apart.
// An end frame that is refused is lost like any other.
func end(port iface.Port, l Load, o SendOptions, ticks ticker, a probe.SenderAccount) error {
	p := l.plan(l.longest())
	t, err := l.wrap(l.roomForSeal(p.AppendEndPayload(nil, a)), 0, probe.KindEnd, o.Session, l.EtherType)
	if err != nil {
		return err
	}
	for i := range ends {
		if i > 0 {
			o.Clock.Wait(o.Clock.Now()+endEvery, nil)
		}
		if o.Window != nil && !o.Window.Take(len(t.frame)) {
			continue
		}
		t.writer.Write(uint32(i), ticks.now())
		_, _ = port.Send([][]byte{t.frame})
	}
	return nil
}

// intended is how many frames the load asked for, as far as time allowed. A run
// without an end asked for what it offered.
func (l Load) intended(r load.Result) uint64 {
	if n := l.total(); n > 0 {
		return n
	}
	return r.Offered
}

func (l Load) schedule() pace.Schedule {
	if math.IsInf(l.Rate, 1) {
		return nil
	}
	return pace.Rate(l.Rate)
}

// longest of the sizes.
func (l Load) longest() (n int) {
	for _, s := range l.Sizes {
		n = max(n, s)
	}
	return n
}

// source makes the test frames of a run.
type source struct {
	templates [][]template // by stream, by size
	ticks     ticker
	next64    uint64
	offered   func(uint64)
	every     uint64 // how often offered is called: once in so many frames
}

func newSource(l Load, o SendOptions) (*source, error) {
	s := &source{templates: make([][]template, l.streams()), ticks: newTicker(), offered: o.Offered, every: uint64(min(max(l.Rate/10, 1), 256))}
	for stream := range s.templates {
		for _, size := range l.Sizes {
			t, err := l.build(uint8(stream), size, l.plan(size), o.Session)
			if err != nil {
				return nil, err
			}
			s.templates[stream] = append(s.templates[stream], t)
		}
	}
	return s, nil
}

// next appends the next frame: streams take turns, and within each the sizes.
func (s *source) next(dst []byte) []byte {
	n := s.next64
	s.next64++
	if s.offered != nil && n%s.every == 0 {
		s.offered(n)
	}
	streams := uint64(len(s.templates))
	number := n / streams
	sizes := s.templates[n%streams]
	t := &sizes[number%uint64(len(sizes))]
	t.writer.Write(uint32(number), s.ticks.now())
	return append(dst, t.frame...)
}
