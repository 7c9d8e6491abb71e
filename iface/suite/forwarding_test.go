package suite

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface/ifacetest"
)

// TestForwardingRates: of a device that forwards 1,500 frames/s whatever it is
// offered, that is both rates of RFC 2889; of one that forwards less the more it
// is offered, the maximum is seen below the greatest load.
func TestForwardingRates(t *testing.T) {
	for _, direction := range []string{string(Forward), "both"} {
		synctest.Test(t, func(t *testing.T) {
			path := ifacetest.Path{Rate: 1500, Queue: 20}
			p, _ := bench(t, []ifacetest.Path{path, path, {}})
			plan := small(Forwarding).For(RFC2889)
			plan.Tests, plan.Direction, plan.MaxFPS, plan.LossStep, plan.Waits = []string{Forwarding}, direction, 3000, 1, quick
			r := Runner{Plan: plan, Trialler: p}
			result, err := r.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			ways := float64(1)
			if direction == "both" {
				ways = 2
			}
			f := result.Tests[0].Forwarding
			if f == nil || f.AtMaxLoad == nil || f.Maximum == nil {
				t.Fatalf("%+v", result.Tests)
			}
			near := func(v, want float64) bool { return v > want*0.99 && v < want*1.01 }
			if !near(*f.AtMaxLoad, 1500*ways) || !near(*f.Maximum, 1500*ways) || !near(*f.MaxLoad, 3000*ways) {
				t.Errorf("%s: FRMOL %v of %v, MFR %v at %v", direction, *f.AtMaxLoad, *f.MaxLoad, *f.Maximum, *f.MaximumAt)
			}
			last := f.Rows[len(f.Rows)-1]
			if len(f.Rows) != 6 || last.Percent != 50 || last.Lost != 0 || f.Rows[0].Lost == 0 || last.Flooded != 0 {
				t.Errorf("%s: rows %+v", direction, f.Rows)
			}
			if !strings.HasPrefix(result.Tests[0].Clause, "RFC 2889 5.") || result.Verdict.Status != 0 {
				t.Errorf("%s: %s, %+v", direction, result.Tests[0].Clause, result.Verdict)
			}
			result.Plan.Expect = map[string]string{"forwarding.64.mfr": ">= 2000pps", "forwarding.*.frmol": ">= 1000pps"}
			if result.judge(); (result.Verdict.Status == 0) != (ways == 2) || len(result.Verdict.Passed) < 1 {
				t.Errorf("%s: %+v", direction, result.Verdict)
			}
		})
	}
}

// TestForwardedKeepsTheGreatest: the maximum need not be at the greatest load, and
// what the tester did not offer is no figure.
func TestForwardedKeepsTheGreatest(t *testing.T) {
	f := &Forwarded{}
	f.add(ForwardedRow{Percent: 100, NotOffered: true, ForwardedFPS: 9000})
	f.add(ForwardedRow{Percent: 90, OfferedFPS: 900, ForwardedFPS: 500})
	f.add(ForwardedRow{Percent: 80, OfferedFPS: 800, ForwardedFPS: 700})
	f.add(ForwardedRow{Percent: 70, OfferedFPS: 700, ForwardedFPS: 650})
	if f.AtMaxLoad != nil || *f.Maximum != 700 || *f.MaximumAt != 800 || len(f.Rows) != 4 {
		t.Errorf("%+v", f)
	}
}

// TestBroadcast: every frame of the test is to everybody and comes out at the
// third port too; its throughput is found by itself, and delays are of it.
func TestBroadcast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := ifacetest.Path{Rate: 1500, Queue: 20, Delay: 100 * time.Microsecond}
		p, _ := bench(t, []ifacetest.Path{path, path, {}})
		plan := small(Broadcast).For(RFC2889)
		plan.Tests, plan.Direction, plan.MaxFPS, plan.Waits = []string{Throughput, Broadcast}, string(Forward), 3000, quick
		plan.Latency.Trials, plan.Latency.Seconds, plan.Latency.Shares = 1, 1, []float64{0.5}
		plan.Goals[0].Width = 0.05
		r := Runner{Plan: plan, Trialler: p, Calibration: fast()}
		result, err := r.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(result.Tests, func(t Test) bool { return t.Test == Broadcast })
		if i < 0 || len(result.Tests[i].Goals) != 1 || len(result.Tests[i].Latency) != 1 || result.Tests[i].Clause != "RFC 2889 5.10" {
			t.Fatalf("%+v", result.Tests)
		}
		b := result.Tests[i]
		if fps := *b.Goals[0].ThroughputFPS; fps < 1350 || fps > 1560 {
			t.Errorf("throughput %v of 1500", fps)
		}
		if d := b.Latency[0]; d.P50 < 700_000 || d.P50 > 800_000 || d.Lost != 0 {
			t.Errorf("delays of 767 µs: %+v", d)
		}
		for _, trial := range result.Trials {
			a := trial.Account(Forward)
			if every := map[string]int{Throughput: 0, Broadcast: 1}[trial.Test]; trial.Spec.BroadcastEvery != every || a != nil && every == 1 && a.Flooded != a.Offered {
				t.Errorf("trial %d of %s: %+v", trial.N, trial.Test, trial.Spec)
			}
		}
	})
}
