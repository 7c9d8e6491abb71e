package switchtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

func TestMain(m *testing.M) { os.Exit(labtest.Main(m)) }

// plug opens an interface of a host as a port under test.
func plug(t *testing.T, h *lab.Host, name string) iface.Port {
	t.Helper()
	var p iface.Port
	err := h.Do(func() (err error) {
		p, err = iface.Open(name, iface.Options{Promiscuous: true, Immediate: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// does runs commands inside a host.
func does(t *testing.T, h *lab.Host, commands ...string) {
	t.Helper()
	for _, c := range commands {
		args := strings.Fields(c)
		labtest.Run(t, h, args[0], args[1:]...)
	}
}

// bridged is a Linux bridge with so many hosts, set up by commands.
func bridged(t *testing.T, hosts int, commands ...string) []iface.Port {
	t.Helper()
	left, right, middle := labtest.Switched(t)
	ports := []iface.Port{plug(t, left, "eth0"), plug(t, right, "eth0")}
	if hosts > 2 {
		third := labtest.Host(t, "third")
		labtest.Cable(t, third, "eth0", middle, "third")
		if err := middle.AddPort("br0", "third"); err != nil {
			t.Fatal(err)
		}
		ports = append(ports, plug(t, third, "eth0"))
	}
	does(t, middle, commands...)
	return ports
}

// cardOf runs the cases that need neither minutes nor seconds.
func cardOf(t *testing.T, ports []iface.Port) *Card {
	t.Helper()
	cases, err := Select(nil, []string{"ageing", "load"})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{A: ports[0], B: ports[1], Cases: cases, MaxMACs: 1024, Drain: 4 * time.Millisecond}
	if len(ports) > 2 {
		cfg.Third = ports[2]
	}
	card, err := Check(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// Each setting of a Linux bridge changes exactly the rows it should.
func TestLinuxBridgeSettings(t *testing.T) {
	usual := map[string]string{
		"sizes.jumbo":     "not testable here", // the MTU is 1500
		"learning.vlan":   "note",
		"vlan.4095":       "note",
		"reserved.00-stp": "note",
	}
	unknowable := map[string]string{
		"flooding.unknown":           "fail",
		"learning.learns":            "not testable here",
		"learning.move":              "not testable here",
		"learning.vlan":              "not testable here",
		"learning.zero-source":       "not testable here",
		"learning.rate":              "not testable here",
		"learning.capacity":          "not testable here",
		"addresses.zero-destination": "pass", // dropped, which may be
	}
	forgetful := map[string]string{
		"learning.learns":                 "fail",
		"learning.confined":               "pass", // B's port still learns
		"learning.move":                   "not testable here",
		"learning.vlan":                   "fail",
		"learning.rate":                   "not testable here",
		"learning.capacity":               "not testable here",
		"addresses.to-self":               "fail",
		"addresses.source-is-destination": "fail",
	}
	for _, setting := range []struct {
		name, command string
		change        map[string]string
	}{
		{"as it comes", "true", nil},
		{"ageing", "ip link set br0 type bridge ageing_time 3000", nil},
		{"group forward mask", "ip link set br0 type bridge group_fwd_mask 0x4000", map[string]string{"reserved.0e-lldp-ptp": "fail"}},
		{"spanning tree", "ip link set br0 type bridge stp_state 1", map[string]string{"reserved.00-stp": "pass"}},
		{"no broadcast", "bridge link set dev right bcast_flood off", map[string]string{"flooding.broadcast": "fail", "flooding.once": "not testable here"}},
		{"no unknown unicast", "bridge link set dev right flood off", unknowable},
		{"no learning", "bridge link set dev left learning off", forgetful},
	} {
		t.Run(setting.name, func(t *testing.T) {
			t.Parallel()
			card := cardOf(t, bridged(t, 3, setting.command))
			want := maps.Clone(usual)
			maps.Copy(want, setting.change)
			for _, r := range card.Results {
				expected, ok := want[r.Case.Name]
				if !ok {
					expected = Pass.String()
				}
				if r.Verdict.String() != expected {
					t.Errorf("%s is %v, want %s: %s %s%s", r.Case.Name, r.Verdict, expected, r.Value, r.Seen, r.Why)
				}
			}
		})
	}
}

// A loop is found before it fills the network, and named.
func TestLoopOfCables(t *testing.T) {
	t.Parallel()
	left, right, middle := labtest.Switched(t)
	a, b := plug(t, left, "eth0"), plug(t, right, "eth0")
	does(t, middle, "ip link add name l0 type veth peer name l1", "ip link set l0 master br0", "ip link set l1 master br0")
	for _, l := range []string{"l0", "l1"} { // so that the storm does not eat the machine
		does(t, middle, "tc qdisc add dev "+l+" root tbf rate 5mbit burst 1540 limit 3000", "ip link set "+l+" up")
	}
	card, err := Check(t.Context(), Config{A: a, B: b})
	does(t, middle, "ip link del l0")
	if err != nil {
		t.Fatal(err)
	}
	if card.Loop == nil || card.Count(Pass) > 0 || card.Count(Fail) != 1 || card.Took > 5*time.Second {
		t.Errorf("loop %v, %d passes, %d failures after %v", card.Loop, card.Count(Pass), card.Count(Fail), card.Took)
	}
}

func TestSeparateNetworks(t *testing.T) {
	t.Parallel()
	p := bridged(t, 2, "bridge link set dev left isolated on", "bridge link set dev right isolated on")
	card, err := Check(context.Background(), Config{A: p[0], B: p[1]})
	if !errors.Is(err, ErrNotConnected) || card != nil {
		t.Errorf("got card %v, error %v: want no card and ErrNotConnected", card, err)
	}
}

// long skips what takes longer than a minute of a developer's patience.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("ETERM_LONG_TESTS") == "" {
		t.Skip("takes long: set ETERM_LONG_TESTS=1")
	}
}

// The ageing time is measured as it was set, traffic from an address keeps it
// known and traffic to it does not.
func TestLinuxBridgeAgeing(t *testing.T) {
	for _, set := range []time.Duration{2 * time.Second, 5 * time.Second, 30 * time.Second} {
		t.Run(set.String(), func(t *testing.T) {
			if set > 2*time.Second {
				long(t)
			}
			t.Parallel()
			p := bridged(t, 2, fmt.Sprintf("ip link set br0 type bridge ageing_time %d", set.Milliseconds()/10))
			cases, err := Select([]string{"ageing"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			card, err := Check(context.Background(), Config{A: p[0], B: p[1], Cases: cases, MaxAgeing: 2 * set})
			if err != nil {
				t.Fatal(err)
			}
			below := Fail // the 10 s of table 8-6
			if set > 10*time.Second {
				below = Pass
			}
			for i, want := range []Verdict{below, Pass, Pass} {
				if r := card.Results[i]; r.Verdict != want {
					t.Errorf("%s is %v: %s%s", r.Case.Name, r.Verdict, r.Seen, r.Why)
				}
			}
			aged, err := time.ParseDuration(card.Results[0].Value)
			if err != nil || aged < set || aged > set+set/4 {
				t.Errorf("came to %s, want %v", card.Results[0].Value, set)
			}
		})
	}
}

// The same switch gets the same card, again and again.
func TestLinuxBridgeCardIsTheSameTwentyTimes(t *testing.T) {
	long(t)
	p := bridged(t, 3)
	cases, err := Select(nil, []string{"ageing"})
	if err != nil {
		t.Fatal(err)
	}
	var first *Card
	for range 20 {
		card, err := Check(context.Background(), Config{A: p[0], B: p[1], Third: p[2], Cases: cases})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = card
		}
		t.Logf("%d pass, %d note in %v", card.Count(Pass), card.Count(Note), card.Took)
		for i, r := range card.Results {
			if r.Verdict != first.Results[i].Verdict {
				t.Errorf("%s is %v, was %v: %s%s", r.Case.Name, r.Verdict, first.Results[i].Verdict, r.Seen, r.Why)
			}
		}
	}
}
