package linktest_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
	"eterm/iface/linktest"
)

func TestMain(m *testing.M) { os.Exit(labtest.Main(m)) }

// plug opens eth0 of a host.
func plug(t *testing.T, h *lab.Host, o iface.Options) iface.Port {
	t.Helper()
	var p iface.Port
	o.Promiscuous = true
	err := h.Do(func() (err error) {
		p, err = iface.Open("eth0", o)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// bench is two hosts on a Linux bridge, and a port on each.
type bench struct {
	left, right, middle *lab.Host
	tx, rx              iface.Port
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{}
	b.left, b.right, b.middle = labtest.Switched(t)
	b.tx, b.rx = plug(t, b.left, iface.Options{}), plug(t, b.right, iface.Options{})
	return b
}

// run offers a load from left to right.
func (b *bench) run(t *testing.T, l linktest.Load) linktest.Result {
	t.Helper()
	r, err := b.try(t, l, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// try does, and calls midway, if there is one, when a fair part of the frames
// has come or half a second has passed.
func (b *bench) try(t *testing.T, l linktest.Load, midway func()) (linktest.Result, error) {
	t.Helper()
	l.Src, l.Dst = b.tx.HardwareAddr(), b.rx.HardwareAddr()
	if len(l.Sizes) == 0 {
		l.Sizes = []int{64}
	}
	o := linktest.DirectOptions{Session: 77}
	over, done := make(chan struct{}), make(chan struct{})
	close(done)
	if midway != nil {
		done = make(chan struct{})
		o.Follow = func(soFar stats.Source) {
			go func() {
				defer close(done)
				for *soFar()[0].Offered < 1000 {
					select {
					case <-over:
						return
					case <-time.After(time.Millisecond):
					}
				}
				midway()
			}()
		}
	}
	r, err := linktest.Direct(context.Background(), b.tx, b.rx, l, o)
	close(over)
	<-done
	addsUp(t, r)
	return r, err
}

// addsUp holds a result against what must always be so.
func addsUp(t *testing.T, r linktest.Result) {
	t.Helper()
	w := r.Where
	if r.Offered != r.Received+r.Lost || r.Lost != r.LostLocal+r.OnTheWay || r.Intended != r.Offered+r.NotKnown+r.NeverOffered ||
		r.LostLocal != w.Refused+w.Withheld+w.SenderNIC+w.ReceiveSocket+w.ReceiveNIC+w.Uncounted+w.BeforeListening || w.OnTheWay != r.OnTheWay {
		t.Errorf("the account does not add up: %d intended, %d offered, %d received, %d lost, %d by hosts, %d on the way, %+v",
			r.Intended, r.Offered, r.Received, r.Lost, r.LostLocal, r.OnTheWay, w)
	}
	if r.Receiver != nil && r.Receiver.Report.Expected != r.Receiver.Report.Received+r.Receiver.Report.Loss.Lost {
		t.Errorf("the receiver's account does not add up: %+v", r.Receiver.Report)
	}
}

// onMiddle makes an nft rule for test frames that come into a port of the
// middle, and returns a function that reads its counter.
func (b *bench) onMiddle(t *testing.T, port string, rule ...string) func() string {
	t.Helper()
	nft := func(args ...string) string { return labtest.Run(t, b.middle, "nft", args...) }
	nft("add", "table", "netdev", "f")
	nft("add", "chain", "netdev", "f", "i", "{ type filter hook ingress device \""+port+"\" priority 0; }")
	nft(append([]string{"add", "rule", "netdev", "f", "i", "ether", "type", "0x88b5"}, rule...)...)
	return func() string {
		_, after, _ := strings.Cut(nft("list", "table", "netdev", "f"), "counter packets ")
		n, _, _ := strings.Cut(after, " ")
		return n
	}
}

func TestLinuxBridgeLosesNothing(t *testing.T) {
	b := newBench(t)
	r := b.run(t, linktest.Load{Count: 10_000, Rate: 10_000, Sizes: []int{64, 1518}, Streams: 3})
	if r.Received != 10_000 || r.Duplicated+r.Reordered+r.Corrupted != 0 {
		t.Errorf("%+v", r)
	}
	if d := r.Receiver.Report.Delay; d.Kind != "one_way" || d.Min <= 0 || d.Min > int64(time.Second) {
		t.Errorf("delay %+v", d)
	}
}

func TestOpenVSwitchLosesNothing(t *testing.T) {
	left, right := labtest.Host(t, "left"), labtest.Host(t, "right")
	o := labtest.NewOVS(t, left, right)
	b := &bench{left: left, right: right, tx: plug(t, left, iface.Options{}), rx: plug(t, right, iface.Options{})}
	if r := b.run(t, linktest.Load{Count: 400, Rate: 400, Sizes: []int{64, 1518}}); r.Received != 400 || r.Lost != 0 {
		t.Errorf("%+v", r)
	}
	// A trunk port adds a tag: the frames are the same, and retagged.
	o.Ctl("set", "port", "p0", "tag=10")
	r := b.run(t, linktest.Load{Count: 200, Rate: 400})
	if d := r.Receiver.Report.Damage; r.Received != 200 || d.Retagged != 200 || d.Corrupted != 0 {
		t.Errorf("%d received, %+v", r.Received, d)
	}
}

// errGone says whether an error is that of an interface that is no more.
func errGone(err error) bool { return errors.Is(err, iface.ErrGone) }
