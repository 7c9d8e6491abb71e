package iface_test

import (
	"reflect"
	"testing"
	"time"

	"eterm/iface"
	"eterm/iface/load"
)

// fill sets every number in v to n, and every truth to yes.
func fill(v reflect.Value, n uint64) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Uint64:
			f.SetUint(n)
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Struct:
			fill(f, n)
		}
	}
}

func counters(n uint64) (c iface.Counters) {
	fill(reflect.ValueOf(&c).Elem(), n)
	return c
}

func TestSubTakesEveryField(t *testing.T) {
	if got := counters(7).Sub(counters(5)); got != counters(2) {
		t.Errorf("7 - 5 = %+v", got)
	}
	if got := counters(5).Sub(counters(7)); got != counters(0) {
		t.Errorf("a difference below zero: %+v", got)
	}
}

func TestAddTakesEveryReason(t *testing.T) {
	if got := counters(3).Refused.Add(counters(4).Refused); got != counters(7).Refused || got.Total() != 49 {
		t.Errorf("3 + 4 = %+v", got)
	}
}

func TestDoubts(t *testing.T) {
	type nic = iface.InterfaceCounters
	for name, test := range map[string]struct {
		c    iface.Counters
		want []iface.Doubt
	}{
		"none": {iface.Counters{Attempted: 9, Accepted: 9, Seen: 5, Delivered: 4, CarrierChanges: 1, Interface: nic{TxPackets: 2, RxDropped: 3}}, nil},
		"refused": {iface.Counters{Attempted: 9, Accepted: 4, Refused: iface.Refused{QueueFull: 3, Down: 2}},
			[]iface.Doubt{{iface.HostRefused, "this host refused to send 5 of 9 frames: 3 queue full, 2 interface down"}}},
		"dropped after it was taken": {iface.Counters{Attempted: 9, Accepted: 9, Interface: nic{TxDropped: 1, TxErrors: 1}},
			[]iface.Doubt{{iface.TransmitDropped, "the interface dropped 2 frames that it had taken"}}},
		"another's frames dropped": {iface.Counters{Seen: 3, Interface: nic{TxDropped: 1}}, nil},
		"socket": {iface.Counters{Seen: 3, Delivered: 2, SocketDropped: 1},
			[]iface.Doubt{{iface.HostDropped, "this host dropped 1 frame before they could be read"}}},
		"one frame under three names": {iface.Counters{Seen: 3, Delivered: 3, Interface: nic{RxMissed: 9, RxFIFO: 9, RxNoBuffer: 4}},
			[]iface.Doubt{{iface.HostDropped, "the NIC dropped 9 frames that this host had no room for"}}},
		"carrier": {iface.Counters{Attempted: 800, Accepted: 800, CarrierChanges: 4, CarrierLost: 2, Interface: nic{TxPackets: 313}},
			[]iface.Doubt{{iface.CarrierLost, "the carrier was lost 2 times: it got 800 frames, and counts 313 sent"}}},
		"no carrier": {iface.Counters{Attempted: 1, Accepted: 1, NoCarrier: true, Interface: nic{TxPackets: 1}},
			[]iface.Doubt{{iface.NoCarrier, "the interface has no carrier"}}},
		"down": {iface.Counters{Downs: 1}, []iface.Doubt{{iface.LinkWentDown, "the interface went down once"}}},
		"gone": {iface.Counters{Downs: 1, NoCarrier: true, Gone: true}, []iface.Doubt{{iface.LinkGone, "the interface was removed"}}},
		"anew": {iface.Counters{Interface: nic{Restarts: 1}},
			[]iface.Doubt{{iface.CountersRestarted, "the interface's counters began anew once: what it dropped before is not all known"}}},
	} {
		if got := test.c.Doubts(); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestDroppedOfIsNeverMoreThanWasLost(t *testing.T) {
	c := iface.Counters{SocketDropped: 2, Interface: iface.InterfaceCounters{RxMissed: 3}}
	for lost, want := range map[uint64]uint64{0: 0, 4: 4, 5: 5, 6: 5} {
		if got := c.DroppedOf(lost); got != want {
			t.Errorf("of %d lost %d were dropped here, want %d", lost, got, want)
		}
	}
}

func TestRateMissed(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	for name, test := range map[string]struct {
		frames            uint64
		asked, took, late time.Duration
		want              bool
	}{
		"kept":                           {1000, s, s, 0, false},
		"within 1 percent":               {100_000, 100 * s, 101 * s, s / 2, false},
		"no schedule":                    {1000, 0, s, 0, false},
		"one frame, late":                {1, s, s + 18*ms, 18 * ms, false},
		"ten frames, the last late":      {10, 100 * ms, 120 * ms, 0, false},
		"overloaded, a short run":        {100, 10 * ms, 30 * ms, 10 * ms, true},
		"overloaded, nothing known of p": {100_000, s, 2 * s, 0, true},
		"a long stall at the end":        {1000, s, s + 60*ms, 0, true},
		"few frames, far too slow":       {5, 5 * s, 50 * s, 22 * s, true},
		"a hiccup":                       {10, ms, ms + ms, ms, false},
	} {
		d, got := load.RateMissed(test.frames, test.asked, test.took, test.late)
		if got != test.want || got && d.Reason != iface.RateMissed {
			t.Errorf("%s: %v %+v, want %v", name, got, d, test.want)
		}
	}
}
