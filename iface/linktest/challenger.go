package linktest

import (
	"context"

	"eterm/iface"
	"eterm/iface/load/pace"
	"eterm/iface/talk"
)

// Challenger is a port whose frames leave only as far as a window lets them, with
// the challenges that keep the window open between them. A frame whose turn comes
// while the window is closed is refused, and counted as withheld.
type Challenger struct{ *announcer }

// NewChallenger wraps a port for the frames of one run of a load to one station.
// What the load is made of must be sent by somebody else: of it the challenges
// have the look alone.
func NewChallenger(ctx context.Context, port iface.Port, l Load, session uint32, w *talk.Window, clock pace.Clock) (*Challenger, error) {
	a, err := newAnnouncer(ctx, port, l, SendOptions{Session: session, Window: w, Clock: clock})
	if err != nil {
		return nil, err
	}
	a.wait = false
	return &Challenger{a}, nil
}

// Prove challenges the station until the window is as wide as it will be. It
// fails if the station does not prove that it receives, and ends with the ctx.
func (c *Challenger) Prove() error { return c.begin() }

// Withheld is how many frames were refused because the window was closed.
func (c *Challenger) Withheld() uint64 { return c.withheld }
