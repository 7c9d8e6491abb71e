package show

import (
	"strings"
	"testing"
	"time"

	"eterm/iface/load"
	"eterm/iface/load/pace"
)

func TestSendResultInWords(t *testing.T) {
	var out strings.Builder
	run := Sent{Paced: true, Mechanism: "sendmmsg", Result: load.Result{
		Offered: 1000, Sent: 1000, Attempts: 1000, Bytes: 60_000, OnWire: 84_000,
		Elapsed: 999 * time.Millisecond, Span: time.Second, Asked: time.Second, Workers: 1,
		PacingError: pace.PacingError{P50: 70, P99: 2100, Max: 11_300}, CPU: 210 * time.Millisecond,
	}}
	must(t, NewOutput(&out).Sent(run))
	want := `sent 1000 of 1000 frames, 60000 bytes, in 999ms
rate 1000.00 frames/s of 1000.00 asked (+0.0000 %), 480 kbit/s of frames, 672 kbit/s on the wire
refused none
pacing error p50 70ns, p99 2.1µs, max 11.3µs
cpu 0.210 s, 210000 ns a frame, by sendmmsg
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
