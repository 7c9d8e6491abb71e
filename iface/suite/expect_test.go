package suite

import "testing"

func TestParseExpectation(t *testing.T) {
	for name, limit := range map[string]string{
		"throughput.512.ndr": ">= 98%", "throughput.*.strict": ">= 500kpps", "throughput.mix.pdr": ">= 1Gbit",
		"latency.*.p99": "<= 50us at 90%", "loss.64.100%": "<= 0.1%", "back-to-back.64.buffer_bytes": ">= 100k",
		"recovery.64.time": "<= 1s", "reset.power.outage": "<= 30s", "back-to-back.64.frames": "~= 150 ± 2%",
	} {
		if _, err := ParseExpectation(name, limit); err != nil {
			t.Errorf("%s: %s: %v", name, limit, err)
		}
	}
	for name, limit := range map[string]string{
		"throughput": ">= 1", "throughput.512": ">= 1", "thruput.512.ndr": ">= 1", "latency.64.p42": "<= 1us",
		"loss.64.110%": "<= 1%", "throughput.big.ndr": ">= 1", "throughput.64.ndr": "1", "throughput.65.ndr": ">= fast",
		"throughput.66.ndr": ">= 1 at 90%", "throughput.67.ndr": "~= 5", "throughput.68.ndr": ">= -1", "throughput.69.ndr": ">= 5 ± 1",
		"throughput.70.ndr": ">= NaN",
	} {
		if e, err := ParseExpectation(name, limit); err == nil {
			t.Errorf("%s: %s is taken: %+v", name, limit, e)
		}
	}
}

func FuzzParseExpectation(f *testing.F) {
	f.Add("latency.*.p99", "<= 50us at 90%")
	f.Add("back-to-back.64.frames", "~= 150 ± 2%")
	f.Fuzz(func(t *testing.T, name, limit string) {
		if e, err := ParseExpectation(name, limit); err == nil && (e.want < 0 || len(e.parts) != 3) {
			t.Errorf("%q %q: %+v", name, limit, e)
		}
	})
}

func TestExpectations(t *testing.T) {
	low, high := 4900.0, 4925.0
	r := Result{State: "done", Plan: small(Throughput)}
	r.Tests = []Test{
		{Test: Throughput, Size: 64, Direction: "forward", TheoreticalFPS: 10_000, Goals: []Figure{{Name: "ndr", LowerFPS: &low, UpperFPS: &high, ThroughputFPS: &low, Limit: ByDevice}}},
		{Test: Latency, Size: 64, Latency: []Delays{{Share: 1, P99: 90_000, Trials: 3, Kind: oneWay}, {Share: 0.9, P99: 40_000, Trials: 3, Kind: oneWay}}},
		{Test: Latency, Size: 256, Latency: []Delays{{Share: 1, P99: 40_000, Trials: 3, Kind: "variation"}}},
		{Test: Loss, Size: 64, Loss: []LossRow{{Percent: 100, Ratio: 0.0005}}},
		{Test: BackToBack, Size: 64, BackToBack: &BufferRow{BufferBytes: 120_000}},
		{Test: ResetTest, Size: 64, Resets: []ResetRow{{Kind: "power", ByTimeS: 12, Returned: true}}},
	}
	for name, c := range map[[2]string]int{
		{"throughput.64.ndr", ">= 4900pps"}: 0, {"throughput.64.ndr", ">= 5000pps"}: 1, {"throughput.64.ndr", ">= 4910pps"}: 3,
		{"throughput.*.ndr", ">= 49%"}: 0, {"throughput.64.ndr", "<= 4900pps"}: 3, {"throughput.64.ndr", "<= 4000pps"}: 1,
		{"throughput.128.ndr", ">= 1pps"}: 1, {"throughput.64.pdr", ">= 1pps"}: 1,
		{"latency.64.p99", "<= 50us"}: 1, {"latency.64.p99", "<= 50us at 90%"}: 0, {"latency.64.p99", "<= 50us at 50%"}: 1,
		// Two clocks: of the delay it is known that it is not less.
		{"latency.256.p99", "<= 50us"}: 3, {"latency.256.p99", "<= 30us"}: 1,
		{"loss.64.100%", "<= 0.1%"}: 0, {"loss.64.100%", "<= 0.01%"}: 1, {"back-to-back.64.buffer_bytes", ">= 100k"}: 0,
		{"reset.power.outage", "<= 30s"}: 0, {"reset.power.outage", "<= 10s"}: 1, {"reset.software.outage", "<= 30s"}: 1,
	} {
		r.Plan.Expect = map[string]string{name[0]: name[1]}
		if r.judge(); r.Verdict.Status != c {
			t.Errorf("%s %s: status %d (%s), want %d", name[0], name[1], r.Verdict.Status, r.Verdict.Why, c)
		}
	}
}
