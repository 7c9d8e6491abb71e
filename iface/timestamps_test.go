package iface_test

import (
	"encoding/binary"
	"errors"
	"net"
	"testing"
	"time"

	"eterm/iface"
	"eterm/iface/lab/labtest"
)

// timestamps takes n transmit timestamps, waiting for them.
func timestamps(t *testing.T, p iface.Port, n int) (all []iface.TxTimestamp) {
	t.Helper()
	until(t, "all transmit timestamps", func() bool {
		buf := make([]iface.TxTimestamp, 100)
		k, err := p.(iface.TxTimestamper).TxTimestamps(buf)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, buf[:k]...)
		return len(all) >= n
	})
	return all
}

// Trap 31: behind a virtual switch the kernel gives each frame a timestamp twice, once
// for each device on the way. The first counts, and only it.
func TestTxTimestampsComeOnce(t *testing.T) {
	left, right, _ := labtest.Switched(t)
	a := open(t, left, iface.Options{TxTimestamps: true})
	b := open(t, right, iface.Options{Immediate: true})
	const total = 500
	for i := range total {
		before := time.Now()
		send(t, a, frame(broadcast, macA, 60, 0x88b5))
		tx := timestamps(t, a, 1)
		after := time.Now()
		rx := receive(t, b, 1)[0]
		at := time.Unix(0, tx[0].At)
		if len(tx) != 1 || tx[0].Sequence != uint64(i) || tx[0].Clock != iface.KernelClock {
			t.Fatalf("frame %d: timestamps %+v", i, tx)
		}
		if at.Before(before) || at.After(after) || rx.At.Before(at) {
			t.Fatalf("frame %d: sent %v to %v, timestamp %v, received %v", i, before, after, at, rx.At)
		}
	}
	if n, err := a.(iface.TxTimestamper).TxTimestamps(make([]iface.TxTimestamp, 10)); n != 0 || err != nil {
		t.Errorf("%d timestamps too many, error %v", n, err)
	}
	account(t, a)
}

// A refused frame has used up a number of the kernel's, and still every timestamp
// goes to the right frame.
func TestTxTimestampsOfRefusedFrames(t *testing.T) {
	left, right := labtest.Pair(t)
	shape(t, left, 1_000_000/8, 2000, 5000)
	a := open(t, left, iface.Options{TxTimestamps: true, SendOnly: true})
	b := open(t, right, iface.Options{ReceiveOnly: true})
	accepted := map[uint32]uint32{} // sequence by the number in the frame
	for i := range uint32(300) {
		f := binary.BigEndian.AppendUint32(frame(macB, macA, 14, 0x88b5), i)
		n, err := a.Send([][]byte{append(f, make([]byte, 982)...)})
		if n == 1 {
			accepted[uint32(len(accepted))] = i
		} else if !errors.Is(err, iface.ErrQueueFull) {
			t.Fatal(err)
		}
		if i%10 == 0 { // let some out
			time.Sleep(time.Millisecond)
		}
	}
	got := receive(t, b, len(accepted))
	arrived := map[uint32]time.Time{}
	for _, r := range got {
		arrived[binary.BigEndian.Uint32(r.Bytes[14:])] = r.At
	}
	if len(arrived) != len(accepted) || len(accepted) == 300 {
		t.Fatalf("accepted %d of 300, arrived %d", len(accepted), len(arrived))
	}
	var last int64
	for i, s := range timestamps(t, a, len(accepted)) {
		at := arrived[accepted[uint32(s.Sequence)]].UnixNano()
		if s.Sequence != uint64(i) || s.At > at || s.At < last {
			t.Fatalf("timestamp %d: %+v; arrived %d", i, s, at)
		}
		last = at
	}
}

// Trap 30: the first frames after timestamps were switched on may have none.
// They say so; what is said to be the kernel's timestamp is right.
func TestFirstStampIsRightOrSaysItIsNot(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		out := open(t, left, iface.Options{SendOnly: true})
		for range 20 {
			in := open(t, right, o)
			before := time.Now()
			send(t, out, frame(macB, macA, 60, 0x88b5))
			sent := time.Now()
			time.Sleep(3 * time.Millisecond) // a timestamp taken when read is late
			r := receive(t, in, 1)[0]
			if r.At.Before(before) || r.Clock == iface.KernelClock && r.At.After(sent.Add(time.Millisecond)) {
				t.Errorf("sent %v to %v, timestamp %v by clock %d", before, sent, r.At, r.Clock)
			}
			in.Close()
		}
	})
}

func TestHardwareStampsWhereThereAreNone(t *testing.T) {
	left, right := labtest.Pair(t)
	o := iface.Options{HardwareTimestamps: true, TxTimestamps: true}
	a, b := open(t, left, o), open(t, right, o)
	send(t, a, frame(broadcast, macA, 60, 0x88b5))
	if s := timestamps(t, a, 1)[0]; s.Clock != iface.KernelClock {
		t.Errorf("%+v", s)
	}
	if r := receive(t, b, 1)[0]; r.Clock != iface.KernelClock {
		t.Errorf("%+v", r)
	}
}

func TestTxTimestampsAfterClose(t *testing.T) {
	left, _ := labtest.Pair(t)
	p := open(t, left, iface.Options{TxTimestamps: true})
	p.Close()
	if _, err := p.(iface.TxTimestamper).TxTimestamps(make([]iface.TxTimestamp, 1)); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	left.Do(func() error {
		if _, err := iface.Open("eth0", iface.Options{TxTimestamps: true, Engine: iface.EngineXDP}); err == nil {
			t.Error("AF_XDP with timestamps opened")
		}
		return nil
	})
}
