package main

import (
	"bytes"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// TestMain is the program itself where that runs itself again.
func TestMain(m *testing.M) {
	if lab.Inside() {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestBenchRuns makes one short round of everything with eterm alone: a check
// that it runs, not of figures.
func TestBenchRuns(t *testing.T) {
	labtest.Tool(t, "go")
	if err := lab.Command("-help").Run(); err != nil && errors.Is(err, os.ErrPermission) && os.Getenv("CI") != "true" {
		t.Skip("no namespaces on this system")
	}
	var out bytes.Buffer
	if err := runOutside(t.Context(), []string{"-short", "-tools", "^eterm"}, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{"Send at maximum", "Receive at overload", "Pacing, 1000 ", "Greatest rate", "Pacing, 100000 ", "Round trip", "Build an echo", "Decode an echo", "Start and end"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no table %q", want)
		}
	}
	// On a busy machine a short round may hold too few moments for a figure.
	if strings.Contains(strings.ReplaceAll(out.String(), "failed: ended too soon to be measured", ""), "failed") {
		t.Errorf("something failed:\n%s", &out)
	}
}

func TestCurve(t *testing.T) {
	start := time.Now()
	c := curve{}
	for i, n := range []uint64{0, 0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1000, 1000} {
		c.add(start.Add(time.Duration(i)*10*time.Millisecond), n)
	}
	if got, err := c.rate(1000); math.Abs(got-10_000) > 1e-6 || err != nil {
		t.Errorf("rate %v, %v; want 10000", got, err)
	}
	if got := c.flowingFor(); got != 110*time.Millisecond {
		t.Errorf("flowing for %v, want 110 ms", got)
	}
	if _, err := (&curve{at: []time.Time{start}, n: []uint64{1000}}).rate(1000); err == nil {
		t.Error("a rate from one moment")
	}
}

func TestGaps(t *testing.T) {
	var timestamps []int64
	for i := range int64(1001) {
		timestamps = append(timestamps, i*1_000_000)
	}
	timestamps[500] += 30_000 // 30 µs late: one gap longer, one shorter
	got := gaps(timestamps, 1000)
	want := sample{1000, 0, 0, 0, 0, 0}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-6 {
			t.Errorf("column %d is %v, want %v", i, got[i], want[i])
		}
	}
	timestamps = []int64{0, 100, 200, 5_000_300}
	if got := gaps(timestamps, 10_000_000); got[5] != 0 || math.Abs(got[0]-3e9/5_000_300) > 1e-3 {
		t.Errorf("%v", got)
	}
}

func TestMedian(t *testing.T) {
	m := measured{samples: []sample{{3}, {1}, {2}, {10}}}
	if got := m.median(0); got != 2.5 {
		t.Errorf("median %v", got)
	}
	if !math.IsNaN((measured{}).median(0)) {
		t.Error("a median of nothing")
	}
}

func TestParseRefuses(t *testing.T) {
	for _, line := range []string{"-only nothing", "-only send,nothing", "-only send,", "-rounds 0", "-each 0s", "-tools (", "operand", "-rates 0", "-rates 3", "-rates 1000,", "-rates 2000000", "-rates x"} {
		if _, err := parse(strings.Fields(line)); err == nil {
			t.Errorf("%s: no error", line)
		}
	}
}

// TestOthersAreSeen: what a stranger uses counts, and what this process uses
// does not.
func TestOthersAreSeen(t *testing.T) {
	if busyTime() <= 0 || ownTime() <= 0 {
		t.Error("this machine has never been busy")
	}
	o := others{at: time.Now().Add(-time.Second), busy: busyTime() - time.Second, own: ownTime()}
	if got, want := o.share(), 1/float64(cpus()); math.Abs(got-want) > 0.2 {
		t.Errorf("a second of one processor is a share of %.2f, want %.2f", got, want)
	}
	o.own -= time.Second
	if got := o.share(); got > 0.2 {
		t.Errorf("of our own second %.2f is others'", got)
	}
}
