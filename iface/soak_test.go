package iface_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"eterm/iface"
	"eterm/iface/lab/labtest"
)

// soakVar sets how many frames the long run has; see docs/develop/ports.md.
const soakVar = "ETERM_SOAK_FRAMES"

// usage is what must not grow with the number of frames.
type usage struct {
	heap                    uint64
	goroutines, descriptors int
}

func usageNow(t *testing.T) usage {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return usage{m.HeapAlloc, runtime.NumGoroutine(), len(fds)}
}

// A long run keeps memory, goroutines and descriptors as they are, and its
// account exact.
func TestLongRunKeepsItsSize(t *testing.T) {
	total := 100_000
	if s := os.Getenv(soakVar); s != "" {
		var err error
		if total, err = strconv.Atoi(s); err != nil {
			t.Fatalf("%s=%s: %v", soakVar, s, err)
		}
	}
	for name, o := range map[string]iface.Options{
		"socket, ring": {}, "timestamps, immediate": {TxTimestamps: true, Immediate: true}, "auto, ring": {Rate: 1e9},
	} {
		t.Run(name, func(t *testing.T) {
			left, right := labtest.Pair(t)
			a, b := open(t, left, o), open(t, right, o)
			pump(t, a, b, total/10)
			before := usageNow(t)
			pump(t, a, b, total)
			after := usageNow(t)
			if after.goroutines > before.goroutines || after.descriptors > before.descriptors || after.heap > before.heap+1<<20 {
				t.Errorf("before %+v, after %d frames %+v", before, total, after)
			}
			sent, got := account(t, a), account(t, b)
			if n := uint64(rounded(total) + rounded(total/10)); sent.Accepted != n || got.Seen != n || got.SocketDropped != 0 {
				t.Errorf("of %d frames: sender %+v, receiver %+v", n, sent, got)
			}
		})
	}
}

const pumped = 400

// rounded is how many frames a pump of n sends.
func rounded(n int) int { return (n + pumped - 1) / pumped * pumped }

// pump sends n frames from a to b, as many at a time as a socket's queue holds
// on any system.
func pump(t *testing.T, a, b iface.Port, n int) {
	t.Helper()
	frames := batch(pumped, 60)
	rx := make([]iface.Received, 256)
	timestamps := make([]iface.TxTimestamp, 256)
	for done := 0; done < n; done += len(frames) {
		send(t, a, frames...)
		if s, ok := a.(iface.TxTimestamper); ok {
			for k := 1; k > 0; {
				k, _ = s.TxTimestamps(timestamps)
			}
		}
		deadline(t, b, patience)
		for got := 0; got < len(frames); {
			k, err := b.Receive(rx)
			if err != nil {
				t.Fatal(err)
			}
			got += k
		}
	}
	nothing(t, b, time.Millisecond)
}
