package ifacetest

import (
	"bytes"
	"net"
	"time"

	"eterm/iface"
)

// inbox is a bounded queue of frames. Its memory is used again and again.
type inbox struct {
	slots  []iface.Received
	first  int
	length int
}

func newInbox(capacity int) inbox { return inbox{slots: make([]iface.Received, capacity)} }

// put copies a frame in and says whether there was room.
func (q *inbox) put(frame []byte, at time.Time, own net.HardwareAddr) bool {
	if q.length == len(q.slots) {
		return false
	}
	s := &q.slots[(q.first+q.length)%len(q.slots)]
	s.Bytes = append(s.Bytes[:0], frame...)
	s.At, s.Length, s.To = at, len(frame), classOf(frame, own)
	q.length++
	return true
}

// take copies frames out, oldest first, into the caller's memory.
func (q *inbox) take(rx []iface.Received) int {
	n := min(len(rx), q.length)
	for i := range n {
		s := &q.slots[q.first]
		rx[i] = iface.Received{Bytes: append(rx[i].Bytes[:0], s.Bytes...), At: s.At, Length: s.Length, To: s.To}
		q.first = (q.first + 1) % len(q.slots)
	}
	q.length -= n
	return n
}

var broadcast = []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// classOf says for whom a frame is. A frame cut below six bytes is for nobody.
func classOf(frame []byte, own net.HardwareAddr) iface.Class {
	switch {
	case len(frame) < 6:
		return iface.ToOtherHost
	case bytes.Equal(frame[:6], broadcast):
		return iface.ToBroadcast
	case frame[0]&1 != 0:
		return iface.ToMulticast
	case bytes.Equal(frame[:6], own):
		return iface.ToHost
	}
	return iface.ToOtherHost
}
