package result

import (
	"fmt"
	"math"
	"strings"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"eterm/frame/probe"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
	"eterm/iface/suite"
	"eterm/iface/switchtest"
)

func num[T any](n T) *T { return &n }

// sample is a document of a kind with something in every part.
func sample(k Kind) *Document {
	at := time.Date(2026, 11, 24, 14, 2, 0, 0, time.UTC)
	d := &Document{
		Type: "result", Schema: Schema, Kind: k, ID: sampleID(k), State: Complete, Started: at, TookNS: 10.31e9,
		Tool: Tool{Name: "eterm", Version: "v1.2.0", Commit: "0123456789abcdef", CommitTime: "2026-11-24T13:00:00Z", Go: "go1.26.0", Platform: "linux/amd64"},
		Args: []string{"link", "run", "--tx", "eth1", "--rx", "eth2", "-b", "10kpps"},
		Host: Host{Name: "lab1", Kernel: "6.18.1", CPUs: 8, CPU: "Intel(R) Xeon(R) E-2224 CPU @ 3.40GHz", ClockSource: "tsc", Sandbox: "capabilities dropped, system-call filter"},
		Ports: []Port{
			{Role: "send", Name: "eth1", MAC: "02:00:00:00:00:01", Driver: "igc", SpeedBPS: 1e9, Duplex: "full", MTU: 1500, Offloads: []string{"rx-vlan-offload"}, Timestamps: []string{"rx_software", "rx_hardware"}},
			{Role: "receive", Name: "eth2", MAC: "02:00:00:00:00:02", Driver: "igc", SpeedBPS: 1e9, Duplex: "full", MTU: 1500, Offloads: []string{}, Timestamps: []string{"rx_software"}},
		},
		Load:    &Load{FramesPerS: 10000, Sizes: []int{64, 512}, Frames: 0, DurationNS: 10e9, Streams: 1, Destination: "02:00:00:00:00:02", Carrier: "ethertype 0x88b5"},
		Verdict: Verdict{Status: 1, Exceeded: []string{"3 of 100000 frames lost, allowed are 0"}, Untrusted: []string{}},
	}
	c := NewCollector(at)
	for s := range 10 {
		n := uint64(s+1) * 10000
		c.Add(at.Add(time.Duration(s+1)*time.Second), []stats.SoFar{{Offered: &n, Received: num(n - uint64(s/4)), HostDropped: num(uint64(0)), Delay: &stats.Percentiles{P50: 30000, P99: 90000, Max: 200000 + int64(s)}}})
	}
	d.Intervals = c.Intervals()
	d.Result = sampleBody(k)
	return d
}

func sampleBody(k Kind) any {
	switch k {
	case KindLink:
		return sampleLink()
	case KindSwitchCheck, KindSwitchMACs:
		return sampleSwitch()
	case KindSwitchOutage:
		r := sampleLink().Receiver.Report
		return &Outage{IntervalNS: 10e6, Ways: []probe.Report{r, r}, Timeline: []switchtest.Moment{
			{At: time.Date(2026, 11, 24, 14, 2, 3, 0, time.UTC), What: switchtest.LinkLost, Port: "B"},
			{At: time.Date(2026, 11, 24, 14, 2, 4, 0, time.UTC), What: switchtest.AnOutage, Way: "A to B", Frames: 100, ByCount: time.Second, ByTime: 1010 * time.Millisecond}}}
	case KindPing:
		e := Echoes{Sent: 10, Received: 9, Lost: 1, Loss: 0.1, RTT: &RTT{Clock: "kernel", Min: 90000, Avg: 120000, Max: 300000, Mdev: 20000, P50: 110000, P90: 150000, P99: 290000, P999: 299000, Histogram: sampleHistogram()}}
		return &Ping{Protocol: "icmp", Echoes: e, Targets: []PingTarget{{Target: "192.0.2.1", Echoes: e}}, ElapsedNS: 9e9}
	case KindARP:
		return &ARP{Sent: 2, Answered: 1, Silent: 1, Vendors: "/usr/share/ieee-data/oui.txt", Said: []Address{
			{Type: "reply", Address: "192.0.2.1", MAC: "02:00:00:00:00:02", RTT: num(int64(80000)), Clock: "kernel"}, {Type: "silent", Address: "192.0.2.2"}}}
	case KindScan:
		return &Scan{Asked: 254, Up: 1, Hosts: []Station{{Type: "host", Address: "192.0.2.1", Up: true, MAC: "02:00:00:00:00:02", Vendor: "Example", Name: "gw", Source: "dns", ARP: num(int64(80000)), RTT: num(int64(120000)), Clock: "kernel"}}}
	case KindSend:
		return &Send{Offered: 1000, Sent: 990, Skipped: 10, Attempts: 1000, Refused: iface.Refused{QueueFull: 10}, Bytes: 59400, ElapsedNS: 1e9, AskedFrames: 1000, Frames: 990,
			FrameBits: 475200, WireBits: 665280, PacingError: &pace.PacingError{P50: 2000, P99: 9000, Max: 50000}, CPUNS: 5e7, CPUFrameNS: 50000, Mechanism: "sendmmsg", Threads: 1}
	case KindBench:
		return sampleBench()
	case KindFleet:
		return &Fleet{Run: "night", Planned: 6, Pairs: []Pair{{From: "r1-eth1", To: "r2-eth1", State: "measured", Tests: 3, Offered: 3000, Received: 2999, Lost: 1, P50: num(int64(9000)), P99: num(int64(30000))}, {From: "r2-eth1", To: "r1-eth1", State: "no reply"}}}
	}
	panic("no sample of kind " + k)
}

