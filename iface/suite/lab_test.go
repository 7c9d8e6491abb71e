package suite

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
	"eterm/iface/suite/mlr"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedIn); dir != "" {
		os.Exit(victim(dir))
	}
	os.Exit(labtest.Main(m))
}

func plug(t *testing.T, h *lab.Host) iface.Port {
	t.Helper()
	var p iface.Port
	err := h.Do(func() (err error) {
		p, err = iface.Open("eth0", iface.Options{Promiscuous: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// shaped is a Linux bridge with a token bucket filter on the way forward: 20
// Mbit/s of frames without FCS, room for limit bytes, of which a burst of so
// many goes at once. Its own count of what it sent and dropped is counters.
func shaped(t *testing.T, burst, limit int) (p *TwoPorts, counters func() (sent, dropped uint64)) {
	t.Helper()
	left, right, middle := labtest.Switched(t)
	labtest.Run(t, middle, "tc", "qdisc", "add", "dev", "right", "root", "tbf", "rate", "20mbit",
		"burst", strconv.Itoa(burst), "limit", strconv.Itoa(limit))
	p = &TwoPorts{TX: plug(t, left), RX: plug(t, right), Seed: 3, Thresholds: Thresholds{OthersShare: 1, StealShare: 1}}
	p.Open()
	t.Cleanup(p.Close)
	pattern := regexp.MustCompile(`Sent \d+ bytes (\d+) pkt \(dropped (\d+),`)
	return p, func() (sent, dropped uint64) {
		m := pattern.FindStringSubmatch(labtest.Run(t, middle, "tc", "-s", "qdisc", "show", "dev", "right"))
		if m == nil {
			t.Fatal("tc says nothing")
		}
		sent, _ = strconv.ParseUint(m[1], 10, 64)
		dropped, _ = strconv.ParseUint(m[2], 10, 64)
		return sent, dropped
	}
}

// What the filter is set to, for frames of 512 bytes with FCS, 508 without.
const (
	shapedFPS   = 20e6 / 8 / 508
	shapedBurst = 29 * 508
	shapedLimit = 118 * 508
)

// TestKernelThroughputAndBuffer: a filter of the kernel's is found to be what it
// was set to, and it has counted what the trials have.
func TestKernelThroughputAndBuffer(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute, or four where the machine is busy")
	}
	p, counters := shaped(t, shapedBurst, shapedLimit)
	plan, _ := Preset("quick")
	plan.Tests, plan.Sizes, plan.MaxFPS = []string{Throughput, BackToBack}, []int{512}, 50_000
	plan.Goals = []mlr.Goal{{Name: "ndr", Exceed: 0.5, Width: 0.005, Initial: 1, Final: 3, Sum: 3, Preceding: 2}}
	plan.BackToBack = BurstPlan{Repeat: 2, MaxSeconds: 0.05}
	plan.Waits = Waits{Learn: 0.05, Residual: 0.3, Rest: 0.05}
	_, droppedBefore := counters()
	result := runPlan(t, plan, p, nil)
	f := result.Tests[0].Goals[0]
	if f.LowerFPS == nil {
		t.Fatalf("%+v", f)
	}
	// A buffer of 147 frames flatters trials of 3 s by 1 %. Where it filled, the
	// growing delays tell what the filter forwards.
	fps := *f.LowerFPS
	if f.Filling {
		fps = *f.FillingFPS
	}
	switch {
	case *f.LowerFPS > shapedFPS*1.012:
		t.Errorf("throughput %.0f of %.0f frames/s", *f.LowerFPS, shapedFPS)
	case f.Limit == ByTester || f.Irregular != "":
		t.Logf("this machine is too busy to tell more than that the throughput is at least %.0f frames/s: %s", *f.LowerFPS, f.Why)
	case math.Abs(fps/shapedFPS-1) > 0.01:
		t.Errorf("throughput %.0f, forwarding %.0f, of %.0f frames/s", *f.LowerFPS, fps, shapedFPS)
	}
	switch b := result.Tests[1].BackToBack; {
	case b == nil: // the tester was held up in every burst, and says so
		if !strings.HasPrefix(result.Tests[1].Note, "not measurable: forward: the burst") || result.Verdict.Status != 3 {
			t.Errorf("no buffer: %s, status %d", result.Tests[1].Note, result.Verdict.Status)
		}
	case math.Abs(b.BufferFrames/147-1) > 0.02:
		t.Errorf("a buffer of %.1f frames (bursts of %.1f) for 147", b.BufferFrames, b.Frames.Mean)
	default:
		t.Logf("bursts %v, buffer %.1f frames", b.Frames, b.BufferFrames)
	}
	var lost uint64
	for _, trial := range result.Trials {
		for _, a := range trial.Accounts {
			lost += a.OnTheWay
		}
	}
	if _, dropped := counters(); dropped-droppedBefore != lost {
		t.Errorf("%d frames were lost on the way, the filter dropped %d", lost, dropped-droppedBefore)
	}
	t.Logf("throughput %.0f, forwarding %.0f, limit %s; %d trials, %.0f s", *f.LowerFPS, fps, f.Limit, len(result.Trials), result.ObservedS)
}
