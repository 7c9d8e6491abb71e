package iface_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"eterm/iface"
	"eterm/iface/lab/labtest"
)

// withTraffic sends from a to b without pause while events happen, then drains b.
func withTraffic(t *testing.T, a, b iface.Port, events func()) {
	t.Helper()
	var wait sync.WaitGroup
	stop := make(chan struct{})
	wait.Go(func() {
		frames := batch(16, 200)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := a.Send(frames); errors.Is(err, iface.ErrGone) {
				return
			}
		}
	})
	received := make(chan error)
	go func() {
		rx := make([]iface.Received, 256)
		for {
			_, err := b.Receive(rx)
			if err != nil && !errors.Is(err, iface.ErrDown) {
				received <- err
				return
			}
		}
	}()
	events()
	close(stop)
	wait.Wait()
	deadline(t, b, 0)
	<-received
}

// Trap 18, faults 26 and 32: either end goes down and up while frames flow.
func TestDownAndUpMidRun(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, o)
		withTraffic(t, a, b, func() {
			for range 3 {
				for _, h := range []interface {
					Down(string) error
					Up(string) error
					Running(string) error
				}{right, left} {
					time.Sleep(5 * time.Millisecond)
					err := errors.Join(h.Down("eth0"), h.Up("eth0"), left.Running("eth0"), right.Running("eth0"))
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
		sent, got := account(t, a), account(t, b)
		// Between "up" and the carrier the kernel says that the queue is full.
		if r := sent.Refused; r.Total() != r.Down+r.QueueFull {
			t.Errorf("%+v", sent)
		}
		if sent.Accepted < got.Seen || got.Seen == 0 || sent.CarrierChanges < 6 || got.CarrierChanges < 6 {
			t.Errorf("sender %+v\nreceiver %+v", sent, got)
		}
		// And it works as before.
		send(t, a, batch(10, 60)...)
		receive(t, b, 10)
		account(t, b)
	})
}

// Fault 27: the interface is removed while frames flow.
func TestDeletedMidRun(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, o)
		withTraffic(t, a, b, func() {
			time.Sleep(10 * time.Millisecond)
			if err := withLink(right, right.Netlink().LinkDel); err != nil {
				t.Error(err)
			}
		})
		sent, got := account(t, a), account(t, b)
		if got.Seen == 0 || got.Seen > sent.Accepted {
			t.Errorf("sender %+v\nreceiver %+v", sent, got)
		}
		if _, err := b.Receive(make([]iface.Received, 1)); !errors.Is(err, iface.ErrGone) {
			t.Error(err)
		}
	})
}

// Fault 29 and 30: new names, addresses and MTUs while frames flow lose none.
func TestChangesMidRun(t *testing.T) {
	needTool(t, "ip")
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		o.Buffer = 64 << 20
		a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, o)
		withTraffic(t, a, b, func() {
			for i := range 5 {
				time.Sleep(2 * time.Millisecond)
				mtu := 1000 + 100*i
				run(t, left, "ip", "link", "set", "eth0", "mtu", strconv.Itoa(mtu))
				run(t, right, "ip", "link", "set", "eth0", "mtu", strconv.Itoa(mtu))
				run(t, right, "ip", "link", "set", "eth0", "address", "02:00:00:00:01:0"+strconv.Itoa(i))
			}
		})
		sent, got := account(t, a), account(t, b)
		if sent.Refused.Total() != 0 || got.Seen != sent.Accepted {
			t.Errorf("sender %+v\nreceiver %+v", sent, got)
		}
	})
}