func sampleLink() *linktest.Total {
	delay := probe.Delay{Kind: "one_way", Count: 99997, Min: 21000, Mean: 35000, P50: 30000, P90: 60000, P99: 90000, P999: 180000, Max: 410000, Histogram: sampleHistogram()}
	report := probe.Report{Session: 0xabc123, Expected: 100000, Received: 99997, Bytes: 28e6, Delay: delay, First: 1e18, Last: 1e18 + 1e10,
		Loss:   probe.Loss{Lost: 3, Bursts: 2, Longest: 2, First: 40000, Last: 80000, Lengths: []uint64{1, 1}, Outages: []probe.Outage{{First: 40000, Frames: 1, Start: 1e18 + 4e9, ByCount: 100000, ByTime: 200000}}},
		Damage: probe.Damage{Examples: []probe.Example{}}, Each: []probe.StreamReport{{Expected: 100000, Received: 99997}}}
	return &linktest.Total{Result: linktest.Account(
		&linktest.SenderSide{SenderAccount: probe.SenderAccount{Intended: 100000, Offered: 100000}, AskedRate: 10000, OfferedRate: 9999.8, PacingError: pace.PacingError{P50: 1000, P99: 8000, Max: 90000}, CPU: 1.2},
		&linktest.ReceiverSide{Report: report, Clock: "kernel"}, linktest.Limits{Loss: &linktest.Limit{}})}
}

func sampleSwitch() *Switch {
	sent := "ffffffffffff02000000000188b5" + fmt.Sprintf("%092x", 7)
	return &Switch{A: "eth1", B: "eth2", Seed: 7, Pass: 2, Fail: 1, Untested: 1, Trusted: true, Cases: []Case{
		{Type: "case", Case: "forwarding.unicast", Rule: "802.1Q 8.6.3: frames are forwarded", About: "sends one", Expected: "forwarded", Can: "forwarded|lost", Verdict: "pass", Value: "forwarded", Seen: "arrived once", TookNS: 1e7},
		{Type: "case", Case: "vlan.ids", Rule: "802.1Q 8.6.2: ingress", About: "tags each VID", Expected: "10,20", Can: "vids", Verdict: "pass", Value: "10,20,100-199", Seen: "with their tag: 10,20,100-199"},
		{Type: "case", Case: "reserved.pause", Rule: "802.1Q 8.6.3, table 8-1: not forwarded", About: "sends to 01:80:c2:00:00:01", Expected: "filtered", Can: "filtered|forwarded", Verdict: "fail", Value: "forwarded", Seen: "forwarded to B",
			Evidence: []Evidence{{SentAt: "A", Hex: sent, Arrived: []Arrival{{Port: "B", Hex: sent}}}}},
		{Type: "case", Case: "learning.capacity", Rule: "RFC 2889 5.7: capacity", About: "fills the table", Expected: ">= 1024", Can: "number", Verdict: "not testable here", Why: "asked for no more",
			Curve: []switchtest.Point{{Tried: 1024}, {Tried: 4096}, {Tried: 8192, Missed: 31}, {Tried: 16384, Missed: 8200}}}}}
}

