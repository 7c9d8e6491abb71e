package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/iface"
)

// session is one run of a command that prints the frames of one port as they
// pass: the port, the printer, and the count of what was sent and received.
type session struct {
	port     iface.Port
	printer  *show.Frames
	out      *show.Output
	messages *show.Messages
	sent     atomic.Uint64
	received atomic.Uint64
	began    time.Time
	// hidden says that frames are counted or recorded but not shown, so that
	// nobody looks for faults in them.
	hidden  bool
	bridges *show.Bridges
	// failOnFault makes a frame with a fault the answer no.
	failOnFault bool
}

// sessionFlags are what every such command can be told.
type sessionFlags struct {
	iface   string
	format  show.Format
	json    bool
	snap    int
	promisc bool
	color   args.When
}

func (f *sessionFlags) flags() []cli.Flag {
	f.format, f.color = show.FormatDump, "auto"
	return []cli.Flag{
		args.InterfaceFlag(&f.iface),
		args.ChoiceFlag("format", &f.format, "print frames as `FORMAT`", show.FormatDump, show.FormatLine, show.FormatNotation, show.FormatTree, show.FormatClassic),
		args.Default(args.NumberFlag("snaplen", &f.snap, 0, args.Unlimited, "print only the first `BYTES` of each frame"), "all"),
		args.PromiscFlag(&f.promisc),
		args.ColorFlag(&f.color),
		args.JSONFlag(&f.json),
	}
}

// open begins a session on the interface named by the flags.
func (f *sessionFlags) open(c *cli.Context, o iface.Options) (*session, error) {
	o.Promiscuous = f.promisc
	port, err := openPort(c, f.iface, o)
	if err != nil {
		return nil, err
	}
	if !o.ReceiveOnly {
		port = watched(port)
	}
	warnOfVLANFilter(c, port)
	printed := show.FramesOptions{Format: f.format, Snap: f.snap, Color: show.UseColor(string(f.color), c.App.Writer)}
	if f.json {
		printed.Format = show.FormatJSON
	}
	out := output(c)
	return &session{port: port, printer: show.NewFrames(out, printed), out: out, messages: messages(c), bridges: show.LookForBridges(iface.BridgeSettings), began: time.Now()}, nil
}

// taker is what a run does with what it receives.
type taker struct {
	// batch takes frames; it says when the run is done.
	batch func([]iface.Received) (done bool, err error)
	// tick, if any, is called each second, frames or not.
	tick func(now time.Time) error
}

// receive takes frames until ctx ends, the taker says done, or the interface
// fails.
func (s *session) receive(ctx context.Context, t taker) error {
	rx := make([]iface.Received, receiveBatch)
	stopped := false
	take := func(rx []iface.Received) error {
		done, err := t.batch(rx)
		if err == nil && done {
			stopped, err = true, iface.ErrStop
		}
		return err
	}
	if t.tick == nil {
		return iface.FramesUntilDown(ctx, s.port, rx, take)
	}
	for next := s.began; ; next = next.Add(time.Second) {
		second, cancel := context.WithDeadline(ctx, next)
		err := iface.FramesUntilDown(second, s.port, rx, take)
		cancel()
		if err != nil || stopped || ctx.Err() != nil {
			return err
		}
		if err := t.tick(time.Now()); err != nil {
			return err
		}
	}
}

// receiveBatch is how many frames are taken at a time: enough that a write of
// their text is large.
const receiveBatch = 256

// print shows frames, up to the number given, and counts them; most 0 is all.
func (s *session) print(rx []iface.Received, most uint64) (done bool, err error) {
	for i := range rx {
		s.count(rx[i : i+1])
		if err := s.printer.Received(rx[i]); err != nil {
			return false, err
		}
		if most != 0 && s.sent.Load()+s.received.Load() >= most {
			return true, s.printer.Flush()
		}
	}
	return false, s.printer.Flush()
}

// count counts frames that were seen, by their direction, those of a batch at
// once: an atomic addition for each would be a tenth of what recording one costs.
func (s *session) count(rx []iface.Received) {
	var sent uint64
	for i := range rx {
		if rx[i].To == iface.Outgoing {
			sent++
		} else {
			s.bridges.Take(rx[i].Bytes, rx[i].Length)
		}
	}
	s.sent.Add(sent)
	s.received.Add(uint64(len(rx)) - sent)
}

// end closes the session, prints what was counted, and returns the error that
// tells the status: cause where there is one, else whether this host was able
// to see everything.
func (s *session) end(cause error, counted *show.Statistics) error {
	counters, err := s.port.Counters()
	sum := show.Summary{Sent: s.sent.Load(), Received: s.received.Load(), DurationNS: time.Since(s.began).Nanoseconds(), Statistics: counted}
	faulty := s.printer.Faulty()
	if !s.hidden {
		sum.Faulty = &faulty
	}
	if err == nil {
		sum.Refused, sum.DroppedByHost, sum.Counters = counters.Refused.Total(), counters.HostDropped(), &counters
	}
	if d, ok := iface.As[iface.DriverCounter](s.port); ok {
		sum.Driver = d.DriverCounters()
	}
	s.port.Close()
	s.bridges.Frames(s.messages)
	if printErr := s.out.Summary(sum, s.messages, s.printer.Format == show.FormatJSON); printErr != nil && cause == nil {
		cause = printErr
	}
	switch {
	case errors.Is(cause, iface.ErrDown), errors.Is(cause, iface.ErrGone):
		return exit.Untrusted("%w: the run ended there", cause)
	case cause != nil:
		return cause
	}
	doubts := counters.Doubts()
	for i, d := range doubts {
		if d.Reason == iface.HostDropped {
			doubts[i].Text += " (see --snaplen, --format line, -q)"
		}
	}
	if err := untrusted(doubts); err != nil {
		return err
	}
	if s.failOnFault && faulty > 0 {
		return exit.Failed("%d of %s have faults", faulty, show.Count(sum.Received, "frame"))
	}
	return nil
}
