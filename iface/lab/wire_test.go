package lab_test

import (
	"strings"
	"testing"
	"time"

	"eterm/iface/impair"
	"eterm/iface/lab"
)

// TestWireCarriesTCP: what two kernels say to each other passes the relay
// unharmed, checksums and all, later by the delay.
func TestWireCarriesTCP(t *testing.T) {
	b := newBench(t)
	stop, err := b.Wire(impair.Config{Faults: []impair.Fault{impair.Delay(impair.Always(), 3*time.Millisecond)}}, impair.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	status, err := b.Run(t.Context(), lab.Commands{
		Left: []string{"call"}, Right: []string{"serve"},
		Line: func(host string, _ bool, line []byte) { got = append(got, host+" "+string(line)) },
	})
	if printed := strings.Join(got, "|"); err != nil || status != 0 || printed != "right got hello|right no newline" {
		t.Errorf("status %d, %v, printed %q", status, err, printed)
	}
	did, err := stop()
	if err != nil {
		t.Fatal(err)
	}
	forward, reverse := did.Forward[0], did.Reverse[0]
	if forward.In < 4 || forward.Out != forward.In || reverse.In < 2 || reverse.Out != reverse.In || did.RelayDropped != 0 {
		t.Errorf("accounts %+v", did)
	}
	if forward.DelayMin < 3*time.Millisecond {
		t.Errorf("a frame was held for %v only", forward.DelayMin)
	}
}