// sampleHistogram is 100,000 delays with a tail, without chance.
func sampleHistogram() string {
	h := hdr.New(1, 60e9, 3)
	for i := range 100000 {
		u := (float64(i) + 0.5) / 100000
		_ = h.RecordValue(int64(20000 - 12000*math.Log(1-u) + 200000*math.Pow(u, 400)))
	}
	b, err := h.Encode(hdr.V2CompressedEncodingCookieBase)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// sampleID is the kind in hexadecimal, filled up to 32 digits.
func sampleID(k Kind) string {
	return (fmt.Sprintf("%x", string(k)) + strings.Repeat("0", 32))[:32]
}

func sampleBench() *suite.Result {
	r := &suite.Result{Suite: "rfc2544", Plan: suite.Plan{Suite: "rfc2544", Tests: []string{"throughput", "latency", "loss"}, Sizes: []int{64, 512, 1518}, Direction: "forward", LineBPS: 1e9, Repeat: 1},
		PlanSHA256: strings.Repeat("ab", 32), State: "done", ObservedS: 1560, OneClock: true, Deviations: []string{"wait e 1 s (RFC 2544 s.23: 5 s)"}, Events: []suite.Event{},
		Verdict: suite.Verdict{Status: 0, Why: "the expectation is met", Passed: []string{"throughput.512.ndr (512 forward, repetition 1)"}, Failed: []string{}, TesterLimited: []string{"throughput 64 forward ndr: its ceiling is 702 kpps"}, Untrusted: []string{}}}
	for n, size := range r.Plan.Sizes {
		line := 1e9 / 8 / float64(size+20)
		ndr := min(line, 702100)
		t := suite.Test{Test: "throughput", Clause: "RFC 2544 26.1", Size: size, Direction: "forward", Repeat: 1, TheoreticalFPS: line}
		for _, g := range []string{"ndr", "pdr"} {
			limit := suite.ByLine
			if size == 64 {
				limit = suite.ByTester
			}
			t.Goals = append(t.Goals, suite.Figure{Name: g, LowerFPS: num(ndr), UpperFPS: num(ndr * 1.005), ThroughputFPS: num(ndr), BitsPerS: num(ndr * float64(size+20) * 8), Percent: num(100 * ndr / line), Limit: limit, Why: "its ceiling is 702 kpps", BiasBound: num(0.0008), Trials: []int{n}})
		}
		r.Tests = append(r.Tests, t,
			suite.Test{Test: "latency", Clause: "RFC 2544 26.2", Size: size, Direction: "forward", Repeat: 1, TheoreticalFPS: line, Latency: []suite.Delays{{Share: 1, FPS: ndr, Trials: 20, Kind: "one_way", Min: 3100, Mean: 4200, P50: 4000, P99: 11200, P999: 40000, Max: 212000, TesterP50: num(int64(1900)), Direction: "forward", Histogram: sampleHistogram()}}},
			suite.Test{Test: "loss", Clause: "RFC 2544 26.3", Size: size, Direction: "forward", Repeat: 1, TheoreticalFPS: line, Loss: []suite.LossRow{{Percent: 100, FPS: line, Offered: 1000, Lost: uint64(10 * n), Ratio: float64(n) / 100, Trial: n}, {Percent: 90, FPS: 0.9 * line, Offered: 900, Trial: n}, {Percent: 80, FPS: 0.8 * line, Offered: 800, Trial: n}}})
		r.Trials = append(r.Trials, suite.Trial{N: n, Test: "throughput", Valid: n > 0, Reasons: []suite.Reason{}, Accounts: []suite.Account{{Direction: "forward", Offered: 10000, Received: 10000}}, Took: 1.2})
	}
	return r
}
