package switchtest

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"eterm/iface/ifacetest"
)

// erroredCard asks a switch in memory what it does with errored frames.
func erroredCard(t *testing.T, habits []ifacetest.Habit, o ...ifacetest.Option) map[string]Result {
	t.Helper()
	results := map[string]Result{}
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2, o...)
		cfg := Config{A: sw.Port(0), B: sw.Port(1), Cases: ErroredCases(), Seed: 5}
		for i := range cfg.OwnFCS {
			sw.Port(i).Habits(habits...)
			cfg.OwnFCS[i] = sw.Port(i).OwnFCS()
		}
		card, err := Check(context.Background(), cfg)
		if err != nil || !card.Trusted() {
			t.Fatal(card, err)
		}
		for _, r := range card.Results {
			results[r.Case.Name] = r
		}
	})
	return results
}

var (
	hearsAll = []ifacetest.Habit{ifacetest.TakesErrored(), ifacetest.KeepsFCS()}
	// soundSize drops what is no frame by its size.
	soundSize = ifacetest.Faults(ifacetest.Drop(ifacetest.Where(func(f []byte) bool { return len(f) < shortest || len(f) > envelope-fcs })))
)

// TestErroredFrames: a sound switch forwards none, and each way of forwarding them is
// told from the others.
func TestErroredFrames(t *testing.T) {
	mtu := ifacetest.MTU(3000)
	for name, c := range map[string]struct {
		habits  []ifacetest.Habit
		options []ifacetest.Option
		want    map[string]Verdict
		seen    map[string]string
	}{
		"sound": {hearsAll, []ifacetest.Option{mtu, soundSize},
			map[string]Verdict{"errored.fcs": Pass, "errored.undersize": Pass, "errored.oversize": Pass},
			map[string]string{"errored.fcs": "A to B none of 10 arrived; B to A none of 10 arrived"}},
		"cuts through": {hearsAll, []ifacetest.Option{mtu, soundSize, ifacetest.Defective(ifacetest.ForwardsBadFCS())},
			map[string]Verdict{"errored.fcs": Fail, "errored.undersize": Pass},
			map[string]string{"errored.fcs": "with the wrong FCS they were sent with"}},
		"repairs": {hearsAll, []ifacetest.Option{mtu, soundSize, ifacetest.Defective(ifacetest.RepairsBadFCS())},
			map[string]Verdict{"errored.fcs": Fail}, map[string]string{"errored.fcs": "with a new FCS that hides the damage"}},
		"cuts through, without rx-fcs": {hearsAll[:1], []ifacetest.Option{mtu, soundSize, ifacetest.Defective(ifacetest.ForwardsBadFCS())},
			map[string]Verdict{"errored.fcs": Fail}, map[string]string{"errored.fcs": "10 of 10 arrived, the first of 64 bytes; B to A"}},
		"any size": {hearsAll, []ifacetest.Option{mtu},
			map[string]Verdict{"errored.fcs": Pass, "errored.undersize": Fail, "errored.oversize": Note},
			map[string]string{"errored.undersize": "46 of 46 arrived, the first of 18 bytes"}},
		"a NIC that pads, and a small MTU": {append(hearsAll, ifacetest.PadsRunts()), nil,
			map[string]Verdict{"errored.fcs": Pass, "errored.undersize": Untestable, "errored.oversize": Untestable},
			map[string]string{"errored.undersize": "46 of 46 frames arrived padded", "errored.oversize": "raise it"}},
	} {
		results := erroredCard(t, c.habits, c.options...)
		for row, want := range c.want {
			if r := results[row]; r.Verdict != want || !strings.Contains(r.Seen+r.Why, c.seen[row]) {
				t.Errorf("%s: %s: %v %s%s, want %v %s", name, row, r.Verdict, r.Seen, r.Why, want, c.seen[row])
			}
		}
	}
}

// TestErroredWhereTheNICMakesItsOwnFCS: then what arrives says nothing of the switch.
func TestErroredWhereTheNICMakesItsOwnFCS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2, ifacetest.MTU(2000))
		cfg := Config{A: sw.Port(0), B: sw.Port(1), Cases: ErroredCases()[:1]}
		cfg.OwnFCS[0], cfg.OwnFCS[1] = sw.Port(0).Twin(), sw.Port(1).Twin() // the four bytes are bytes of the frame
		card, err := Check(context.Background(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if r := card.Results[0]; r.Verdict != Untestable || !strings.Contains(r.Why, "makes its own") {
			t.Errorf("%v %s%s", r.Verdict, r.Seen, r.Why)
		}
	})
}
