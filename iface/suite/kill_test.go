package suite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"eterm/iface/ifacetest"
	"eterm/iface/suite/journal"
)

// killedIn names the directory of a run that this test binary makes when it is
// started as a victim.
const killedIn = "SUITE_KILLED_IN"

// victimPlan and victimDevice are what a victim measures.
func victimPlan() Plan { return small(Throughput, Latency, Loss, BackToBack, Bursts) }

func victimDevice() *fake { return &fake{forward: ifacetest.Path{Rate: 3000, Queue: 40}} }

// victim begins a run or goes on with it, at a thousand trials a second.
func victim(dir string) int {
	d, p, err := OpenDirectory(dir)
	if errors.Is(err, os.ErrNotExist) || err != nil && len(p.Trials) == 0 && p.Header.Version == 0 {
		_ = os.RemoveAll(dir) // it was killed before it had begun
		d, err = CreateDirectory(dir, Header{Plan: victimPlan(), OneClock: true})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	f := victimDevice()
	f.before = func(int, *Spec) { time.Sleep(time.Millisecond) }
	r := Runner{Plan: victimPlan(), Trialler: f, Log: d, Replay: p.Trials}
	if _, err := r.Run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := d.Add("end", struct{}{}); err != nil {
		return 1
	}
	return 0
}

// TestKilledAndResumed: killed at fifty random moments, a run has the figures of
// one that was not.
func TestKilledAndResumed(t *testing.T) {
	want := figures(t, runPlan(t, victimPlan(), victimDevice(), nil))
	random := rand.New(rand.NewPCG(9, 9))
	kills, runs := 0, 0
	for kills < 50 {
		dir := filepath.Join(t.TempDir(), "run")
		runs++
		ended := false
		for lives := 1; !ended; lives++ { // longer ones, so that it ends on a busy machine too
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), killedIn+"="+dir)
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			kill := time.AfterFunc(time.Duration((20+random.IntN(150))*(4+lives)/5)*time.Millisecond, func() { _ = cmd.Process.Kill() })
			err := cmd.Wait()
			kill.Stop()
			switch status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus); {
			case err == nil:
				ended = true
			case status.Signaled():
				kills++
			default:
				t.Fatal(err)
			}
		}
		past, err := ReadDirectory(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := past.Reckon(); !past.Ended || figures(t, got) != want {
			t.Fatalf("after %d kills the figures are others", kills)
		}
	}
	t.Logf("%d kills in %d runs", kills, runs)
}

// TestReckonAnyJournal: what is in a journal so far is a result at any time.
func TestReckonAnyJournal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	d, err := CreateDirectory(dir, Header{Plan: victimPlan(), OneClock: true})
	if err != nil {
		t.Fatal(err)
	}
	f := victimDevice()
	f.after = func(n int, _ *Trial) {
		if n%7 != 3 {
			return
		}
		past, err := ReadDirectory(dir)
		if err != nil {
			t.Fatal(err)
		}
		if r := past.Reckon(); len(r.Trials) != n || r.State != "interrupted" || r.Verdict.Status != 3 {
			t.Errorf("after %d trials: %d known, state %s, status %d", n, len(r.Trials), r.State, r.Verdict.Status)
		}
	}
	r := Runner{Plan: victimPlan(), Trialler: f, Log: d}
	if _, err := r.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenDirectory(dir); !errors.Is(err, journal.ErrBusy) {
		t.Errorf("opened while it is written: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := CreateDirectory(dir, Header{}); !errors.Is(err, journal.ErrNotEmpty) {
		t.Errorf("begun in a directory of another run: %v", err)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	f := victimDevice()
	f.after = func(n int, _ *Trial) {
		if n == 8 {
			cancel()
		}
	}
	r := Runner{Plan: victimPlan(), Trialler: f}
	result, err := r.Run(ctx)
	if !errors.Is(err, context.Canceled) || result.State != "interrupted" || len(result.Tests) != 1 || len(result.Tests[0].Goals) != 1 {
		t.Errorf("%v, %s, %+v", err, result.State, result.Tests)
	}
	if result.Verdict.Status != 3 {
		t.Errorf("status %d", result.Verdict.Status)
	}
}

func TestTimeIsUp(t *testing.T) {
	p := victimPlan()
	p.MaxTime = 15
	result := runPlan(t, p, victimDevice(), nil)
	if !result.TimeUp || result.State != "done" || result.Verdict.Status != 3 || result.ObservedS < 15 || result.ObservedS > 30 {
		t.Errorf("after %v s: %s, status %d, %s", result.ObservedS, result.State, result.Verdict.Status, result.Verdict.Why)
	}
}
