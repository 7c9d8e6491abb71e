package iface_test

import (
	"strings"
	"testing"

	"eterm/iface"
	"eterm/iface/lab/labtest"
)

// TestAbilities: a veth can what it can, and nothing arrives at its other end.
func TestAbilities(t *testing.T) {
	left, right := labtest.Pair(t)
	other := open(t, right, iface.Options{})
	if err := left.Do(func() error {
		all, err := iface.Abilities("eth0")
		if err != nil {
			return err
		}
		want := map[string]iface.Answer{
			"xdp-native": iface.Yes, "af-xdp-zero-copy": iface.No, "rx-timestamps-nic": iface.No, "tx-timestamps-nic": iface.No,
			"tx-timestamps-kernel": iface.Yes, "fanout": iface.Yes, "own-fcs": iface.No, "puts-tags-on": iface.Yes, "filters-vlans": iface.No,
			"keeps-errored": iface.No, "keeps-fcs": iface.No,
		}
		seen := map[string]bool{}
		for _, a := range all {
			t.Logf("%-22s %-8s %s", a.Name, a.Answer, a.Reason)
			if w := want[a.Name]; w != "" && w != a.Answer || a.Reason == "" || seen[a.Name] {
				t.Errorf("%+v, want %s", a, w)
			}
			seen[a.Name] = true
		}
		for name := range want {
			if !seen[name] {
				t.Errorf("nothing is said of %s", name)
			}
		}
		if _, err := iface.Abilities("nothing"); err == nil || !strings.Contains(err.Error(), `no interface "nothing"`) {
			t.Error(err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if c, err := other.Counters(); err != nil || c.Interface.RxPackets > 0 {
		t.Errorf("%d frames arrived while abilities were tried, %v", c.Interface.RxPackets, err)
	}
}
