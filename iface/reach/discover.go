package reach

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"eterm/frame/ether"
	"eterm/iface"
	"eterm/iface/load/pace"
	"eterm/iface/respond"
)

// Discovery says whom Discover asks, and how.
type Discovery struct {
	Station
	Ranges []Range
	// Rate is questions a second; 0: [PoliteRate] of the number of addresses.
	Rate float64
	// Tries is how often an address is asked for that does not answer; 0: 1.
	Tries int
	// Timeout is how long is waited after the last question; 0: 500 ms.
	Timeout time.Duration
	// Linger waits to the end even when all have answered: to find two
	// stations with one address.
	Linger bool
	Clock  pace.Clock // nil: pace.Timers
	// Found is told of each answer as it comes, Progress of the questions
	// sent; from two goroutines. They may be nil.
	Found    func(Found)
	Progress func(sent, all int)
}

// Found is a station that has an address.
type Found struct {
	IP    netip.Addr
	MAC   net.HardwareAddr
	RTT   time.Duration // of the question it answered
	Clock iface.Clock
	At    time.Time
	// Conflict: another station has claimed the address before.
	Conflict bool
}

// PoliteRate is the questions a second for a number of addresses: 1000, and
// for many as many as it takes to ask all twice in 40 seconds, but at most 5000.
func PoliteRate(addresses int) float64 { return min(5000, max(1000, float64(addresses)*2/40)) }

// Discover asks who has the addresses, by ARP or neighbour discovery, and
// returns those that answered, by address, and how many were asked. It ends
// early with ctx, which is no error, and when all have answered.
func Discover(ctx context.Context, port iface.Port, d Discovery) ([]Found, int, error) {
	x := newDiscoverer(port, d)
	sending, stop := context.WithCancel(ctx)
	defer stop()
	receiving, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	sent := make(chan error, 1)
	go func() {
		defer end() // after the wait for the last answers
		sent <- x.send(sending)
	}()
	err := iface.Frames(receiving, port, make([]iface.Received, 32), func(rx []iface.Received) error {
		for i := range rx {
			x.look(&rx[i])
		}
		if len(x.holders) == x.all && !x.Linger { // only this goroutine writes them
			stop()
		}
		return nil
	})
	stop()
	if sendErr := <-sent; err == nil {
		err = sendErr
	}
	slices.SortStableFunc(x.found, func(a, b Found) int { return a.IP.Compare(b.IP) })
	return x.found, x.asked(), err
}

// question is the last one about an address: 16 bytes, as there are many.
type question struct {
	number uint64
	sent   time.Duration // since the beginning; 0: none was sent
}

// discoverer sends in one goroutine and receives in another.
type discoverer struct {
	Discovery
	port   iface.Port
	out    *outbox
	defend *respond.Responder
	all    int
	began  time.Time

	mu      sync.Mutex
	last    [][]question // by range and place
	holders map[netip.Addr][]net.HardwareAddr
	found   []Found
	sent    int
}

// maxHolders bounds how many stations with one address are told apart.
const maxHolders = 8

func newDiscoverer(port iface.Port, d Discovery) *discoverer {
	d.Tries = max(d.Tries, 1)
	if d.Timeout == 0 {
		d.Timeout = time.Second / 2
	}
	if d.Clock == nil {
		d.Clock = pace.Timers()
	}
	x := &discoverer{Discovery: d, port: port, began: time.Now(), out: newOutbox(port), defend: defender(port, &d.Station), holders: map[netip.Addr][]net.HardwareAddr{}}
	for _, r := range d.Ranges {
		x.last = append(x.last, make([]question, r.Count))
		x.all += r.Count
	}
	if x.Rate == 0 {
		x.Rate = PoliteRate(x.all)
	}
	return x
}

func (x *discoverer) locked(f func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	f()
}

func (x *discoverer) asked() (n int) {
	x.locked(func() { n = x.sent })
	return n
}

