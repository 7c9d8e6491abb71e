package metrics

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/frame/probe"
	"eterm/iface/linktest"
)

// lint holds names, help and units to Prometheus' conventions.
func lint(t *testing.T, c prometheus.Collector) {
	t.Helper()
	problems, err := testutil.CollectAndLint(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func total(lost uint64) *linktest.Total {
	h := hdr.New(1, 60e9, 3)
	for i := range int64(100) {
		_ = h.RecordValue(15_000 + i*1000) // 15 to 114 µs
	}
	text, err := h.Encode(hdr.V2CompressedEncodingCookieBase)
	if err != nil {
		panic(err)
	}
	way := func(direction string, lost uint64) linktest.Result {
		return linktest.Result{Direction: direction, Offered: 100 + lost, Received: 100, Lost: lost + 1, OnTheWay: lost, LostLocal: 1, Receiver: &linktest.ReceiverSide{Report: probe.Report{
			Loss:  probe.Loss{Bursts: 2, Outages: []probe.Outage{{ByCount: 5e6}, {ByTime: 7e6}}},
			Delay: probe.Delay{Kind: "one_way", Count: 200, Mean: 64_500, Histogram: string(text)}}}}
	}
	return &linktest.Total{Directions: []linktest.Result{way(linktest.Forward, lost), way(linktest.Reverse, 0)}}
}

func TestAgent(t *testing.T) {
	a := NewAgent(func() Status {
		return Status{Host: "h1", Version: "1", Connected: true, Clock: bus.Clock{Known: true, Offset: -time.Millisecond}, Ports: []PortStatus{{Label: "h1.eth1", Up: true}}}
	})
	for range 2 {
		a.Add("watch", bus.Result{From: "h1.eth1", To: "h2.eth1", State: bus.Measured, Total: total(3)})
	}
	a.Add("watch", bus.Result{From: "h1.eth1", To: "h2.eth1", State: bus.NoReply})
	lint(t, a)
	got := gathered(t, a)
	for name, want := range map[string]float64{
		`eterm_pair_frames_offered_total{watch,h1.eth1,h2.eth1}`: 206, `eterm_pair_frames_lost_total{watch,h1.eth1,h2.eth1}`: 6,
		`eterm_pair_frames_lost_total{watch,h2.eth1,h1.eth1}`: 0, `eterm_pair_frames_dropped_by_hosts_total{watch,h1.eth1,h2.eth1}`: 2,
		`eterm_pair_loss_periods_total{watch,h1.eth1,h2.eth1}`: 4, `eterm_pair_outage_seconds_total{watch,h1.eth1,h2.eth1}`: 0.024,
		`eterm_pair_tests_total{watch,h1.eth1,measured,h2.eth1}`: 2, `eterm_pair_tests_total{watch,h1.eth1,no reply,h2.eth1}`: 1,
		`eterm_agent_clock_offset_seconds{}`: -0.001, `eterm_agent_connected{}`: 1, `eterm_agent_port_busy{h1.eth1}`: 0,
	} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s is %v (%v), want %v", name, v, ok, want)
		}
	}
}

// TestHistogram: each delay is in the first bucket that it fits into, and where
// half of the frames were looked at they stand for all.
func TestHistogram(t *testing.T) {
	var h histogram
	h.add(total(0).Directions[0].Receiver.Report.Delay)
	h.add(probe.Delay{Kind: "none", Count: 9, Histogram: "x"})
	h.add(probe.Delay{Kind: "one_way", Count: 9, Histogram: "x"})
	s := h["one_way"]
	if len(h) != 1 || s.count != 200 || s.sum < 0.0128 || s.sum > 0.013 {
		t.Fatalf("%+v", s)
	}
	want := map[time.Duration]uint64{10 * time.Microsecond: 0, 20 * time.Microsecond: 12, 50 * time.Microsecond: 72, 100 * time.Microsecond: 172, 200 * time.Microsecond: 200, time.Second: 200}
	for bound, n := range want {
		if got := s.buckets()[bound.Seconds()]; got != n {
			t.Errorf("%d of at most %v, want %d", got, bound, n)
		}
	}
}

// TestManyPairs: directions beyond the bound are counted, and cost no memory.
func TestManyPairs(t *testing.T) {
	a := NewAgent(func() Status { return Status{} })
	for i := range mostPairs {
		a.Add("load", bus.Result{From: "h1.p", To: fmt.Sprintf("h%d.q", i), State: bus.Late})
	}
	if len(a.pairs) != mostPairs || a.more != mostPairs || len(a.states) != mostPairs {
		t.Errorf("%d pairs, %d states, %d more", len(a.pairs), len(a.states), a.more)
	}
}

func TestController(t *testing.T) {
	var failing error
	c := NewController(func(context.Context) (Fleet, error) {
		return Fleet{Ports: map[string]bus.Port{"a.p": {Carrier: true, Spool: 3}, "a.q": {Carrier: true, Spool: 3, Busy: "r"}, "b.p": {Spool: 1, Clock: bus.Clock{Offset: -2 * time.Second}},
			"c.p": {Clock: bus.Clock{Withdrew: "late"}}}, Runs: map[string]bus.State{"r": bus.Running, "s": bus.Closed, "t": bus.Closed, "u": "odd"}, Results: 7, Bytes: 700, Room: 1000}, failing
	})
	lint(t, c)
	got := gathered(t, c)
	for name, want := range map[string]float64{"eterm_fleet_ports{ready}": 1, "eterm_fleet_ports{busy}": 1, "eterm_fleet_ports{down}": 1, "eterm_fleet_ports{withdrawn}": 1,
		"eterm_fleet_spool_results{}": 4, "eterm_fleet_clock_offset_worst_seconds{}": 2, "eterm_fleet_runs{closed}": 2, "eterm_fleet_runs{cancelled}": 0,
		"eterm_fleet_results{}": 7, "eterm_fleet_results_limit_bytes{}": 1000, "eterm_fleet_store_up{}": 1} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s is %v (%v), want %v", name, v, ok, want)
		}
	}
	failing = errors.New("away")
	if got := gathered(t, c); len(got) != 1 || got["eterm_fleet_store_up{}"] != 0 {
		t.Errorf("without what is stored: %v", got)
	}
}

// gathered are all samples but those of histograms, by name and values of labels.
func gathered(t *testing.T, c prometheus.Collector) map[string]float64 {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(c)
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			if f.GetType() == dto.MetricType_HISTOGRAM {
				continue
			}
			name := f.GetName() + "{"
			for i, l := range m.Label {
				if i > 0 {
					name += ","
				}
				name += l.GetValue()
			}
			all[name+"}"] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return all
}
