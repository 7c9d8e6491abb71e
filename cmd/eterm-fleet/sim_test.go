package main

import (
	"fmt"
	"strings"
	"testing"

	"eterm/cmd/internal/result"
	"eterm/cmd/internal/result/resulttest"
)

// simulated runs a simulation with its server as a process, and returns the
// document.
func simulated(t *testing.T, plan string, words ...string) (*result.Fleet, string) {
	t.Helper()
	t.Setenv(programVar, "1")
	status, stdout, stderr := fleet(t, append([]string{"sim", "--json", file(t, "plan.yaml", plan)}, words...)...)
	if status == statusUsage {
		t.Fatalf("status %d: %s", status, stderr)
	}
	resulttest.Validate(t, lastLine(stdout))
	docs, err := result.Read(strings.NewReader(stdout))
	if err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	f, ok := docs[0].Result.(*result.Fleet)
	if !ok {
		t.Fatalf("a result of type %T", docs[0].Result)
	}
	for _, why := range docs[0].Verdict.Untrusted {
		if strings.Contains(why, "are missing") {
			t.Error(why)
		}
	}
	return f, stderr
}

const short = "ports: [a.x, b.x]\nload: {rate: 50pps, count: 20}\nslot: 4s\nrounds: 3\n"

// TestServerKilled: the server is killed in mid-run and away for two seconds,
// one result in ten is published twice, and every result is there, once.
func TestServerKilled(t *testing.T) {
	const agents, rounds, count = 100, 3, 20
	f, said := simulated(t, short, "-n", fmt.Sprint(agents), "--twice-in", "10", "--kill-after", "1500ms")
	if f.Planned != rounds*agents/2 || stored(said) < f.Planned || !strings.Contains(said, "the server was killed") ||
		strings.Contains(said, " 0 published again") {
		t.Errorf("%d planned: %s", f.Planned, said)
	}
	// The wires lose nothing: whatever a busy machine makes of the tests, no
	// frame may be lost on the way, and one that was measured is exact.
	measured := 0
	for _, p := range f.Pairs {
		if p.Lost != p.LostLocal || p.Received > p.Offered || p.Offered > count {
			t.Errorf("miscounted: %+v", p)
		}
		if p.State != "measured" {
			continue
		}
		if measured++; p.Tests != 1 || p.Offered+p.LostLocal < count || p.Received+p.LostLocal != p.Offered {
			t.Errorf("%+v", p)
		}
	}
	if len(f.Pairs) != 2*f.Planned || measured < len(f.Pairs)/2 {
		t.Errorf("%d directions of %d tests, %d measured", len(f.Pairs), f.Planned, measured)
	}
}

// TestLossyPortIsNamed: one frame in four that a port sends is lost; they are
// counted exactly, and the port is named.
func TestLossyPortIsNamed(t *testing.T) {
	f, _ := simulated(t, strings.Replace(short, "slot: 4s\nrounds: 3", "slot: 3s\nrounds: 5", 1), "-n", "6", "--lossy", "4@sim0002.p0")
	for _, p := range f.Pairs {
		want := uint64(0)
		if p.From == "sim0002.p0" {
			want = 5
		}
		if p.State == "measured" && (p.Offered != 20 || p.Lost != want || p.Received != 20-want) {
			t.Errorf("%+v, want %d lost", p, want)
		}
	}
	if len(f.Causes) != 1 || f.Causes[0].What != "port sends" || f.Causes[0].Name != "sim0002.p0" || f.Causes[0].Share != 1 {
		t.Errorf("causes %+v", f.Causes)
	}
}

// stored is how many results a simulation says were stored.
func stored(said string) (n int) {
	before, _, _ := strings.Cut(said, " results stored")
	words := strings.Fields(before)
	_, _ = fmt.Sscan(words[len(words)-1], &n)
	return n
}

// lastLine is the last object of a stream.
func lastLine(stream string) []byte {
	stream = strings.TrimSpace(stream)
	return []byte(stream[strings.LastIndexByte(stream, '\n')+1:])
}
