package reach

import (
	"sync"
	"time"

	"eterm/iface"
)

// outbox sends frames one by one, from any goroutine, and finds out when each
// left. While it is used nobody else may send on its port.
type outbox struct {
	port    iface.Port
	stamper iface.TxTimestamper // nil where the port gives no timestamps

	mu         sync.Mutex
	accepted   uint64 // frames taken so far: the number of the next
	one        [1][]byte
	scratch    [32]iface.TxTimestamp
	timestamps []iface.TxTimestamp // by number modulo the length
}

// maxTimestamps bounds the timestamps kept for answers to come.
const maxTimestamps = 1 << 14

func newOutbox(port iface.Port) *outbox {
	o := &outbox{port: port}
	if c, err := port.Counters(); err == nil {
		o.accepted = c.Accepted // timestamps count from the port's first frame on
	}
	if s, ok := iface.As[iface.TxTimestamper](port); ok {
		o.stamper, o.timestamps = s, make([]iface.TxTimestamp, maxTimestamps)
		for i := range o.timestamps {
			o.timestamps[i].Sequence = ^uint64(0)
		}
	}
	return o
}

// send sends one frame and returns its number and the time just before.
func (o *outbox) send(frame []byte) (number uint64, at time.Time, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	number, at = o.accepted, time.Now()
	o.one[0] = frame
	n, err := o.port.Send(o.one[:])
	o.one[0] = nil
	if n == 1 {
		o.accepted++
		err = nil
	}
	// On virtual interfaces the timestamp is there already. Taking it now keeps
	// the kernel's queue of timestamps short.
	o.drain()
	return number, at, err
}

// drain takes the timestamps that are there.
func (o *outbox) drain() {
	if o.stamper == nil {
		return
	}
	for {
		n, err := o.stamper.TxTimestamps(o.scratch[:])
		for _, s := range o.scratch[:max(n, 0)] {
			if slot := &o.timestamps[s.Sequence%maxTimestamps]; slot.Sequence != s.Sequence {
				*slot = s // the first: a virtual switch timestamps the same frame again
			}
		}
		if err != nil || n < len(o.scratch) {
			return
		}
	}
}

// timestamp is when frame number left, if that is known.
func (o *outbox) timestamp(number uint64) (iface.TxTimestamp, bool) {
	if o.stamper == nil {
		return iface.TxTimestamp{}, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	slot := &o.timestamps[number%maxTimestamps]
	if slot.Sequence != number {
		o.drain()
	}
	return *slot, slot.Sequence == number
}

// roundTrip is the time from when frame number left, which was a moment after
// sent, to when rx came: between timestamps of one clock if there are two, else
// between calls of this process.
func (o *outbox) roundTrip(number uint64, sent time.Time, rx *iface.Received) (time.Duration, iface.Clock) {
	if s, ok := o.timestamp(number); ok && s.Clock == rx.Clock && rx.Clock != iface.UserClock {
		if d := rx.At.UnixNano() - s.At; d >= 0 {
			return time.Duration(d), rx.Clock
		}
	}
	return time.Since(sent), iface.UserClock
}
