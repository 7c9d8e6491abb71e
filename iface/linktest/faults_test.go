package linktest_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"eterm/iface"
	"eterm/iface/lab/labtest"
	"eterm/iface/linktest"
)

// The faults of docs/develop/testing.md, in its order, one test each.

func TestFaultLoss(t *testing.T) {
	b := newBench(t)
	dropped := b.onMiddle(t, "left", "numgen", "inc", "mod", "10", "3", "counter", "drop")
	r := b.run(t, linktest.Load{Count: 5000, Rate: 10_000})
	// Plan and end frames pass the same rule: every tenth of all.
	l := r.Receiver.Report.Loss
	if n, _ := strconv.ParseUint(dropped(), 10, 64); r.OnTheWay == 0 || r.OnTheWay > n || r.OnTheWay+2 < n || l.Longest != 1 || l.Bursts != r.Lost {
		t.Errorf("%d lost on the way, nft dropped %s; %+v", r.OnTheWay, dropped(), l)
	}
}

func TestFaultChosenNumbersLost(t *testing.T) {
	b := newBench(t)
	// Of a mark at offset 14: kind and stream in its third and fourth byte,
	// the number in bytes 8 to 11.
	b.onMiddle(t, "left", "@ll,128,16", "0x1200", "@ll,176,32", "100-199", "counter", "drop")
	r := b.run(t, linktest.Load{Count: 500, Rate: 5000})
	l := r.Receiver.Report.Loss
	if r.OnTheWay != 100 || l.Bursts != 1 || l.First != 100 || l.Last != 199 || len(l.Outages) != 1 || l.Outages[0].ByCount != 20e6 {
		t.Errorf("%d lost on the way, %+v", r.OnTheWay, l)
	}
}

func TestFaultTailLost(t *testing.T) {
	b := newBench(t)
	b.onMiddle(t, "left", "quota", "over", "30000", "bytes", "counter", "drop")
	r := b.run(t, linktest.Load{Count: 1000, Rate: 10_000})
	if l := r.Receiver.Report.Loss; r.Received < 400 || r.Received > 700 || r.OnTheWay != 1000-r.Received || l.Last != 999 || l.Bursts != 1 {
		t.Errorf("%d received, %d lost on the way, %+v", r.Received, r.OnTheWay, l)
	}
}

func TestFaultDuplicates(t *testing.T) {
	b := newBench(t)
	b.onMiddle(t, "left", "@ll,128,16", "0x1200", "numgen", "inc", "mod", "10", "0", "counter", "dup", "to", "right")
	r := b.run(t, linktest.Load{Count: 1000, Rate: 10_000})
	if r.Received != 1000 || r.Duplicated != 100 || r.Lost != 0 || r.Receiver.Report.Behind.Known != 100 {
		t.Errorf("%d received, %d duplicated, %d lost", r.Received, r.Duplicated, r.Lost)
	}
}

func TestFaultWrongBytes(t *testing.T) {
	b := newBench(t)
	b.onMiddle(t, "left", "@ll,128,16", "0x1200", "numgen", "inc", "mod", "7", "0", "counter", "@ll,464,16", "set", "@ll,464,16", "^", "0x0101")
	r := b.run(t, linktest.Load{Count: 700, Rate: 10_000})
	d := r.Receiver.Report.Damage
	if r.Received != 700 || r.Corrupted != 100 || d.Bits != 200 || d.ByBit[7] != 200 || fmt.Sprint(d.ByByte) != "[{58 100} {59 100}]" {
		t.Errorf("%d received, %d corrupted, %+v", r.Received, r.Corrupted, d)
	}
}

func TestFaultShaper(t *testing.T) {
	b := newBench(t)
	labtest.Run(t, b.middle, "tc", "qdisc", "add", "dev", "right", "root", "tbf", "rate", "1mbit", "burst", "1540", "limit", "6000")
	r := b.run(t, linktest.Load{Count: 2000, Rate: 5000})
	out := labtest.Run(t, b.middle, "tc", "-s", "qdisc", "show", "dev", "right")
	_, after, _ := strings.Cut(out, "dropped ")
	n, _, _ := strings.Cut(after, ",")
	dropped, _ := strconv.ParseUint(n, 10, 64)
	// The five end frames and the three plan frames may be among those.
	if r.OnTheWay == 0 || r.OnTheWay > dropped || r.OnTheWay+8 < dropped || r.Receiver.Report.Delay.Max < 10e6 {
		t.Errorf("%d lost on the way, tbf dropped %d; delay %+v", r.OnTheWay, dropped, r.Receiver.Report.Delay)
	}
}