// send asks for every address, and again for the silent ones; then it waits.
func (x *discoverer) send(ctx context.Context) error {
	begin := x.Clock.Now()
	for try := range x.Tries {
		asked, err := x.round(ctx, begin)
		if err != nil || ctx.Err() != nil {
			return err
		}
		// Answers to the last questions of a round need their time before the
		// next round, and all before the end.
		wait := x.Timeout
		if try < x.Tries-1 {
			wait = min(x.Timeout, betweenRounds) - time.Duration(float64(asked)/x.Rate*1e9)
		}
		if asked > 0 || try == x.Tries-1 {
			x.Clock.Wait(x.Clock.Now()+max(0, wait), ctx.Done())
		}
		begin = x.Clock.Now()
	}
	return nil
}

// betweenRounds is how long an answer may take before its question is
// repeated.
const betweenRounds = 200 * time.Millisecond

// round asks for every address that nobody has claimed yet.
func (x *discoverer) round(ctx context.Context, begin time.Duration) (asked int, err error) {
	var buf []byte
	for i, r := range x.Ranges {
		ip := r.First
		for j := range r.Count {
			if j > 0 {
				ip = ip.Next()
			}
			if !x.wanted(ip) {
				continue
			}
			x.Clock.Wait(begin+time.Duration(float64(asked)/x.Rate*1e9), ctx.Done())
			if ctx.Err() != nil {
				return asked, nil //nolint:nilerr // the end of ctx is no error here
			}
			asked++
			buf = x.appendQuestion(buf[:0], ip)
			if err := x.ask(i, j, buf); err != nil {
				return asked, err
			}
		}
	}
	return asked, nil
}

func (x *discoverer) wanted(ip netip.Addr) (yes bool) {
	x.locked(func() { yes = len(x.holders[ip]) == 0 })
	return yes
}

// ask sends one question. Only a port that is gone is an error.
func (x *discoverer) ask(i, j int, frame []byte) (err error) {
	var sent int
	x.locked(func() {
		number, at, sendErr := x.out.send(frame)
		if err = sendErr; err == nil {
			x.last[i][j] = question{number, max(1, at.Sub(x.began))}
		}
		x.sent++
		sent = x.sent
	})
	if x.Progress != nil {
		x.Progress(sent, x.all)
	}
	if errors.Is(err, iface.ErrGone) || errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// look takes one frame in.
func (x *discoverer) look(rx *iface.Received) {
	h, payload, err := ether.Parse(rx.Bytes)
	if err != nil || !sameVLAN(h.Tags, x.Tags) || ether.IsGroup(h.Src) || rx.To == iface.Outgoing {
		return
	}
	if x.defend != nil {
		if b := x.defend.Answer(nil, rx.Bytes, rx.At); len(b) > 0 {
			x.out.send(b)
		}
	}
	c, ok := ReadClaim(h, payload)
	if !ok || c.Probe || c.Asked.IsValid() || bytes.Equal(c.MAC, x.MAC) {
		return
	}
	for i, r := range x.Ranges {
		if j := r.index(c.IP); j >= 0 {
			x.mu.Lock()
			f, ok := x.take(x.last[i][j], c, rx)
			x.mu.Unlock()
			if ok && x.Found != nil {
				x.Found(f)
			}
			return
		}
	}
}

// take keeps an answer, once for each station that gives it.
func (x *discoverer) take(q question, c Claim, rx *iface.Received) (f Found, ok bool) {
	holders := x.holders[c.IP]
	known := slices.ContainsFunc(holders, func(a net.HardwareAddr) bool { return bytes.Equal(a, c.MAC) })
	if q.sent == 0 || known || len(holders) >= maxHolders {
		return f, false // where nobody asked, it says so of itself
	}
	f = Found{IP: c.IP, MAC: bytes.Clone(c.MAC), At: rx.At, Conflict: len(holders) > 0}
	f.RTT, f.Clock = x.out.roundTrip(q.number, x.began.Add(q.sent), rx)
	x.holders[c.IP] = append(holders, f.MAC)
	x.found = append(x.found, f)
	return f, true
}
