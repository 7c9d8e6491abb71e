package vmtest

import (
	"fmt"
	"testing"
	"time"
)

// where is the part of a link test's result that says where frames were lost.
type where struct {
	Refused       uint64 `json:"refused"`
	Withheld      uint64 `json:"withheld"`
	SenderNIC     uint64 `json:"sender_nic"`
	ReceiveSocket uint64 `json:"receive_socket"`
	ReceiveNIC    uint64 `json:"receive_nic"`
	Uncounted     uint64 `json:"uncounted"`
	OnTheWay      uint64 `json:"on_the_way"`
}

func (w where) sum() uint64 {
	return w.Refused + w.Withheld + w.SenderNIC + w.ReceiveSocket + w.ReceiveNIC + w.Uncounted + w.OnTheWay
}

// link is the result of a link test.
type link struct {
	Intended, Offered, Refused, Received, Lost, Duplicated, Reordered, Corrupted uint64

	Foreign  uint64
	Where    where
	Receiver struct {
		Report struct {
			Damage struct {
				Retagged   uint64
				NoPriority uint64 `json:"no_priority"`
			}
		}
		TakesTags bool `json:"takes_tags"`
	}
	Verdict struct{ Status int }
}

// linkRun runs a link test from card to card, and checks that its sums hold. QEMU's
// e1000 keeps back what comes for 1 s after it was made promiscuous: frames get
// longer than that.
func linkRun(t *testing.T, args ...string) (link, *program) {
	t.Helper()
	p := run(t, append([]string{"link", "run", "--json", "--drain", "2s"}, args...)...)
	var l link
	p.last(t, &l)
	t.Logf("status %d: %+v", p.status, l)
	if l.Offered != l.Received+l.Lost {
		t.Errorf("offered %d is not received %d + lost %d", l.Offered, l.Received, l.Lost)
	}
	if l.Lost != l.Where.sum() {
		t.Errorf("lost %d is not the sum of its places, %+v", l.Lost, l.Where)
	}
	if p.status != l.Verdict.Status {
		t.Errorf("status %d, and the result says %d", p.status, l.Verdict.Status)
	}
	return l, p
}

// TestCardExactCounts: nothing is lost but what a card of a slow guest says that it
// missed, and what is offered is what the kernel's own counters of both cards say, but for a few
// frames that say what the test is about, and are repeated if the guest is slow.
func TestCardExactCounts(t *testing.T) {
	guest(t)
	for _, rate := range []uint64{100, 1000} {
		n := 2 * rate
		sent, received := watch(t, "ca", "tx_packets"), watch(t, "cb", "rx_packets")
		l, p := linkRun(t, "--tx", "ca", "--rx", "cb", "-b", fmt.Sprintf("%dpps", rate), "-c", fmt.Sprint(n))
		if l.Offered != n || l.Received+l.Where.ReceiveNIC != n || l.Duplicated != 0 || l.Corrupted != 0 {
			t.Errorf("%+v, want %d offered and received, or missed by the receiving card", l, n)
		}
		if p.status != 0 && p.status != 3 { // 3: the guest's timers missed the rate
			t.Errorf("status %d: %s", p.status, &p.err)
		}
		tx := sent(n)
		if rx := received(l.Received); l.Where.ReceiveNIC == 0 && rx != tx || rx > tx {
			t.Errorf("cb received %d frames of the %d that ca sent", rx, tx)
		}
		if tx-n > 20 {
			t.Errorf("%d frames beside the %d offered", tx-n, n)
		}
	}
}

// watch reads a counter now; the function it gives waits until the counter grew
// by at least so much and then stands still, and says by how much it grew. Cards
// count late: some say what they sent only when they take it off the ring.
func watch(t *testing.T, card, name string) func(atLeast uint64) uint64 {
	t.Helper()
	before := statistic(t, card, name)
	return func(atLeast uint64) uint64 {
		t.Helper()
		last := uint64(0)
		await(t, fmt.Sprintf("%s of %s grew by %d", name, card, atLeast), func() bool {
			time.Sleep(100 * time.Millisecond) // longer than any card's timer
			grown := statistic(t, card, name) - before
			still := grown == last && grown >= atLeast
			last = grown
			return still
		})
		return last
	}
}

// exactly fails if a counter does not grow by exactly so much.
func exactly(t *testing.T, what string, grown func(uint64) uint64, want uint64) {
	t.Helper()
	if got := grown(want); got != want {
		t.Errorf("%s: %d, want %d", what, got, want)
	}
}

// TestCardFullRate: as fast as can be every frame has its place, and no frame
// is received that was not offered.
func TestCardFullRate(t *testing.T) {
	guest(t)
	l, p := linkRun(t, "--tx", "ca", "--rx", "cb", "-b", "max", "-d", "2")
	if l.Received == 0 || l.Corrupted != 0 || l.Duplicated != 0 {
		t.Errorf("%+v", l)
	}
	if host := l.Lost - l.Where.OnTheWay; host > 0 && p.status != 3 {
		t.Errorf("status %d with %d frames lost in this host", p.status, host)
	}
}

// missedRises are the models that once they have missed a frame count those missed
// again and again, though no more are: QEMU does not clear e1000's register when it
// is read, and the driver adds it up every 2 s.
var missedRises = map[string]bool{"e1000": true}

// TestCardEngines: whatever sends, all that it says was sent comes.
func TestCardEngines(t *testing.T) {
	guest(t)
	for _, engine := range []string{"socket", "xdp", "auto"} {
		t.Run(engine, func(t *testing.T) {
			const n = 1000
			sent, received, missed := watch(t, "ca", "tx_packets"), watch(t, "cb", "rx_packets"), watch(t, "cb", "rx_missed_errors")
			heard := begin(t, true, "listen", "-i", "cb", "-t", "0x88b5", "-q", "--json")
			p := run(t, "send", "-i", "ca", "--to", macB, "-c", fmt.Sprint(n), "-b", "500pps", "--engine", engine, "--json")
			var s struct{ Sent, Attempts uint64 }
			p.last(t, &s)
			if s.Sent != n || s.Attempts != n {
				t.Errorf("sent %d of %d attempts, want %d", s.Sent, s.Attempts, n)
			}
			exactly(t, "tx_packets of ca", sent, n)
			came, lost := received(0), missed(0)
			if came > n || came+lost < n || came+lost != n && !missedRises[model()] {
				t.Errorf("the card received %d and missed %d of %d", came, lost, n)
			}
			var h struct {
				Received      uint64
				DroppedByHost uint64 `json:"dropped_by_host"`
			}
			heard.stop(t).last(t, &h)
			if h.Received != came || h.DroppedByHost < n-came || h.DroppedByHost > n-came && !missedRises[model()] {
				t.Errorf("heard %+v, where the card received %d of %d", h, came, n)
			}
			if (heard.status == 3) != (h.DroppedByHost > 0) || heard.status != 0 && heard.status != 3 {
				t.Errorf("heard with status %d, where %d are said to be dropped", heard.status, h.DroppedByHost)
			}
		})
	}
}
