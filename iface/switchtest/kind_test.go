package switchtest

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface/ifacetest"
)

// cardInMemory runs the cases of some groups on a switch in memory.
func cardInMemory(t *testing.T, sw *ifacetest.Switch, expect string, only ...string) *Card {
	t.Helper()
	cases, err := Select(only, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := ParseExpectations([]byte(expect))
	if err != nil {
		t.Fatal(err)
	}
	card, err := Check(context.Background(), Config{A: sw.Port(0), B: sw.Port(1), Seed: 1, Cases: cases, Expect: e})
	if err != nil {
		t.Fatal(err)
	}
	return card
}

func row(t *testing.T, card *Card, name string) Result {
	t.Helper()
	for _, r := range card.Results {
		if r.Case.Name == name {
			return r
		}
	}
	t.Fatalf("no row %s", name)
	return Result{}
}

// A provider bridge forwards what only customers' bridges reserve: found out, or
// said; and whoever says that it is a customer bridge gets the failures.
func TestProviderBridge(t *testing.T) {
	for expect, want := range map[string]Verdict{"": Pass, "bridge: provider": Pass, "bridge: customer": Fail} {
		synctest.Test(t, func(t *testing.T) {
			card := cardInMemory(t, ifacetest.NewSwitch(2, ifacetest.Defective(ifacetest.Provider())), expect, "reserved")
			for _, name := range []string{"reserved.0b", "reserved.0c", "reserved.0d-provider-mvrp", "reserved.0f"} {
				if r := row(t, card, name); r.Verdict != want || r.Value != forwarded {
					t.Errorf("%q: %s is %v (%s): %s, want %v", expect, name, r.Verdict, r.Value, r.Seen, want)
				}
			}
			for _, name := range []string{"reserved.01-pause", "reserved.0e-lldp-ptp", "reserved.08-provider"} {
				if r := row(t, card, name); r.Verdict != Pass || r.Value != consumed {
					t.Errorf("%q: %s is %v (%s)", expect, name, r.Verdict, r.Value)
				}
			}
		})
	}
	if _, err := ParseExpectations([]byte("bridge: blue")); err == nil || !strings.Contains(err.Error(), "customer or provider") {
		t.Errorf("a kind of bridge that there is not: %v", err)
	}
}

// A bridge that forwards one of those groups and all tags is no provider bridge.
func TestCustomerBridgeThatForwardsReservedGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := cardInMemory(t, ifacetest.NewSwitch(2, ifacetest.Defective(ifacetest.Hub())), "", "reserved.0b")
		if r := row(t, card, "reserved.0b"); r.Verdict != Fail {
			t.Errorf("%v: %s", r.Verdict, r.Seen)
		}
	})
}

// A hub fails one case, not each that asks for a bridge.
func TestHubIsOneRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := cardInMemory(t, ifacetest.NewSwitch(2, ifacetest.Defective(ifacetest.Hub())), "", "forwarding", "flooding", "learning", "addresses", "reserved")
		if n := card.Count(Fail); n != 1 {
			t.Errorf("%d failures, want 1", n)
		}
		if r := row(t, card, "forwarding.hub"); r.Verdict != Fail || r.Value != "hub" || !strings.Contains(r.Seen, "learns no address") {
			t.Errorf("%v %s: %s", r.Verdict, r.Value, r.Seen)
		}
	})
	synctest.Test(t, func(t *testing.T) { // what learns nothing and keeps reserved groups is a bridge with a defect
		card := cardInMemory(t, ifacetest.NewSwitch(2, ifacetest.Defective(ifacetest.NeverLearns())), "", "learning", "reserved")
		if r := row(t, card, "learning.learns"); r.Verdict != Fail {
			t.Errorf("%v: %s", r.Verdict, r.Seen)
		}
	})
}

// A NIC that loses the priority of tags it takes off is not the switch's fault.
func TestPriorityLostByTheReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2)
		sw.Port(1).Habits(ifacetest.LosesPriority())
		card := cardInMemory(t, sw, "", "vlan.priority", "vlan.drop-eligible")
		for _, r := range card.Results {
			if r.Verdict != Untestable || !strings.Contains(r.Why, "rxvlan off") {
				t.Errorf("%s is %v: %s%s", r.Case.Name, r.Verdict, r.Seen, r.Why)
			}
		}
	})
}

// Nor is it where VLANs are asked about one by one; the other way is not affected.
func TestPriorityLostByTheReceiverOfAskedVLANs(t *testing.T) {
	member := trunked(1, 20)
	_, card, err := askSwitch(t, "20", func() *ifacetest.Switch {
		sw := ifacetest.NewSwitch(2, ifacetest.VLANs(0, member), ifacetest.VLANs(1, member))
		sw.Port(1).Habits(ifacetest.LosesPriority())
		return sw
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range card.Results {
		want := Pass
		if strings.Contains(r.Case.Name, "a-to-b.") {
			want = Untestable
		}
		if r.Verdict != want || want == Untestable && !strings.Contains(r.Why, "rxvlan off") {
			t.Errorf("%s is %v: %s%s", r.Case.Name, r.Verdict, r.Seen, r.Why)
		}
	}
}

// Missed frames that a NIC counts by itself make no case untestable in which
// nothing was missing, and the card is as good.
func TestMissedThatRisesByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2)
		sw.Port(1).Habits(ifacetest.MissedRises(time.Millisecond))
		card := cardInMemory(t, sw, "", "forwarding", "sizes.untagged", "flooding.broadcast", "transparency")
		for _, r := range card.Results {
			if r.Verdict != Pass {
				t.Errorf("%s is %v: %s%s", r.Case.Name, r.Verdict, r.Seen, r.Why)
			}
		}
		if !card.Trusted() || card.HostLost != 0 {
			t.Errorf("trusted %v, %d lost by the host", card.Trusted(), card.HostLost)
		}
	})
}
