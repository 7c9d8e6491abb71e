package linkcmd

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"runtime"
	"sync/atomic"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/linktest"
)

// linkSender is eterm link send.
type linkSender struct {
	iface  string
	load   args.Load
	key    string
	output Printer
}

func linkSendCommand() *cli.Command {
	s := &linkSender{}
	return &cli.Command{
		Name:  "send",
		Usage: "offer test frames; \"link receive\" at the other end accounts for them",
		UsageText: "eterm link send -i eth0 --to 02:00:00:00:00:02 -b 10kpps -d 60\n" +
			"eterm link send -i eth0 --to broadcast -c 1000000 -b max -s 64,512,1518\n" +
			"eterm link send -i eth0 --to 02:00:00:00:00:02 --ip 192.0.2.1,192.0.2.2 -Q 3:100 --streams 4",
		Flags:  append(append([]cli.Flag{args.InterfaceFlag(&s.iface), command.KeyFlag(&s.key)}, s.load.Flags()...), s.output.flags()...),
		Action: s.run,
	}
}

func (s *linkSender) run(c *cli.Context) (err error) {
	if !s.load.To.Given() {
		return exit.Usage("no destination given: say --to MAC, the receiver's address, or --to broadcast")
	}
	l, err := loadOn(c, &s.load, s.iface, s.key)
	if err != nil {
		return err
	}
	if err := s.output.Open(c, command.PortAs("send", s.iface)); err != nil {
		return err
	}
	defer func() { err = s.output.close(c, err) }()
	port, err := command.OpenPort(c, s.iface, iface.Options{SendOnly: true})
	if err != nil {
		return err
	}
	defer port.Close()
	if err := command.AtWork(c); err != nil {
		return err
	}
	session := newSession()
	command.Note(c, "run %06x: offering test frames to %v on %s, %s", session, l.Dst, port.Name(), command.Until(l.Count, "frame", l.Duration))
	var offered atomic.Uint64
	s.output.early = func() bool { return c.Context.Err() != nil && (l.Count > 0 || l.Duration > 0) }
	s.output.offers(l, linktest.Forward)
	stop := s.output.follow(session, func() []stats.SoFar { n := offered.Load(); return []stats.SoFar{{Offered: &n}} })
	// As in send: idle processors of the runtime's would only disturb the one
	// that sends.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	sent, runErr := linktest.Send(c.Context, port, l, linktest.SendOptions{Session: session, Offered: offered.Store})
	offered.Store(sent.Result.Offered)
	stop()
	side := sent.Side(l, runErr)
	a := linktest.SenderOnly(session, side)
	if err := s.output.Sender(fmt.Sprintf("run %06x", session), a); err != nil {
		return err
	}
	return s.status(runErr, a)
}

// status is the exit status: whether the host offered what it was asked to.
func (s *linkSender) status(runErr error, a linktest.Result) error {
	if runErr != nil {
		return exit.Untrusted("%w", runErr)
	}
	return exit.Quietly(a.Verdict.Status)
}

// newSession draws the number of a run.
func newSession() uint32 {
	n, err := rand.Int(rand.Reader, big.NewInt(1<<24-1))
	if err != nil {
		panic(err) // crypto/rand does not fail on Linux
	}
	return uint32(n.Uint64()) + 1
}
