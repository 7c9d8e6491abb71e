package linktest_test

import (
	"context"
	"testing"

	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
	"eterm/iface/linktest"
	"eterm/iface/respond"
	"eterm/iface/talk"
)

// TestBothWaysThroughRealSwitches: two hosts with nothing but layer 2 between
// them test a switch in both directions at once, and lose nothing at 2000
// frames a second each way; at 250 through Open vSwitch, which holds 256 frames
// while a busy machine keeps it waiting.
func TestBothWaysThroughRealSwitches(t *testing.T) {
	for _, fabric := range []struct {
		name  string
		count uint64
		rate  float64
		join  func(t *testing.T) (left, right *lab.Host)
	}{
		{"Linux bridge", 2000, 2000, func(t *testing.T) (left, right *lab.Host) {
			left, right, _ = labtest.Switched(t)
			return left, right
		}},
		{"Open vSwitch", 400, 250, func(t *testing.T) (left, right *lab.Host) {
			left, right = labtest.Host(t, "left"), labtest.Host(t, "right")
			labtest.NewOVS(t, left, right)
			return left, right
		}},
	} {
		t.Run(fabric.name, func(t *testing.T) {
			left, right := fabric.join(t)
			told := make(chan linktest.Total, 1)
			peer := linktest.NewPeer(plug(t, right, iface.Options{}), linktest.PeerOptions{Result: func(r linktest.Total) { told <- r }})
			reflector := talk.NewReflector(seal.Key{}, map[talk.Service]talk.Server{talk.Link: peer})
			responder := respond.New(control(t, right), respond.Config{More: []respond.Answerer{reflector.Answerer()}})
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			go peer.Serve(ctx)
			go responder.Serve(ctx)
			o := (&segment{}).options(linktest.Load{Sizes: []int{64, 1518}, Rate: fabric.rate, Count: fabric.count})
			o.Clock = nil
			total, err := linktest.Pair(ctx, plug(t, left, iface.Options{}), control(t, left), o)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range total.Directions {
				addsUp(t, d)
				if d.Received != fabric.count || d.Duplicated+d.Reordered+d.Corrupted != 0 {
					t.Errorf("%s: %d received, %d lost, %d duplicated, %d reordered, %d corrupted", d.Direction, d.Received, d.Lost, d.Duplicated, d.Reordered, d.Corrupted)
				}
			}
			if other := <-told; other.Received != total.Received {
				t.Errorf("the other end was told of %d received, not %d", other.Received, total.Received)
			}
		})
	}
}

// control opens the port two eterms talk over.
func control(t *testing.T, h *lab.Host) iface.Port {
	t.Helper()
	filter, err := talk.Filter(0)
	if err != nil {
		t.Fatal(err)
	}
	return plug(t, h, iface.Options{Immediate: true, Filter: filter})
}
