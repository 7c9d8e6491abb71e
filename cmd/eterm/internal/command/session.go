package command

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

// Session is one run of a command that prints the frames of one port as they
// pass: the port, the printer, and the count of what was sent and received.
type Session struct {
	Port     iface.Port
	Printer  *show.Frames
	Out      *show.Output
	Messages *show.Messages
	Sent     atomic.Uint64
	Received atomic.Uint64
	Began    time.Time
	// Hidden says that frames are counted or recorded but not shown, so that
	// nobody looks for faults in them.
	Hidden  bool
	Bridges *show.Bridges
	// FailOnFault makes a frame with a fault the answer no.
	FailOnFault bool
}

// SessionFlags are what every such command can be told.
type SessionFlags struct {
	Iface   string
	format  show.Format
	JSON    bool
	Snap    int
	promisc bool
	color   args.When
}

// Flags are the flags of a command that prints frames.
func (f *SessionFlags) Flags() []cli.Flag {
	f.format, f.color = show.FormatDump, "auto"
	return []cli.Flag{
		args.InterfaceFlag(&f.Iface),
		args.ChoiceFlag("format", &f.format, "print frames as `FORMAT`", show.FormatDump, show.FormatLine, show.FormatNotation, show.FormatTree, show.FormatClassic),
		args.Default(args.NumberFlag("snaplen", &f.Snap, 0, args.Unlimited, "print only the first `BYTES` of each frame"), "all"),
		args.PromiscFlag(&f.promisc),
		args.ColorFlag(&f.color),
		args.JSONFlag(&f.JSON),
	}
}

// Open begins a session on the interface named by the flags.
func (f *SessionFlags) Open(c *cli.Context, o iface.Options) (*Session, error) {
	o.Promiscuous = f.promisc
	opener := openWatched
	if o.ReceiveOnly {
		opener = OpenPort
	}
	port, err := opener(c, f.Iface, o)
	if err != nil {
		return nil, err
	}
	warnOfVLANFilter(c, port)
	printed := show.FramesOptions{Format: f.format, Snap: f.Snap, Color: show.UseColor(string(f.color), c.App.Writer)}
	if f.JSON {
		printed.Format = show.FormatJSON
	}
	out := Output(c)
	return &Session{Port: port, Printer: show.NewFrames(out, printed), Out: out, Messages: Messages(c), Bridges: show.LookForBridges(iface.BridgeSettings), Began: time.Now()}, nil
}

// Taker is what a run does with what it receives.
type Taker struct {
	// Batch takes frames; it says when the run is done.
	Batch func([]iface.Received) (done bool, err error)
	// Tick, if any, is called each second, frames or not.
	Tick func(now time.Time) error
}

// Receive takes frames until ctx ends, the taker says done, or the interface
// fails.
func (s *Session) Receive(ctx context.Context, t Taker) error {
	rx := make([]iface.Received, receiveBatch)
	stopped := false
	take := func(rx []iface.Received) error {
		done, err := t.Batch(rx)
		if err == nil && done {
			stopped, err = true, iface.ErrStop
		}
		return err
	}
	if t.Tick == nil {
		return iface.FramesUntilDown(ctx, s.Port, rx, take)
	}
	for next := s.Began; ; next = next.Add(time.Second) {
		second, cancel := context.WithDeadline(ctx, next)
		err := iface.FramesUntilDown(second, s.Port, rx, take)
		cancel()
		if err != nil || stopped || ctx.Err() != nil {
			return err
		}
		if err := t.Tick(time.Now()); err != nil {
			return err
		}
	}
}

// receiveBatch is how many frames are taken at a time: enough that a write of
// their text is large.
const receiveBatch = 256

// Print shows frames, up to the number given, and counts them; most 0 is all.
func (s *Session) Print(rx []iface.Received, most uint64) (done bool, err error) {
	for i := range rx {
		s.count(rx[i : i+1])
		if err := s.Printer.Received(rx[i]); err != nil {
			return false, err
		}
		if most != 0 && s.Sent.Load()+s.Received.Load() >= most {
			return true, s.Printer.Flush()
		}
	}
	return false, s.Printer.Flush()
}

// count counts frames that were seen, by their direction, those of a batch at
// once: an atomic addition for each would be a tenth of what recording one costs.
func (s *Session) count(rx []iface.Received) {
	var sent uint64
	for i := range rx {
		if rx[i].To == iface.Outgoing {
			sent++
		} else {
			s.Bridges.Take(rx[i].Bytes, rx[i].Length)
		}
	}
	s.Sent.Add(sent)
	s.Received.Add(uint64(len(rx)) - sent)
}

// End closes the session, prints what was counted, and returns the error that
// tells the status: cause where there is one, else whether this host was able
// to see everything.
func (s *Session) End(cause error, counted *show.Statistics) error {
	counters, err := s.Port.Counters()
	sum := show.Summary{Sent: s.Sent.Load(), Received: s.Received.Load(), DurationNS: time.Since(s.Began).Nanoseconds(), Statistics: counted}
	faulty := s.Printer.Faulty()
	if !s.Hidden {
		sum.Faulty = &faulty
	}
	if err == nil {
		sum.Refused, sum.DroppedByHost, sum.Counters = counters.Refused.Total(), counters.HostDropped(), &counters
	}
	if d, ok := iface.As[iface.DriverCounter](s.Port); ok {
		sum.Driver = d.DriverCounters()
	}
	s.Port.Close()
	s.Bridges.Frames(s.Messages)
	if printErr := s.Out.Summary(sum, s.Messages, s.Printer.Format == show.FormatJSON); printErr != nil && cause == nil {
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
	if err := Untrusted(doubts); err != nil {
		return err
	}
	if s.FailOnFault && faulty > 0 {
		return exit.Failed("%d of %s have faults", faulty, show.Count(sum.Received, "frame"))
	}
	return nil
}
