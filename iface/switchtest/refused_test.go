package switchtest

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"eterm/iface/ifacetest"
)

// checked runs some cases on a switch in memory.
func checked(t *testing.T, cfg Config, only string, o ...ifacetest.Option) map[string]Result {
	t.Helper()
	results := map[string]Result{}
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2, o...)
		var err error
		if cfg.Cases, err = Select(strings.Split(only, ","), nil); err != nil {
			t.Fatal(err)
		}
		cfg.A, cfg.B, cfg.Seed = sw.Port(0), sw.Port(1), 5
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

// A port that refuses longer frames, again and again, is no reason to end a run: the
// cases that need them say so, and the others go on.
func TestRefusalIsTheCases(t *testing.T) {
	longFrames := ifacetest.Where(func(f []byte) bool { return len(f) > 1010 })
	results := checked(t, Config{}, "sizes.untagged,forwarding,load", ifacetest.Refusing(longFrames))
	for name, want := range map[string]string{"sizes.untagged": " refuses frames of 1015 bytes and more", "load.both": " refuses frames of 1015 bytes and more"} {
		if r := results[name]; r.Verdict != Untestable || !strings.HasSuffix(r.Why, want) {
			t.Errorf("%s: %v %s%s", name, r.Verdict, r.Why, r.Seen)
		}
	}
	if r := results["forwarding.b-to-a"]; r.Verdict != Pass {
		t.Errorf("forwarding: %v %s%s", r.Verdict, r.Why, r.Seen)
	}
}

// A limit below the ports' MTU is a number with a verdict.
func TestJumboLimitIsANumber(t *testing.T) {
	for expect, want := range map[string]Verdict{"": Note, "sizes.jumbo: '>=4000'": Pass, "sizes.jumbo: 9018": Fail, "sizes.jumbo: any": Pass, "sizes.jumbo: no limit": Fail} {
		e, err := ParseExpectations([]byte(expect))
		if err != nil {
			t.Fatal(err)
		}
		r := checked(t, Config{Expect: e}, "sizes.jumbo", ifacetest.MTU(9000), ifacetest.Defective(ifacetest.SwallowsAbove(5000)))["sizes.jumbo"]
		if r.Verdict != want || r.Value != "5004" || !strings.Contains(r.Seen, "up to 5004 bytes; the MTU here allows 9018") {
			t.Errorf("%q: %v %s: %s", expect, r.Verdict, r.Value, r.Seen)
		}
	}
	r := checked(t, Config{}, "sizes.untagged", ifacetest.Defective(ifacetest.SwallowsAbove(1400)))["sizes.untagged"]
	if r.Verdict != Fail || !strings.Contains(r.Seen, "1341 of 1455 arrived, not those of 1405..1518 bytes") {
		t.Errorf("%v %s", r.Verdict, r.Seen)
	}
}

// What this host or the user bounds is not the switch's.
func TestLimitsAreWhoseTheyAre(t *testing.T) {
	results := checked(t, Config{MaxMACs: 256}, "learning.learns,learning.rate,learning.capacity")
	if s := results["learning.capacity"].Seen; !strings.HasPrefix(s, "at least ") || !strings.HasSuffix(s, "limit of --max-macs, not of the switch") {
		t.Error(s)
	}
	if s := results["learning.rate"].Seen; !strings.HasPrefix(s, "at least ") || !strings.HasSuffix(s, "limit of this host, not of the switch") {
		t.Error(s)
	}
	results = checked(t, Config{MaxMACs: 8192}, "learning.capacity", ifacetest.Capacity(300))
	if r := results["learning.capacity"]; r.Value != "300" || strings.Contains(r.Seen, "at least") {
		t.Error(r.Value, r.Seen)
	}
}
