package show

import (
	"io"
	"strings"
	"testing"
	"time"

	"eterm/frame/probe"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
)

// bad is a result in which everything went wrong.
func bad() linktest.Result {
	start := time.Date(2026, 11, 20, 12, 0, 1, 5e6, time.Local).UnixNano()
	r := linktest.Account(
		&linktest.SenderSide{SenderAccount: probe.SenderAccount{Intended: 1100, Offered: 1000, Refused: 3}, AskedRate: 1000, OfferedRate: 900, NICDropped: 1,
			PacingError: pace.PacingError{P50: 1000, P99: 2000, Max: 3000}},
		&linktest.ReceiverSide{SocketDropped: 2, Foreign: 12, Report: probe.Report{
			Session: 0x123456, Expected: 1000, Received: 980, Duplicated: 4, Behind: probe.Spread{Known: 4, Min: 1000, Max: 5000},
			Reordering: probe.Reordering{Reordered: 6, Runs: 5, MaxExtent: 3, MaxTime: 700},
			Loss: probe.Loss{Lost: 20, Bursts: 2, Longest: 15, First: 7, Last: 999, Outages: []probe.Outage{
				{First: 7, Frames: 5, Start: start, ByCount: 5e6, ByTime: 6e6}, {First: 985, Frames: 15, ByCount: 15e6}}},
			Damage: probe.Damage{Corrupted: 2, WrongBits: 1, Truncated: 1, Bits: 1, ZeroToOne: 1, Retagged: 8, Examples: []probe.Example{
				{Stream: 1, Number: 33, Length: 40, Want: 60, Wrong: []probe.WrongByte{{Offset: 20, Got: 1, Want: 0}}}}},
			Delay: probe.Delay{Kind: "one_way", Min: 1000, P50: 2000, P99: 3000, P999: 4000, Max: 5000},
			Each:  []probe.StreamReport{{Stream: 0, Expected: 500, Received: 490}, {Stream: 1, Expected: 500, Received: 490}},
		}}, linktest.Limits{P99: 2500})
	return r
}

func TestPrintResult(t *testing.T) {
	var b strings.Builder
	linePrinter{NewOutput(&b)}.result("forward", bad())
	const want = `forward: 1000 offered, 980 received, 20 lost (2 %), 4 duplicated, 6 reordered, 2 corrupted
  offered    1000 of 1100 intended, 900.0 a second where 1000.0 were asked for, pacing error p50 1µs, p99 2µs, max 3µs
  lost       20: refused by the sender's kernel 3, sender's NIC 1, receive socket 2, receiver's NIC 0, on the way 14
             in 2 bursts, the longest of 15 frames; first number 7, last 999
             outage after 12:00:01.005000: 5 frames from number 7, 5ms by count, 6ms by time
             outage at the start: 15 frames from number 985, 15ms by count
  duplicated 4, 1µs to 5µs after the first
  reordered  6 in 5 runs, by up to 3 frames and 700ns
  corrupted  2: 1 with wrong bits, 1 cut, 0 lengthened; 1 bit, 1 of them 0 to 1, 0 1 to 0
             number 33 of stream 1, 40 bytes where 60 were sent, byte 20 is 01 and was 00
  retagged   8 came with other VLAN tags than they were sent with
  foreign    12 other frames
  delay      one way: min 1µs, p50 2µs, p99 3µs, p99.9 4µs, max 5µs
  stream     0: 500 expected, 490 received, 0 lost, 0 duplicated, 0 reordered
  stream     1: 500 expected, 490 received, 0 lost, 0 duplicated, 0 reordered
  failed     the 99th percentile of the delay's value is 3µs, allowed are 2.5µs
  doubtful   6 frames were lost by the hosts and not by what is between them
  doubtful   the asked rate was missed by 10.0 %: this host could not send faster: 900 frames a second were offered where 1000 were asked for
`
	if got := b.String(); got != want {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
}

// TestPriorityThatTheReceiverMayHaveLost: the link is not blamed for it, but is for
// other changes.
func TestPriorityThatTheReceiverMayHaveLost(t *testing.T) {
	for _, c := range []struct {
		damage probe.Damage
		takes  bool
		want   string
	}{
		{probe.Damage{Retagged: 8, NoPriority: 8}, true, "  priority   not testable here: 8 frames came with priority 0 and were sent with another, " +
			"and the receiver's NIC takes tags off (rx-vlan-offload),\n             which with some drivers loses it: switch that off there (ethtool -K IF rxvlan off), and test again\n"},
		{probe.Damage{Retagged: 8, NoPriority: 8}, false, "  retagged   8 came with other VLAN tags than they were sent with\n"},
		{probe.Damage{Retagged: 8, NoPriority: 7}, true, "  retagged   8 came with other VLAN tags than they were sent with\n"},
		{probe.Damage{}, true, ""},
	} {
		var b strings.Builder
		linePrinter{NewOutput(&b)}.tags(&linktest.ReceiverSide{TakesTags: c.takes, Report: probe.Report{Damage: c.damage}})
		if b.String() != c.want {
			t.Errorf("%+v: printed %q, want %q", c, b.String(), c.want)
		}
	}
}

func TestPrintTotalOfBothWays(t *testing.T) {
	var b strings.Builder
	forward, reverse := bad(), linktest.SenderOnly(1, &linktest.SenderSide{SenderAccount: probe.SenderAccount{Intended: 5, Offered: 5}, OfferedRate: 7})
	forward.Direction, reverse.Direction = "forward", "reverse"
	total := linktest.Sum([]linktest.Result{forward, reverse})
	total.RTT = &linktest.RTT{Count: 3, Lost: 1, Min: 1000, P50: 2000, P99: 3000, Max: 4000}
	var p Link
	p.Open(NewOutput(&b), NewMessages(io.Discard), func(linktest.Total) error { return nil })
	must(t, p.Total(total))
	const want = `reverse: 5 offered, what was received is not known
  offered    5, 7.0 a second, as fast as the port took them
round trip: 3 measured, 1 lost, min 1µs, p50 2µs, p99 3µs, max 4µs
`
	if got := b.String(); !strings.HasPrefix(got, "forward: 1000 offered") || !strings.HasSuffix(got, want) {
		t.Errorf("printed\n%s", got)
	}
	if total.Offered != 1005 || total.Lost != 20 || total.Verdict.Status != linktest.Untrusted || total.Where.OnTheWay != 14 {
		t.Errorf("%+v", total.Result)
	}
}
