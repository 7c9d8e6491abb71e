package iface_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"eterm/iface"
	"eterm/iface/lab/labtest"
)

// BenchmarkSend sends as fast as the kernel takes frames, over a cable whose
// other end nobody reads.
func BenchmarkSend(b *testing.B) {
	for _, engine := range []iface.Engine{iface.EngineSocket, iface.EngineXDP} {
		for _, size := range []int{60, 1514} {
			b.Run(fmt.Sprintf("engine=%d/size=%d", engine, size), func(b *testing.B) {
				left, _ := labtest.Pair(b)
				p := open(b, left, iface.Options{SendOnly: true, Engine: engine})
				frames := batch(64, size)
				for n := 0; n < b.N; n += len(frames) {
					send(b, p, frames[:min(len(frames), b.N-n)]...)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
			})
		}
	}
}

// BenchmarkReceive takes frames that wait already: what a frame costs the
// reader, without the kernel's part. Waiting for a block is in ns/op, not in
// the processor time.
func BenchmarkReceive(b *testing.B) {
	for _, size := range []int{60, 1514} {
		for _, o := range []iface.Options{{ReceiveOnly: true}, {ReceiveOnly: true, Immediate: true}} {
			b.Run(fmt.Sprintf("immediate=%v/size=%d", o.Immediate, size), func(b *testing.B) {
				left, right := labtest.Pair(b)
				in, out := open(b, right, o), open(b, left, iface.Options{SendOnly: true})
				frames := batch(2000, size)
				rx := make([]iface.Received, 256)
				var spent time.Duration
				b.ReportAllocs()
				b.ResetTimer()
				for n := 0; n < b.N; n += len(frames) {
					b.StopTimer()
					send(b, out, frames[:min(len(frames), b.N-n)]...)
					before := processTime()
					b.StartTimer()
					drain(b, in, rx)
					spent += processTime() - before
				}
				b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N), "cpu-ns/op")
				if c := account(b, in); c.SocketDropped != 0 {
					b.Errorf("%d dropped", c.SocketDropped)
				}
			})
		}
	}
}

func processTime() time.Duration {
	var ts unix.Timespec
	unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &ts)
	return time.Duration(ts.Nano())
}

// drain receives until the port has none left.
func drain(b *testing.B, p iface.Port, rx []iface.Received) {
	p.SetReadDeadline(time.Now())
	for {
		if _, err := p.Receive(rx); err != nil {
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				b.Fatal(err)
			}
			return
		}
	}
}

func batch(n, size int) [][]byte {
	frames := make([][]byte, n)
	for i := range frames {
		frames[i] = frame(macB, macA, size, 0x88b5)
	}
	return frames
}
