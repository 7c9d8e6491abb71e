package main

import (
	"errors"
	"testing"
	"time"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/iface"
	"eterm/iface/load"
)

// TestSendVerdict: what ended the run comes first, then every doubt about it.
func TestSendVerdict(t *testing.T) {
	run := show.Sent{Result: load.Result{Offered: 1000, Sent: 1000, Attempts: 1000, Span: time.Second, Asked: time.Second}}
	if err := sendVerdict(run, nil); err != nil {
		t.Errorf("a good run: %v", err)
	}
	run.Sent, run.Skipped, run.Refused.QueueFull = 900, 100, 100
	run.Port.Downs = 1
	const want = "this host refused 100 of 1000 frames: 100 queue full; the interface went down once"
	if err := sendVerdict(run, nil); err == nil || err.Error() != want || exit.Status(err) != exit.StatusUntrusted {
		t.Errorf("%v, status %d; want %s", err, exit.Status(err), want)
	}
	if err := sendVerdict(run, iface.ErrGone); !errors.Is(err, iface.ErrGone) || exit.Status(err) != exit.StatusUntrusted {
		t.Errorf("a run that ended early: %v", err)
	}
}
