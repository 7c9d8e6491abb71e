package switchtest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"eterm/iface/ifacetest"
)

// askVLANs is the value of each case about the VLANs of a switch's two ports.
func askVLANs(t *testing.T, vids string, o ...ifacetest.Option) (values map[string]string, card *Card, err error) {
	t.Helper()
	return askSwitch(t, vids, func() *ifacetest.Switch { return ifacetest.NewSwitch(2, o...) })
}

// askSwitch does so of the switch that build builds.
func askSwitch(t *testing.T, vids string, build func() *ifacetest.Switch) (values map[string]string, card *Card, err error) {
	t.Helper()
	ids, err := ParseIDs(vids)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := VLANCases(ids)
	if err != nil {
		t.Fatal(err)
	}
	values = map[string]string{}
	synctest.Test(t, func(t *testing.T) {
		sw := build()
		card, err = Check(context.Background(), Config{A: sw.Port(0), B: sw.Port(1), Seed: 3, Cases: cases, Asked: &ids})
		if card == nil {
			return
		}
		for _, r := range card.Results {
			values[r.Case.Name] = r.Value
			if r.Verdict == Untestable {
				values[r.Case.Name] = "-"
			}
		}
	})
	return values, card, err
}

func trunked(untagged uint16, tagged ...uint16) ifacetest.Membership {
	return ifacetest.Membership{Untagged: untagged, Tagged: tagged}
}

// Each VLAN by itself: carried with its tag, to an access port, not at all. Neither
// port takes frames without a tag in the first row.
func TestVLANsAsked(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b ifacetest.Membership
		o    []ifacetest.Option
		want map[string]string
		fail int
	}{
		{"trunk without a native VLAN", trunked(0, 20, 30), trunked(0, 20, 30), nil,
			map[string]string{"20.a-to-b": "tagged", "20.b-to-a": "tagged", "20.a-to-b.priority": "kept", "20.b-to-a.dei": "kept", "30.b-to-a": "tagged"}, 0},
		{"one VLAN missing at B", trunked(1, 20, 30), trunked(1, 30), nil,
			map[string]string{"20.a-to-b": "dropped", "20.b-to-a": "dropped", "20.a-to-b.priority": "-", "30.a-to-b": "tagged", "30.b-to-a.priority": "kept"}, 2},
		{"access port at B", trunked(1, 20, 30), trunked(20, 30), nil,
			map[string]string{"20.a-to-b": "untagged", "20.a-to-b.priority": "-", "20.b-to-a": "tagged", "30.a-to-b": "tagged"}, 1},
		{"remarks", trunked(1, 20, 30), trunked(1, 20, 30), []ifacetest.Option{ifacetest.Defective(ifacetest.AltersPriority(3))},
			map[string]string{"20.a-to-b": "tagged", "20.a-to-b.priority": "remarked", "30.b-to-a.dei": "remarked"}, 8},
	} {
		o := append([]ifacetest.Option{ifacetest.VLANs(0, c.a), ifacetest.VLANs(1, c.b)}, c.o...)
		values, card, err := askVLANs(t, "20,30", o...)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for name, want := range c.want {
			if got := values["vlan."+name]; got != want {
				t.Errorf("%s: %s came to %q, want %q", c.name, name, got, want)
			}
		}
		if n := card.Count(Fail); n != c.fail || len(card.Results) != 12 {
			t.Errorf("%s: %d failures of %d: %v", c.name, n, len(card.Results), values)
		}
	}
}

// Where nothing passes, with or without a tag, there is no card.
func TestVLANsAskedOfNoTrunk(t *testing.T) {
	_, card, err := askVLANs(t, "20", ifacetest.VLANs(0, trunked(0, 20)), ifacetest.VLANs(1, trunked(0, 30)))
	if card != nil || !errors.Is(err, ErrNotConnected) {
		t.Errorf("%v, %v", card, err)
	}
	if _, err := VLANCases(IDs{}); err == nil {
		t.Error("no VLANs are cases")
	}
}
