package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface"
	"eterm/iface/load"
	"eterm/iface/load/pace"
)

// goodRun is 1000 frames of 60 bytes at 1000 a second, all sent in time.
func goodRun() account {
	return account{planned: true, mechanism: "sendmmsg", Result: load.Result{
		Offered: 1000, Sent: 1000, Attempts: 1000, Bytes: 60_000, OnWire: 84_000,
		Elapsed: 999 * time.Millisecond, Span: time.Second, Asked: time.Second, Workers: 1,
		Late: pace.Lateness{P50: 70, P99: 2100, Max: 11_300}, CPU: 210 * time.Millisecond,
	}}
}

func TestSendVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*account)
		cause  error
		want   string // in the error; empty: none
	}{
		"good":                {func(*account) {}, nil, ""},
		"a little late":       {func(a *account) { a.Span += 9 * time.Millisecond }, nil, ""},
		"2 % late":            {func(a *account) { a.Span += 20_409 * time.Microsecond }, nil, "the asked rate was missed by 2.0 %"},
		"a hiccup":            {func(a *account) { a.Asked, a.Span = time.Millisecond, 1900*time.Microsecond }, nil, ""},
		"slow at full speed":  {func(a *account) { a.planned = false; a.Asked, a.Span = 0, time.Hour }, nil, ""},
		"refused":             {func(a *account) { a.Sent, a.Skipped, a.Refused.QueueFull = 900, 100, 100 }, nil, "refused 100 of 1000 frames: 100 queue full"},
		"refused, then taken": {func(a *account) { a.Attempts, a.Refused.QueueFull = 1100, 100 }, nil, ""},
		"dropped":             {func(a *account) { a.Port.Interface.TxDropped = 7 }, nil, "the interface dropped 7 frames"},
		"gone":                {func(a *account) { a.Sent = 10 }, iface.ErrGone, "interface is gone: the run ended there"},
	} {
		a := goodRun()
		c.change(&a)
		err := a.verdict(c.cause)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || exit.Status(err) != exit.StatusUntrusted):
			t.Errorf("%s: %v, status %d; want %q, 3", name, err, exit.Status(err), c.want)
		case c.cause != nil && !errors.Is(err, c.cause):
			t.Errorf("%s: the cause is lost: %v", name, err)
		}
	}
}

func TestSendResultInWords(t *testing.T) {
	var out strings.Builder
	must(t, goodRun().print(&out))
	want := `sent 1000 of 1000 frames, 60000 bytes, in 999ms
rate 1000.00 frames/s of 1000.00 asked (+0.0000 %), 480 kbit/s of frames, 672 kbit/s on the wire
refused none
timer error p50 70ns, p99 2.1µs, max 11.3µs
cpu 0.210 s, 210000 ns a frame, by sendmmsg
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestReasons(t *testing.T) {
	r := iface.Refused{QueueFull: 1, WouldBlock: 2, TooLong: 3, TooShort: 4, Down: 5, Gone: 6, Other: 7}
	want := "1 queue full, 2 no room in the socket, 3 longer than the MTU allows, 4 too short, 5 interface down, 6 interface gone, 7 other reasons"
	if got := reasons(r); got != want || reasons(iface.Refused{}) != "none" {
		t.Errorf("got %q", got)
	}
}
