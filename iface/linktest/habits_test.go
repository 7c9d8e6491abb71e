package linktest_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
)

// withHabits is a run of 400 frames at 100 a second, with priority 5 in VLAN 10.
func withHabits(t *testing.T, tx, rx *ifacetest.Port) linktest.Result {
	t.Helper()
	l := linktest.Load{Src: tx.HardwareAddr(), Dst: rx.HardwareAddr(), Sizes: []int{64}, Rate: 100, Count: 400, VLANs: []frame.VLAN{{ID: 10, PCP: 5}}}
	r, err := linktest.Direct(t.Context(), tx, rx, l, linktest.DirectOptions{Session: 1, Clock: pace.Timers()})
	if err != nil {
		t.Fatal(err)
	}
	if r.Offered != r.Received+r.Lost || r.Offered != 400 {
		t.Errorf("offered %d, received %d, lost %d", r.Offered, r.Received, r.Lost)
	}
	return r
}

// doubted says whether a result is not trusted for a reason with this text.
func doubted(r linktest.Result, text string) bool {
	return r.Verdict.Status == linktest.Untrusted && slices.ContainsFunc(r.Verdict.Untrusted, func(s string) bool { return strings.Contains(s, text) })
}

// TestHabitsAreNotTheLinks: what NICs and drivers do to frames and counters by
// themselves is put down to them, and to no link between them.
func TestHabitsAreNotTheLinks(t *testing.T) {
	for name, c := range map[string]struct {
		habits func(tx, rx *ifacetest.Port)
		check  func(linktest.Result) bool
	}{
		"none": {func(_, _ *ifacetest.Port) {}, func(r linktest.Result) bool {
			return r.Received == 400 && r.Receiver.Report.Damage.Retagged == 0 && !r.Receiver.TakesTags && r.Verdict.Status == linktest.Passed
		}},
		"priority lost": {func(_, rx *ifacetest.Port) { rx.Habits(ifacetest.LosesPriority()) }, func(r linktest.Result) bool {
			return r.Received == 400 && r.Corrupted == 0 && r.Receiver.Report.Damage.NoPriority == 400 && r.Receiver.PriorityNotKnown() && r.Verdict.Status == linktest.Passed
		}},
		"carrier lost at a change of MTU": {func(tx, _ *ifacetest.Port) {
			tx.Habits(ifacetest.SlowLink(time.Second))
			time.AfterFunc(1005*time.Millisecond, func() { tx.SetMTU(9000) })
		}, func(r linktest.Result) bool {
			return r.Received == 300 && doubted(r, "at the sender the carrier was lost once")
		}},
		"counters begun anew": {func(_, rx *ifacetest.Port) { time.AfterFunc(3005*time.Millisecond, rx.ResetCounters) }, func(r linktest.Result) bool {
			return r.Received == 400 && r.Receiver.NICDropped == 0 && doubted(r, "at the receiver ")
		}},
		"missed rises by itself": {func(_, rx *ifacetest.Port) { rx.Habits(ifacetest.MissedRises(time.Millisecond)) }, func(r linktest.Result) bool {
			return r.Received == 400 && r.Where == linktest.Where{} && r.Receiver.NICDropped > 400 && r.Verdict.Status == linktest.Passed
		}},
		"overtaken in the host": { // every fourth, most of them test frames
			func(_, rx *ifacetest.Port) { rx.Habits(ifacetest.Overtaking(ifacetest.Every(4))) }, func(r linktest.Result) bool {
				return r.Received == 400 && r.Reordered == 0 && r.ByHost > 90 && r.Verdict.Status == linktest.Passed
			}},
		"filters VLANs": {func(_, rx *ifacetest.Port) { rx.Habits(ifacetest.FiltersVLANs(7)) }, func(r linktest.Result) bool {
			return r.Received == 0 && r.Verdict.Status == linktest.Failed
		}},
		"and is promiscuous": {func(_, rx *ifacetest.Port) { rx.Habits(ifacetest.FiltersVLANs(7)); rx.SetPromiscuous(true) }, func(r linktest.Result) bool {
			return r.Received == 400 && r.Verdict.Status == linktest.Passed
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tx, rx := ifacetest.Wire(ifacetest.Buffer(1000))
				c.habits(tx, rx)
				if r := withHabits(t, tx, rx); !c.check(r) {
					t.Errorf("%+v, doubts %v, damage %+v", r, r.Verdict.Untrusted, r.Receiver.Report.Damage)
				}
			})
		})
	}
	var _ iface.TagTaker = (*ifacetest.Port)(nil) // or no habit of tags is seen
}
