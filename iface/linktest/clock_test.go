package linktest

import (
	"testing"
	"time"
)

// TestClockStep: the wall clock is set while the monotonic one goes on. The
// program cannot set the machine's, so the times are made here.
func TestClockStep(t *testing.T) {
	for _, c := range []struct {
		passed, set time.Duration
		told        bool
	}{
		{time.Second, 0, false}, {time.Second, 900 * time.Microsecond, false}, {time.Hour, time.Second, false},
		{time.Second, 10 * time.Millisecond, true}, {time.Second, -time.Hour, true}, {time.Minute, 3 * time.Second, true},
	} {
		if got := stepOf(c.passed, c.passed+c.set); (got != 0) != c.told || c.told && got != c.set {
			t.Errorf("%+v: told of %v", c, got)
		}
	}
}
