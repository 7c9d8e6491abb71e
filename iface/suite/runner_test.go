package suite

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"eterm/iface/ifacetest"
	"eterm/iface/suite/mlr"
)

// small is a plan whose trials cost little.
func small(tests ...string) Plan {
	p, err := Preset("quick")
	if err != nil {
		panic(err)
	}
	p.Tests, p.Sizes, p.MaxFPS = tests, []int{64}, 10_000
	p.Goals[0].Sum = 5
	p.Latency.Seconds, p.BackToBack.Repeat = 1, 3
	return p
}

func runPlan(t *testing.T, p Plan, device Trialler, c *Calibration) Result {
	t.Helper()
	r := Runner{Plan: p, Trialler: device, Calibration: c}
	result, err := r.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range result.Trials {
		for _, a := range trial.Accounts {
			if err := a.Check(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return result
}

// fast is the calibration of a tester that can do anything here.
func fast() *Calibration {
	return &Calibration{Points: []CalibrationPoint{{Sizes: []int{64}, Direction: "forward", CeilingFPS: 100_000}}}
}

// TestThroughputIsTheTruth: of any device, the bounds are around its rate, but
// for what its buffer holds, and as close as asked for.
func TestThroughputIsTheTruth(t *testing.T) {
	random := rand.New(rand.NewPCG(2544, 1))
	for i := range 200 {
		path := ifacetest.Path{Rate: 300 + random.Float64()*8000, Queue: random.IntN(100), Delay: time.Duration(random.IntN(1e6))}
		result := runPlan(t, small(Throughput), &fake{forward: path}, fast())
		f := result.Tests[0].Goals[0]
		truth := path.Throughput(60)
		bias := float64(path.Queue+2) / truth // a second's trials
		if f.LowerFPS == nil || f.UpperFPS == nil {
			t.Fatalf("device %d, %+v: %+v", i, path, f)
		}
		if *f.LowerFPS > truth*(1+bias) || *f.UpperFPS < truth*0.999 || (*f.UpperFPS-*f.LowerFPS) / *f.UpperFPS > 0.0101 {
			t.Errorf("device %d of %v: bounds %v to %v", i, truth, *f.LowerFPS, *f.UpperFPS)
		}
		if f.Limit != ByDevice || result.Verdict.Status != 0 {
			t.Errorf("device %d: limit %s (%s), status %d %s", i, f.Limit, f.Why, result.Verdict.Status, result.Verdict.Why)
		}
		if f.BiasBound == nil || *f.BiasBound > bias+0.01 {
			t.Errorf("device %d: bias bound %v, true %v", i, f.BiasBound, bias)
		}
	}
}

// TestTesterIsNotTheDevice: what the tester cannot offer is never a figure of
// the device's, and says so.
func TestTesterIsNotTheDevice(t *testing.T) {
	device := &fake{forward: ifacetest.Path{Rate: 8000, Queue: 50}, ceiling: 5000}
	result := runPlan(t, small(Throughput, Loss), device, nil)
	f := result.Tests[0].Goals[0]
	if f.Limit != ByTester || f.LowerFPS == nil || *f.LowerFPS > 5030 || *f.LowerFPS < 4900 {
		t.Errorf("a tester that ends at 5000: %+v, lower %v", f, f.LowerFPS)
	}
	if result.Verdict.Status != 3 {
		t.Errorf("status %d: %s", result.Verdict.Status, result.Verdict.Why)
	}
	for _, row := range result.Tests[1].Loss {
		if row.NotOffered != (row.FPS > 5030) {
			t.Errorf("row %+v", row)
		}
	}
	// With a limit that "at least" meets, all is well; with one that it does
	// not, nobody can tell; and it never fails.
	for limit, status := range map[string]int{">= 4000pps": 0, ">= 7000pps": 3, ">= 40%": 3} {
		p := small(Throughput)
		p.Expect = map[string]string{"throughput.64.ndr": limit}
		if limit == ">= 40%" {
			p.LineBPS = 10_000 * 84 * 8 // then 4900 are 49 %
			status = 0
		}
		if got := runPlan(t, p, &fake{forward: device.forward, ceiling: 5000}, nil).Verdict; got.Status != status {
			t.Errorf("%s: status %d, %s", limit, got.Status, got.Why)
		}
	}
}

func TestLimits(t *testing.T) {
	line := small(Throughput)
	line.LineBPS, line.MaxFPS = 5000*84*8, 0
	if f := runPlan(t, line, &fake{}, nil).Tests[0].Goals[0]; f.Limit != ByLine || *f.Percent < 99.99 {
		t.Errorf("a wire: %+v", f)
	}
	if f := runPlan(t, small(Throughput), &fake{}, nil).Tests[0].Goals[0]; f.Limit != Unclear {
		t.Errorf("no more was to be offered: %+v", f)
	}
	if f := runPlan(t, small(Throughput), &fake{forward: ifacetest.Path{Rate: 3000, Queue: 9}}, nil).Tests[0].Goals[0]; f.Limit != Unclear {
		t.Errorf("without a calibration: %+v", f)
	}
	near := fast()
	near.Points[0].CeilingFPS = 3050
	if f := runPlan(t, small(Throughput), &fake{forward: ifacetest.Path{Rate: 3000, Queue: 9}}, near).Tests[0].Goals[0]; f.Limit != Unclear {
		t.Errorf("near the tester's ceiling: %+v", f)
	}
}

func TestNoWay(t *testing.T) {
	f := &fake{after: func(_ int, t *Trial) { t.NoWay, t.Valid = true, false }}
	result := runPlan(t, small(Throughput, Loss), f, nil)
	if result.Verdict.Status != 1 || !result.Tests[0].NoWay || !result.Tests[1].NoWay || f.made != 2 {
		t.Errorf("%+v after %d trials", result.Verdict, f.made)
	}
}

func TestLatencyLossAndBuffer(t *testing.T) {
	for seed := range uint64(20) {
		path := ifacetest.Path{Rate: 2000 + 100*float64(seed), Queue: 20 + int(seed)*3, Delay: time.Duration(10+seed) * time.Microsecond}
		result := runPlan(t, small(Throughput, Latency, Loss, BackToBack), &fake{forward: path}, fast())
		for _, row := range result.Tests[1].Latency[1:] { // below the throughput nothing waits
			want := int64(path.Delay) + int64(1e9/path.Throughput(60))
			if row.Trials != 3 || row.Min < want-16 || row.P50 > want+16 || math.Abs(row.Tagged.Mean-float64(want)) > 16 {
				t.Errorf("seed %d, at %v: delay %d to %d, want %d", seed, row.Share, row.Min, row.Max, want)
			}
		}
		for _, row := range result.Tests[2].Loss {
			passes := float64(path.Queue+1) + 2*path.Throughput(60)
			want := math.Max(0, 1-passes/float64(row.Offered))
			if math.Abs(row.Ratio-want) > 0.001 {
				t.Errorf("seed %d, %v %%: loss %v, want %v", seed, row.Percent, row.Ratio, want)
			}
		}
		b := result.Tests[3].BackToBack
		truth := path.Burst(60, time.Duration(1e9/10_000), 1e6)
		if b == nil || math.Abs(b.Frames.Mean-float64(truth)) > 1 || b.Frames.SD > 1 {
			t.Fatalf("seed %d: %+v, want %d", seed, b, truth)
		}
		if math.Abs(b.BufferFrames-float64(path.Queue+1)) > 2 {
			t.Errorf("seed %d: buffer of %v frames, want %d", seed, b.BufferFrames, path.Queue+1)
		}
	}
}

func TestRecoveryResetAndBursts(t *testing.T) {
	path := ifacetest.Path{Rate: 2000, Queue: 100}
	p := small(Recovery, ResetTest, Bursts)
	p.Recovery, p.Bursts = RecoveryPlan{5, 2}, []int{16, 128, 256}
	result := runPlan(t, p, &fake{forward: path, resetFor: 3 * time.Second}, fast())
	// Throughput comes first, as the others need it.
	if got := []string{result.Tests[0].Test, result.Tests[1].Test, result.Tests[2].Test, result.Tests[3].Test}; !reflect.DeepEqual(got, []string{Throughput, Recovery, ResetTest, Bursts}) {
		t.Fatal(got)
	}
	rec := result.Tests[1].Recovery
	if rec == nil || !rec.Overloaded || !rec.Recovered || rec.ByCountS > 0.001 || rec.ByTimeS > 0.001 {
		t.Errorf("a queue recovers at once: %+v", rec)
	}
	row := result.Tests[2].Resets[0]
	if math.Abs(row.ByCountS-3) > 0.002 || math.Abs(row.ByTimeS-3) > 0.002 || !row.Returned {
		t.Errorf("an outage of 3 s: %+v", row)
	}
	for _, b := range result.Tests[3].Bursts {
		// What does not fit into the queue while the burst comes in needs its time.
		if b.GapS == nil && b.Burst <= 101 {
			t.Errorf("bursts of %d: %+v", b.Burst, b)
			continue
		}
		if b.Burst <= 101 {
			if period := *b.GapS + float64(b.Burst)/10_000; math.Abs(period/(float64(b.Burst)/2000)-1) > 0.15 {
				t.Errorf("bursts of %d: a period of %v s, want %v", b.Burst, period, float64(b.Burst)/2000)
			}
		}
	}
}

func TestInvalidTrialsAreRepeated(t *testing.T) {
	// Every third trial stalls; the figure is the same as without.
	path := ifacetest.Path{Rate: 3000, Queue: 9}
	clean := runPlan(t, small(Throughput), &fake{forward: path}, fast()).Tests[0].Goals[0]
	bad := 0
	f := &fake{forward: path, after: func(n int, t *Trial) {
		if n%3 == 1 {
			t.Valid, t.Reasons = false, []Reason{{Stalled, "held up"}}
			bad++
		}
	}}
	result := runPlan(t, small(Throughput), f, fast())
	if got := result.Tests[0].Goals[0]; *got.LowerFPS != *clean.LowerFPS || *got.UpperFPS != *clean.UpperFPS {
		t.Errorf("bounds %v to %v, without stalls %v to %v", *got.LowerFPS, *got.UpperFPS, *clean.LowerFPS, *clean.UpperFPS)
	}
	if bad == 0 || len(result.Trials) != f.made {
		t.Errorf("%d bad trials, %d of %d kept", bad, len(result.Trials), f.made)
	}
	lost := &fake{after: func(n int, t *Trial) { t.Valid, t.Reasons = false, []Reason{{LinkLost, "gone"}} }}
	r := Runner{Plan: small(Throughput), Trialler: lost}
	if _, err := r.Run(context.Background()); !errors.Is(err, ErrLink) || lost.made != 3 {
		t.Errorf("a link that does not come back: %v after %d trials", err, lost.made)
	}
}

// memory is a log in memory, as JSON.
type memory struct {
	lines [][]byte
	full  int // lines that fit; 0 is any
}

func (m *memory) Add(kind string, data any) error {
	if m.full > 0 && len(m.lines) == m.full {
		return errors.New("full")
	}
	b, err := json.Marshal(data)
	if kind == "trial" {
		m.lines = append(m.lines, b)
	}
	return err
}

func (m *memory) trials(t *testing.T) (list []Trial) {
	for _, line := range m.lines {
		var trial Trial
		if err := json.Unmarshal(line, &trial); err != nil {
			t.Fatal(err)
		}
		list = append(list, trial)
	}
	return list
}

// figures are what a result says of the device.
func figures(t *testing.T, r Result) string {
	t.Helper()
	b, err := json.Marshal(r.Tests)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestResumeAnywhere: a run that ends after any of its trials and is resumed has
// the figures of one that was not, and makes no trial again but the anchor.
func TestResumeAnywhere(t *testing.T) {
	plan := small(Throughput, Latency, Loss, BackToBack)
	plan.Goals = []mlr.Goal{plan.Goals[0], {Name: "strict", Width: 0.02, Initial: 2, Final: 2, Sum: 2, Preceding: 2}}
	path := ifacetest.Path{Rate: 3000, Queue: 40}
	whole := &fake{forward: path}
	want := runPlan(t, plan, whole, fast())
	for cut := 1; cut < len(want.Trials); cut += 3 {
		log := &memory{full: cut}
		first := Runner{Plan: plan, Trialler: &fake{forward: path}, Calibration: fast(), Log: log}
		if _, err := first.Run(context.Background()); err == nil {
			t.Fatalf("cut after %d: no error", cut)
		}
		log.full = 0
		f := &fake{forward: path}
		second := Runner{Plan: plan, Trialler: f, Calibration: fast(), Log: log, Replay: log.trials(t)}
		got, err := second.Run(context.Background())
		if err != nil {
			t.Fatalf("cut after %d: %v", cut, err)
		}
		if figures(t, got) != figures(t, want) {
			t.Errorf("cut after %d: other figures", cut)
		}
		if f.made > len(want.Trials)-cut+1 {
			t.Errorf("cut after %d of %d: %d trials made", cut, len(want.Trials), f.made)
		}
	}
}

func TestResumeRefuses(t *testing.T) {
	plan, path := small(Throughput), ifacetest.Path{Rate: 3000, Queue: 40}
	log := &memory{full: 7}
	r := Runner{Plan: plan, Trialler: &fake{forward: path}, Log: log}
	_, _ = r.Run(context.Background())
	log.full = 0
	other := plan
	other.MaxFPS = 9000
	r = Runner{Plan: other, Trialler: &fake{forward: path}, Log: log, Replay: log.trials(t)}
	if _, err := r.Run(context.Background()); !errors.Is(err, ErrJournal) {
		t.Errorf("the journal of another plan: %v", err)
	}
	slower := &fake{forward: ifacetest.Path{Rate: 1000, Queue: 1}}
	r = Runner{Plan: plan, Trialler: slower, Log: log, Replay: log.trials(t)}
	if _, err := r.Run(context.Background()); !errors.Is(err, ErrAnchor) {
		t.Errorf("another device: %v", err)
	}
	r = Runner{Plan: plan, Trialler: slower, Log: log, Replay: log.trials(t), AcceptChange: true}
	if result, err := r.Run(context.Background()); err != nil || len(result.Events) != 1 {
		t.Errorf("another device, accepted: %v, %v", err, result.Events)
	}
}
