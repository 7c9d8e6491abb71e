package reach

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"eterm/frame/ether"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/load/pace"
	"eterm/iface/respond"
)

// Target is whom to ask.
type Target struct {
	Name string
	IP   netip.Addr // the zero Addr at layer 2
	// MAC is where frames go; nil: asked for by ARP or neighbour discovery.
	MAC net.HardwareAddr
	// Via is the address that is asked for: the gateway's for targets off
	// this link; the zero Addr: IP itself.
	Via netip.Addr
}

// Config says what Ping does.
type Config struct {
	Station
	Shape
	Targets []Target
	ID      uint16 // of our probes; take it at random
	Count   uint64 // probes to each target; 0: until stopped
	// Duration bounds the sending; 0: no bound.
	Duration time.Duration
	// Interval between probes to one target; several targets take turns.
	Interval time.Duration
	// Timeout is how long answers are waited for after the last probe, and
	// from when on they are late.
	Timeout time.Duration
	// Flood sends when an answer comes or 10 ms have passed.
	Flood bool
	// Lengths of the frames in bytes without FCS, from First to Last in
	// steps, over and over. First 0: as long as DefaultData needs.
	First, Last, Step int
	// Pattern fills the data, repeated; nil: counting bytes.
	Pattern []byte
	Clock   pace.Clock // nil: pace.Timers
	// Event is told what happens, by one goroutine at a time; it may be nil.
	Event func(Event)
	// Follow, if not nil, is given what tells how far it is, all targets
	// together: requests that were sent and answered, and round trips.
	Follow func(stats.Source)
}

// DefaultData is the number of data bytes in probes without a given length:
// as many as the shortest frame holds with IPv4.
const DefaultData = 18

// floodWait is how long a flood waits for an answer, as ping -f does.
const floodWait = 10 * time.Millisecond

// maxHistograms is for how many targets distributions are kept one by one.
const maxHistograms = 16

// Result is what Ping found out.
type Result struct {
	Targets []Stats // as Config.Targets
	Total   Stats
	// Foreign are answers to echoes that were not ours, or too long ago.
	Foreign uint64
	Elapsed time.Duration // from the first probe to the end
}

// Ping sends probes until its count, its duration or ctx ends, waits for
// answers, and returns the account: with ctx's end too, which is no error, and
// as far as it came with the error of a port that is gone.
func Ping(ctx context.Context, port iface.Port, c Config) (Result, error) {
	p, err := newPinger(port, c)
	if err != nil {
		return Result{}, err
	}
	receiving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	received := make(chan error, 1)
	go func() { received <- p.receive(receiving) }()
	if c.Follow != nil {
		c.Follow(p.soFar)
	}
	err = p.run(ctx)
	stop()
	if rxErr := <-received; err == nil {
		err = rxErr
	}
	return p.result(), err
}

type pinger struct {
	Config
	port   iface.Port
	out    *outbox
	defend *respond.Responder
	data   []byte

	mu        sync.Mutex
	targets   []*target
	byIP      map[netip.Addr]*target
	byMAC     map[[6]byte]*target
	group     *target // the target all may answer, if there is one
	neighbors map[netip.Addr]*neighbor
	total     Spread
	foreign   uint64
	buf       []byte
	began     time.Time
	gone      error

	before iface.Counters  // of the port, at the beginning
	recent [3]stats.Recent // of each clock's round trips

	reporting sync.Mutex
	progress  chan struct{} // something was answered or resolved
}

func newPinger(port iface.Port, c Config) (*pinger, error) {
	if c.Clock == nil {
		c.Clock = pace.Timers()
	}
	if c.Event == nil {
		c.Event = func(Event) {}
	}
	p := &pinger{
		Config: c, port: port, out: newOutbox(port), total: newSpread(),
		byIP: map[netip.Addr]*target{}, byMAC: map[[6]byte]*target{}, neighbors: map[netip.Addr]*neighbor{},
		progress: make(chan struct{}, 1),
	}
	p.before, _ = port.Counters()
	p.defend = defender(port, &c.Station)
	p.data = fill(c.Pattern, max(c.First, c.Last, DefaultData))
	for i := range c.Targets {
		if err := p.addTarget(i); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// defender answers for the addresses of s that want it; nil if none does.
func defender(port iface.Port, s *Station) *respond.Responder {
	if len(s.Defend) == 0 {
		return nil
	}
	c := respond.Config{MAC: s.MAC, Only: []string{"arp", "nd"}}
	for _, a := range s.Defend {
		c.Addresses = append(c.Addresses, netip.PrefixFrom(a, a.BitLen()))
	}
	return respond.New(port, c)
}

// fill makes n bytes of data.
func fill(pattern []byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
		if len(pattern) > 0 {
			b[i] = pattern[i%len(pattern)]
		}
	}
	return b
}

// addTarget takes Targets[i] in.
func (p *pinger) addTarget(i int) error {
	spec := &p.Targets[i]
	t := &target{index: i, spec: spec, ring: make([]probe, p.window())}
	if len(p.Targets) <= maxHistograms {
		t.stats.RTT = newSpread()
	}
	t.stats.Sizes = newSizes(&p.Config)
	p.targets = append(p.targets, t)
	if p.Protocol != ICMP {
		if len(spec.MAC) != ether.AddrLen {
			return fmt.Errorf("%s: no MAC address, and layer 2 has no way to ask for one", spec.Name)
		}
		p.byMAC[[6]byte(spec.MAC)] = t
		if ether.IsGroup(spec.MAC) {
			p.group = t
		}
		return nil
	}
	if !p.source(spec.IP).IsValid() {
		return fmt.Errorf("%s: we have no address of its family to ask from", spec.Name)
	}
	p.byIP[spec.IP] = t
	if ether.IsGroup(spec.MAC) {
		p.group = t
	}
	if spec.MAC != nil {
		return nil
	}
	via := spec.Via
	if !via.IsValid() {
		via = spec.IP
	}
	n := p.neighbors[via]
	if n == nil {
		n = &neighbor{ip: via}
		p.neighbors[via] = n
	}
	t.hop, n.users = n, append(n.users, t)
	return nil
}

// window is how many probes to one target are remembered: those that may be
// on their way until they are late, four times, within bounds.
func (p *pinger) window() int {
	n := 1 << 14
	if !p.Flood && p.Interval > 0 {
		n = int(4 * p.Timeout / p.Interval)
	}
	if p.Count > 0 {
		n = min(n, int(min(p.Count, 1<<16)))
	}
	size := 16
	for size < n && size < 1<<16 {
		size *= 2
	}
	return size
}

// soFar is what was sent and answered up to now.
func (p *pinger) soFar() []stats.SoFar {
	p.mu.Lock()
	defer p.mu.Unlock()
	var sent, received uint64
	for _, t := range p.targets {
		sent, received = sent+t.stats.Sent, received+t.stats.Received
	}
	clock := p.total.clock()
	s := stats.SoFar{Offered: &sent, Received: &received, Delay: p.recent[clock].Since(p.total.by[clock].hist)}
	if c, err := p.port.Counters(); err == nil {
		dropped := c.Sub(p.before).HostDropped()
		s.HostDropped = &dropped
	}
	return []stats.SoFar{s}
}

func (p *pinger) result() Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := Result{Foreign: p.foreign, Elapsed: time.Since(p.began)}
	for _, t := range p.targets {
		r.Targets = append(r.Targets, t.stats)
		r.Total.add(&t.stats)
	}
	r.Total.RTT = p.total
	return r
}
