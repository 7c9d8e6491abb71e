package linkcmd

import (
	"errors"
	"net"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/talk"
)

// broadcastMAC finds a peer whose address is not known.
var broadcastMAC = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// pair tests together with a peer at the other end.
func (r *linkRunner) pair(c *cli.Context, l linktest.Load) error {
	port, err := command.OpenPort(c, r.iface, iface.Options{Promiscuous: true})
	if err != nil {
		return err
	}
	defer port.Close()
	control, err := command.OpenControl(r.iface, len(l.VLANs))
	if err != nil {
		return err
	}
	defer control.Close()
	if err := command.AtWork(c); err != nil {
		return err
	}
	if l.Dst == nil {
		l.Dst = broadcastMAC
	}
	stop := func() {}
	total, err := linktest.Pair(c.Context, port, control, linktest.PairOptions{
		To: l.Dst, Load: l, Forward: r.direction != linktest.Reverse, Reverse: r.direction != linktest.Forward,
		Session: newSession(), ReverseSession: newSession(), Drain: time.Duration(r.drain), Limits: r.limit, SharedClock: r.shared,
		Key: l.Key, Follow: func(s stats.Source, silent func() bool) { stop = r.follow(s, silent) },
	})
	stop()
	if total.Type == "" {
		if errors.Is(err, talk.ErrNoPeer) {
			return exit.Failed("%w", err)
		}
		return err
	}
	if printErr := r.output.Total(total); printErr != nil {
		return printErr
	}
	if err != nil {
		return exit.Untrusted("%w", err)
	}
	return exit.Quietly(r.output.Status())
}

// follow follows a test, and says where the other end is silent.
func (r *linkRunner) follow(s stats.Source, silent func() bool) (stop func()) {
	return r.output.kept.Follow(s, func(_ time.Time, all []stats.SoFar) {
		note := ""
		if silent() {
			note = "the peer does not reply"
		}
		r.output.kept.Screen.Status(note)
		r.output.SoFar(0, all, note)
	})
}
