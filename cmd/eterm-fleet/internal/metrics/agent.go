package metrics

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/frame/probe"
	"eterm/iface/linktest"
)

// Status is how an agent is at one moment.
type Status struct {
	Host, Version string
	Connected     bool
	Clock         bus.Clock
	SpoolResults  int
	SpoolBytes    int64
	SlotsLate     int64
	Repeats       int64
	Ports         []PortStatus
}

// PortStatus is how one port of an agent is.
type PortStatus struct {
	Label string
	Up    bool   // with carrier
	Run   string // it takes part in; empty: none
}

// Agent collects what one agent measures. Its methods may be called at once.
type Agent struct {
	status func() Status
	mu     sync.Mutex
	pairs  map[pairKey]*pair
	states map[stateKey]uint64
	more   uint64 // directions that found no room
}

// pairKey is one direction of a pair.
type pairKey struct{ class, from, to string }

type stateKey struct {
	pairKey
	state string
}

// pair is what came of the tests of one direction.
type pair struct {
	offered, received, lost, local, unknown, outages uint64
	outage                                           time.Duration
	delay                                            histogram
}

// mostPairs bounds the directions told apart: a plan with more of them than
// this machine could test in a week.
const mostPairs = 4096

// NewAgent collects for an agent whose state a function tells.
func NewAgent(status func() Status) *Agent {
	return &Agent{status: status, pairs: map[pairKey]*pair{}, states: map[stateKey]uint64{}}
}

// Add counts one result of this agent, of a plan of that class.
func (a *Agent) Add(class string, r bus.Result) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, way := range []string{linktest.Forward, linktest.Reverse} {
		key := pairKey{class, r.From, r.To}
		if way == linktest.Reverse {
			key.from, key.to = r.To, r.From
		}
		p := a.pairs[key]
		if p == nil && len(a.pairs) == mostPairs {
			a.more++
			continue
		}
		if p == nil {
			p = &pair{}
			a.pairs[key] = p
		}
		a.states[stateKey{key, r.State}]++
		if r.Total == nil {
			continue
		}
		for _, d := range r.Total.Directions {
			if d.Direction == way {
				p.add(d)
			}
		}
	}
}

func (p *pair) add(d linktest.Result) {
	p.offered, p.received = p.offered+d.Offered, p.received+d.Received
	p.lost, p.local, p.unknown = p.lost+d.OnTheWay, p.local+d.LostLocal, p.unknown+d.NotKnown
	if d.Receiver == nil {
		return
	}
	for _, o := range d.Receiver.Report.Loss.Outages {
		p.outage += lasted(o)
	}
	p.outages += d.Receiver.Report.Loss.Bursts
	p.delay.add(d.Receiver.Report.Delay)
}

// lasted is how long an outage was: by its frames, or else by the clock.
func lasted(o probe.Outage) time.Duration {
	if o.ByCount > 0 {
		return time.Duration(o.ByCount)
	}
	return time.Duration(o.ByTime)
}

var (
	agentInfo      = desc("agent_info", "The agent's host and version.", "host", "version")
	agentConnected = desc("agent_connected", "1 if the controller can be reached.")
	agentWithdrawn = desc("agent_withdrawn", "1 if the agent takes no part because of its clock.")
	clockOffset    = desc("agent_clock_offset_seconds", "The agent's clock less the controller's, when it was asked last.")
	clockError     = desc("agent_clock_error_seconds", "What the offset may be wrong by.")
	spoolResults   = desc("agent_spool_results", "Results that the controller has not let go of.")
	spoolBytes     = desc("agent_spool_bytes", "Size of these results.")
	slotsLate      = desc("agent_slots_late_total", "Slots that were not begun because it was too late in them.")
	resultsAgain   = desc("agent_results_repeated_total", "Results that were published again and were stored already.")
	portUp         = desc("agent_port_up", "1 if the port has carrier.", "port")
	portBusy       = desc("agent_port_busy", "1 if the port takes part in a run.", "port")

	pairLabels   = []string{"class", "from", "to"}
	pairTests    = desc("pair_tests_total", "Tests of this direction by what came of them.", append(pairLabels[:3:3], "state")...)
	pairOffered  = desc("pair_frames_offered_total", "Frames that the sender offered.", pairLabels...)
	pairReceived = desc("pair_frames_received_total", "Frames that the receiver received.", pairLabels...)
	pairLost     = desc("pair_frames_lost_total", "Frames lost on the way.", pairLabels...)
	pairLocal    = desc("pair_frames_dropped_by_hosts_total", "Frames that the two hosts themselves dropped.", pairLabels...)
	pairUnknown  = desc("pair_frames_not_known_total", "Frames lost or never sent: nobody said which.", pairLabels...)
	pairOutages  = desc("pair_loss_periods_total", "Times that frames were lost one after the other (RFC 3357).", pairLabels...)
	pairOutage   = desc("pair_outage_seconds_total", "Length of these times; of the 100 longest of each test.", pairLabels...)
	pairDelay    = desc("pair_delay_seconds", "One-way delay of received frames where the ends share a clock; else its variation.", append(pairLabels[:3:3], "kind")...)
	pairsMore    = desc("pairs_unlisted_total", "Results of directions that are not told apart because there are too many.")
)

// Describe implements prometheus.Collector.
func (a *Agent) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(a, ch) }

// Collect implements prometheus.Collector.
func (a *Agent) Collect(ch chan<- prometheus.Metric) {
	s := a.status()
	ch <- gauge(agentInfo, 1, s.Host, s.Version)
	ch <- gauge(agentConnected, one(s.Connected))
	ch <- gauge(agentWithdrawn, one(s.Clock.Withdrew != ""))
	if s.Clock.Known {
		ch <- gauge(clockOffset, s.Clock.Offset.Seconds())
		ch <- gauge(clockError, s.Clock.Error.Seconds())
	}
	ch <- gauge(spoolResults, float64(s.SpoolResults))
	ch <- gauge(spoolBytes, float64(s.SpoolBytes))
	ch <- counter(slotsLate, float64(s.SlotsLate))
	ch <- counter(resultsAgain, float64(s.Repeats))
	for _, p := range s.Ports {
		ch <- gauge(portUp, one(p.Up), p.Label)
		ch <- gauge(portBusy, one(p.Run != ""), p.Label)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	ch <- counter(pairsMore, float64(a.more))
	for key, n := range a.states {
		ch <- counter(pairTests, float64(n), key.class, key.from, key.to, key.state)
	}
	for key, p := range a.pairs {
		p.collect(ch, key)
	}
}

func (p *pair) collect(ch chan<- prometheus.Metric, key pairKey) {
	for _, v := range []struct {
		d *prometheus.Desc
		n float64
	}{
		{pairOffered, float64(p.offered)}, {pairReceived, float64(p.received)}, {pairLost, float64(p.lost)}, {pairLocal, float64(p.local)},
		{pairUnknown, float64(p.unknown)}, {pairOutages, float64(p.outages)}, {pairOutage, p.outage.Seconds()},
	} {
		ch <- counter(v.d, v.n, key.class, key.from, key.to)
	}
	for kind, h := range p.delay {
		ch <- prometheus.MustNewConstHistogram(pairDelay, h.count, h.sum, h.buckets(), key.class, key.from, key.to, kind)
	}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
