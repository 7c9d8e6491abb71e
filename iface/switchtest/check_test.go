package switchtest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface/ifacetest"
)

// The whole card, five minutes of ageing included, on a switch without defect.
func TestSoundSwitchPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(3, ifacetest.Capacity(5000), ifacetest.MTU(9000))
		card, err := Check(context.Background(), Config{A: sw.Port(0), B: sw.Port(1), Third: sw.Port(2), Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]string{}
		for _, r := range card.Results {
			values[r.Case.Name] = r.Value
			if r.Verdict == Fail || r.Verdict == Untestable {
				t.Errorf("%s is %v: %s %s%s", r.Case.Name, r.Verdict, r.Value, r.Seen, r.Why)
			}
		}
		if len(card.Results) != len(Cases()) || !card.Trusted() || card.Loop != nil {
			t.Errorf("%d of %d results, trusted %v, loop %v", len(card.Results), len(Cases()), card.Trusted(), card.Loop)
		}
		for name, want := range map[string]string{"learning.capacity": "5000", "sizes.jumbo": "9018+", "vlan.ids": "1-4094"} {
			if values[name] != want {
				t.Errorf("%s came to %s, want %s", name, values[name], want)
			}
		}
		aged, err := time.ParseDuration(values["ageing.time"])
		if err != nil || aged < 300*time.Second || aged > 304*time.Second {
			t.Errorf("ageing time came to %v (%v), want 300 s and at most 1 in 100 more", aged, err)
		}
	})
}

// Whatever breaks off, nothing passes on a link that carries nothing.
func TestSilentLinkPassesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead := ifacetest.Faults(ifacetest.Drop(ifacetest.Always()))
		sw := ifacetest.NewSwitch(2, dead)
		card, err := Check(context.Background(), Config{A: sw.Port(0), B: sw.Port(1)})
		if !errors.Is(err, ErrNotConnected) || card != nil {
			t.Errorf("got card %v, error %v: want no card and ErrNotConnected", card, err)
		}
	})
}

func TestLinkThatGoesSilentPassesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2, ifacetest.Faults(ifacetest.Drop(ifacetest.Range(1000, 1<<60))))
		card, err := Check(context.Background(), Config{A: sw.Port(0), B: sw.Port(1)})
		if err != nil {
			t.Fatal(err)
		}
		silent := false
		for _, r := range card.Results {
			silent = silent || r.Silent
			if silent && r.Verdict != Untestable {
				t.Errorf("%s is %v on a dead link", r.Case.Name, r.Verdict)
			}
		}
		if !silent || card.Trusted() {
			t.Errorf("silent %v, trusted %v: want a card that cannot be trusted", silent, card.Trusted())
		}
	})
}

func TestReflectionIsALoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2, ifacetest.Defective(ifacetest.Reflects()))
		card, err := Check(context.Background(), Config{A: sw.Port(0), B: sw.Port(1)})
		if err != nil {
			t.Fatal(err)
		}
		if card.Loop == nil || !card.Loop.Returned || card.Count(Fail) != 1 || card.Count(Pass) != 0 {
			t.Errorf("loop %v, %d failures, %d passes: want a returned frame, 1, 0", card.Loop, card.Count(Fail), card.Count(Pass))
		}
	})
}

func TestStormIsALoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		copies := []ifacetest.Fault{}
		for range 4 { // each doubles: 16 copies
			copies = append(copies, ifacetest.Duplicate(ifacetest.Always()))
		}
		sw := ifacetest.NewSwitch(2, ifacetest.Faults(copies...))
		card, err := Check(context.Background(), Config{A: sw.Port(0), B: sw.Port(1)})
		if err != nil {
			t.Fatal(err)
		}
		if card.Loop == nil || card.Loop.Returned || card.Count(Fail) != 1 || card.Count(Pass) != 0 {
			t.Errorf("loop %v, %d failures, %d passes: want a storm, 1, 0", card.Loop, card.Count(Fail), card.Count(Pass))
		}
	})
}

// A host that loses frames must not blame the switch.
func TestHostThatLosesFramesIsNotTrusted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2, ifacetest.Buffer(20))
		cases, err := Select([]string{"sizes.untagged"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		card, err := Check(context.Background(), Config{A: sw.Port(0), B: sw.Port(1), Cases: cases})
		if err != nil {
			t.Fatal(err)
		}
		if card.Results[0].Verdict != Untestable || card.HostLost == 0 || card.Trusted() {
			t.Errorf("%v, %d lost by the host", card.Results[0], card.HostLost)
		}
	})
}

func TestCancelledRunKeepsItsCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		card, err := Check(ctx, Config{A: sw.Port(0), B: sw.Port(1)})
		if !errors.Is(err, context.DeadlineExceeded) || card == nil || len(card.Results) != len(Cases()) {
			t.Fatalf("error %v, card %v: want the deadline and a card", err, card)
		}
		if card.Count(Pass) == 0 || card.Results[len(card.Results)-1].Verdict != Untestable {
			t.Errorf("%d passes; the last case is %v", card.Count(Pass), card.Results[len(card.Results)-1].Verdict)
		}
	})
}

// Frames that take a slower way are waited for, and are no failure.
func TestSlowFloodingIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := ifacetest.Delay(ifacetest.Where(func(f []byte) bool { return f[0]&1 == 1 }), 100*time.Millisecond)
		sw := ifacetest.NewSwitch(2, ifacetest.Faults(slow))
		cases, err := Select([]string{"flooding", "reserved"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		card, err := Check(t.Context(), Config{A: sw.Port(0), B: sw.Port(1), Cases: cases})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range card.Results {
			if r.Verdict != Pass {
				t.Errorf("%s is %v: %s%s", r.Case.Name, r.Verdict, r.Seen, r.Why)
			}
		}
	})
}

// Frames that come later than any patience make a case untestable, and no
// failure: here those of one group only, which nothing foretells.
func TestFramesTooLateAreNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := ifacetest.Delay(ifacetest.Where(to("\x01\x00\x5e\x00\x00\x01")), longestDrain+100*time.Millisecond)
		sw := ifacetest.NewSwitch(2, ifacetest.Faults(slow))
		cases, err := Select([]string{"reserved.ipv4-all-hosts"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		card, err := Check(t.Context(), Config{A: sw.Port(0), B: sw.Port(1), Cases: cases})
		if err != nil {
			t.Fatal(err)
		}
		if r := card.Results[0]; r.Verdict != Untestable {
			t.Errorf("%v: %s%s", r.Verdict, r.Seen, r.Why)
		}
	})
}

// What was not waited for, or not tried, is no failure.
func TestLimitsOfTheMeasurementAreNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2)
		cases, err := Select([]string{"ageing.time", "learning.capacity"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		expect, err := ParseExpectations([]byte("learning.capacity: '>=4096'"))
		if err != nil {
			t.Fatal(err)
		}
		card, err := Check(t.Context(), Config{A: sw.Port(0), B: sw.Port(1), Cases: cases, Expect: expect, MaxAgeing: 5 * time.Second, MaxMACs: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range card.Results {
			if r.Verdict != Untestable || r.Why == "" {
				t.Errorf("%s is %v: %s: %s%s", r.Case.Name, r.Verdict, r.Value, r.Seen, r.Why)
			}
		}
	})
}