func TestFaultSenderRefused(t *testing.T) {
	b := newBench(t)
	labtest.Run(t, b.left, "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "1mbit", "burst", "2000", "limit", "5000")
	r := b.run(t, linktest.Load{Count: 2000, Rate: 5000})
	if r.Refused == 0 || r.LostLocal != r.Refused || r.OnTheWay != 0 || r.Verdict.Status != linktest.Untrusted || r.Sender.RefusedBy.QueueFull != r.Refused {
		t.Errorf("%d refused, %d lost by hosts, %d on the way, %+v", r.Refused, r.LostLocal, r.OnTheWay, r.Verdict)
	}
}

// held is a port whose reader is slow: it takes nothing until it is released.
type held struct {
	iface.Port
	release <-chan struct{}
}

func (h held) Unwrap() iface.Port { return h.Port }

func (h held) Receive(rx []iface.Received) (int, error) {
	<-h.release
	return h.Port.Receive(rx)
}

func TestFaultReceiverOverrun(t *testing.T) {
	b := newBench(t)
	release := make(chan struct{})
	small := plug(t, b.right, iface.Options{Immediate: true, Buffer: 64 << 10})
	b.rx = held{small, release}
	time.AfterFunc(500*time.Millisecond, func() { close(release) })
	r := b.run(t, linktest.Load{Count: 5000, Rate: 20_000})
	if r.Where.ReceiveSocket == 0 || r.Where.ReceiveSocket != r.Lost || r.OnTheWay != 0 || r.Verdict.Status != linktest.Untrusted {
		t.Errorf("%d lost, %+v, status %d", r.Lost, r.Where, r.Verdict.Status)
	}
}

func TestFaultSenderDownAndUp(t *testing.T) {
	b := newBench(t)
	r, err := b.try(t, linktest.Load{Count: 4000, Rate: 4000}, func() {
		b.left.Down("eth0")
		time.AfterFunc(200*time.Millisecond, func() { b.left.Up("eth0") })
	})
	if err != nil || r.Sender.RefusedBy.Down < 100 || r.Offered != 4000 || r.Verdict.Status != linktest.Untrusted || r.Received < 2000 {
		t.Errorf("%v: %d offered, %+v, %d received, %+v", err, r.Offered, r.Sender.RefusedBy, r.Received, r.Verdict)
	}
}

func TestFaultReceiverDownAndUp(t *testing.T) {
	b := newBench(t)
	r, err := b.try(t, linktest.Load{Count: 4000, Rate: 4000}, func() {
		b.right.Down("eth0")
		time.AfterFunc(200*time.Millisecond, func() { b.right.Up("eth0") })
	})
	if err != nil || r.Lost < 100 || r.Received < 2000 || r.Verdict.Status != linktest.Untrusted || !strings.Contains(fmt.Sprint(r.Verdict), "went down") {
		t.Errorf("%v: %d lost, %d received, %+v", err, r.Lost, r.Received, r.Verdict)
	}
}

func TestFaultFarPortDown(t *testing.T) {
	b := newBench(t)
	r, err := b.try(t, linktest.Load{Count: 4000, Rate: 4000}, func() {
		b.middle.Down("right")
		time.AfterFunc(200*time.Millisecond, func() { b.middle.Up("right") })
	})
	if err != nil || r.OnTheWay < 100 || r.Receiver.CarrierChanges == 0 || len(r.Receiver.Report.Loss.Outages) != 1 {
		t.Errorf("%v: %d lost on the way, %d carrier changes, %+v", err, r.OnTheWay, r.Receiver.CarrierChanges, r.Receiver.Report.Loss)
	}
}

func TestFaultSenderRemoved(t *testing.T) {
	b := newBench(t)
	r, err := b.try(t, linktest.Load{Count: 4000, Rate: 4000}, func() {
		l, err := b.left.Netlink().LinkByName("eth0")
		if err == nil {
			err = b.left.Netlink().LinkDel(l)
		}
		if err != nil {
			t.Error(err)
		}
	})
	if !errGone(err) || r.Offered >= 4000 || r.NeverOffered == 0 || r.Verdict.Status != linktest.Untrusted {
		t.Errorf("%v: %d offered, %d never offered, %+v", err, r.Offered, r.NeverOffered, r.Verdict)
	}
}

func TestFaultReceiverRemoved(t *testing.T) {
	b := newBench(t)
	r, err := b.try(t, linktest.Load{Count: 4000, Rate: 4000}, func() {
		l, err := b.right.Netlink().LinkByName("eth0")
		if err == nil {
			err = b.right.Netlink().LinkDel(l)
		}
		if err != nil {
			t.Error(err)
		}
	})
	if !errGone(err) || r.Offered != 4000 || r.Received < 500 || r.Lost != 4000-r.Received {
		t.Errorf("%v: %d offered, %d received, %d lost", err, r.Offered, r.Received, r.Lost)
	}
}

func TestFaultMTULowered(t *testing.T) {
	b := newBench(t)
	r, err := b.try(t, linktest.Load{Count: 4000, Rate: 4000, Sizes: []int{64, 1518}}, func() { setMTU(t, b, "left", 1000) })
	if err != nil || r.Sender.RefusedBy.TooLong < 500 || r.Where.Refused != r.Sender.RefusedBy.TooLong || r.Verdict.Status != linktest.Untrusted {
		t.Errorf("%v: %+v, %+v, %+v", err, r.Sender.RefusedBy, r.Where, r.Verdict)
	}
}

func TestFaultSmallMTUOnTheWay(t *testing.T) {
	b := newBench(t)
	setMTU(t, b, "middle", 500)
	r := b.run(t, linktest.Load{Count: 1000, Rate: 10_000, Sizes: []int{64, 1518}})
	if r.OnTheWay != 500 || r.Received != 500 {
		t.Errorf("%d lost on the way, %d received", r.OnTheWay, r.Received)
	}
}

// setMTU of the left host's interface, or of the middle's port to the right.
func setMTU(t *testing.T, b *bench, where string, mtu int) {
	host, name := b.left, "eth0"
	if where == "middle" {
		host, name = b.middle, "right"
	}
	l, err := host.Netlink().LinkByName(name)
	if err == nil {
		err = host.Netlink().LinkSetMTU(l, mtu)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestFaultNothingForwarded(t *testing.T) {
	b := newBench(t)
	l, err := b.middle.Netlink().LinkByName("right")
	if err == nil {
		err = b.middle.Netlink().LinkSetNoMaster(l)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := b.run(t, linktest.Load{Count: 1000, Rate: 10_000})
	if r.Received != 0 || r.OnTheWay != 1000 || len(r.Verdict.Exceeded) != 1 || r.Verdict.Exceeded[0] != "no frame arrived" {
		t.Errorf("%d received, %+v", r.Received, r.Verdict)
	}
}

// TestFaultForeignFrames: another program sends frames of our EtherType, some
// of them with the beginning of a mark.
func TestFaultForeignFrames(t *testing.T) {
	b := newBench(t)
	other := plug(t, b.left, iface.Options{SendOnly: true})
	f := append(append(append([]byte{}, b.rx.HardwareAddr()...), b.tx.HardwareAddr()...), 0x88, 0xb5, 0xe7, 0x3d, 0x12, 0)
	f = append(f, bytes.Repeat([]byte{0x5a}, 42)...)
	r, err := b.try(t, linktest.Load{Count: 3000, Rate: 10_000}, func() {
		for i := range uint32(500) {
			binary.BigEndian.PutUint32(f[22:], i)
			if _, err := other.Send([][]byte{f}); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil || r.Received != 3000 || r.Lost+r.Duplicated+r.Corrupted != 0 || r.Foreign < 500 {
		t.Errorf("%v: %d received, %d lost, %d corrupted, %d foreign", err, r.Received, r.Lost, r.Corrupted, r.Foreign)
	}
}
