package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"eterm/frame/ether"
	"eterm/iface/suite/mlr"
)

// Plan is all that a run is told: the same plan, devices and outcomes give the
// same trials.
type Plan struct {
	Suite string   `json:"suite"`
	Tests []string `json:"tests"`
	// Sizes are measured one after the other, in bytes with FCS. Mix, if
	// there, is measured too, as one load of these sizes in turn.
	Sizes []int `json:"sizes"`
	Mix   []int `json:"mix,omitempty"`
	// Direction is forward, reverse or both: both at once, each at the rate.
	Direction string `json:"direction"`
	// LineBPS is the line's speed in bits/s; 0 is not known. MaxFPS bounds the
	// load, where the line does not or shall not, and MaxBPS the bits/s on the
	// wire; 0 does not.
	LineBPS float64 `json:"line_bps"`
	MaxBPS  float64 `json:"max_bps"`
	MaxFPS  float64 `json:"max_fps"`
	// MinShare of the greatest load is the least; 0.001 if 0.
	MinShare float64 `json:"min_share"`
	// Search is mlr or binary (with loss verification).
	Search string     `json:"search"`
	Goals  []mlr.Goal `json:"goals"`
	// Warmup is the length of each search's first trial, in seconds.
	Warmup     float64      `json:"warmup_s"`
	Waits      Waits        `json:"waits"`
	Latency    LatencyPlan  `json:"latency"`
	LossStep   float64      `json:"loss_step_s"`
	BackToBack BurstPlan    `json:"back_to_back"`
	Recovery   RecoveryPlan `json:"recovery"`
	Resets     []string     `json:"resets"`
	Bursts     []int        `json:"bursts"`
	Repeat     int          `json:"repeat"`
	Addresses  int          `json:"addresses"`
	// BroadcastEvery makes every so many-th frame one to all; 0 none.
	BroadcastEvery int        `json:"broadcast_every"`
	Thresholds     Thresholds `json:"thresholds"`
	// Hops is how often each frame goes through the device: in a snake (RFC 8239)
	// its ports are joined in a row. 0 is once.
	Hops int `json:"hops,omitempty"`
	// MaxTime bounds the time of all trials, in seconds; 0 does not.
	MaxTime float64           `json:"max_time_s"`
	Seed    uint64            `json:"seed"`
	Notes   map[string]string `json:"notes"`
	Expect  map[string]string `json:"expect"`
}

// LatencyPlan is how delays are measured (RFC 2544, 26.2): so many trials of so
// many seconds, at these shares of the throughput.
type LatencyPlan struct {
	Trials  int       `json:"trials"`
	Seconds float64   `json:"seconds"`
	Shares  []float64 `json:"shares"`
}

// BurstPlan is how buffers are measured (RFC 9004): so many times, with bursts
// that last so long at most.
type BurstPlan struct {
	Repeat     int     `json:"repeat"`
	MaxSeconds float64 `json:"max_seconds"`
}

// RecoveryPlan is how recovery is measured (RFC 2544, 26.5): seconds above the
// throughput, and seconds without loss below it that end it.
type RecoveryPlan struct {
	Over float64 `json:"over_s"`
	Calm float64 `json:"calm_s"`
}

// The tests, in the order in which they are made.
const (
	Throughput = "throughput"
	Latency    = "latency"
	Loss       = "loss"
	BackToBack = "back-to-back"
	Recovery   = "recovery"
	ResetTest  = "reset"
	Bursts     = "bursts"
	Forwarding = "forwarding"
	Broadcast  = "broadcast"
)

// The suites.
const (
	RFC2544 = "rfc2544"
	RFC2889 = "rfc2889"
	Snake   = "snake"
)

// SuiteTests are the tests of each suite.
var SuiteTests = map[string][]string{
	RFC2544: {Throughput, Latency, Loss, BackToBack, Recovery, ResetTest, Bursts},
	RFC2889: {Throughput, Forwarding, Broadcast},
	Snake:   {Throughput, Loss},
}

// DefaultSizes are those of RFC 2544, 9.1.
var DefaultSizes = []int{64, 128, 256, 512, 1024, 1280, 1518}

// Presets are the names that Preset knows.
var Presets = []string{"quick", "standard", "rfc"}

// Preset is a plan of RFC 2544 tests that is quick, has the standards' spirit,
// or their letter.
func Preset(name string) (Plan, error) {
	p := Plan{
		Suite: RFC2544, Sizes: DefaultSizes, Direction: string(Forward), Search: "mlr", Warmup: 1, Repeat: 1,
		Tests:   []string{Throughput, Latency, Loss, BackToBack},
		Latency: LatencyPlan{Shares: []float64{1, 0.9, 0.5, 0.1}}, Bursts: []int{16, 64, 256, 1024}, Resets: []string{"software"},
	}
	ndr, pdr, strict := mlr.NDR(), mlr.PDR(), mlr.Strict()
	switch name {
	case "quick":
		ndr.Sum, ndr.Width = 5, 0.01
		p.Goals, p.Waits = []mlr.Goal{ndr}, Waits{0.2, 0.3, 0.2}
		p.Latency.Trials, p.Latency.Seconds, p.LossStep = 3, 10, 2
		p.BackToBack, p.Recovery = BurstPlan{5, 2}, RecoveryPlan{10, 5}
	case "standard":
		p.Goals, p.Waits = []mlr.Goal{ndr, pdr, strict}, Waits{0.5, 1, 1}
		p.Latency.Trials, p.Latency.Seconds, p.LossStep = 20, 10, 10
		p.BackToBack, p.Recovery = BurstPlan{20, 10}, RecoveryPlan{60, 10}
	case "rfc":
		for _, g := range []*mlr.Goal{&ndr, &pdr, &strict} {
			g.Width = 0.001
		}
		p.Goals, p.Waits = []mlr.Goal{strict, ndr, pdr}, Waits{2, 2, 5}
		p.Latency.Trials, p.Latency.Seconds, p.LossStep = 20, 120, 60
		p.BackToBack, p.Recovery = BurstPlan{50, 30}, RecoveryPlan{60, 10}
	default:
		return Plan{}, fmt.Errorf("no preset is named %q: want %s", name, strings.Join(Presets, ", "))
	}
	return p, nil
}

// TestsOf are the tests of a suite, or of several with a + between them, each once.
func TestsOf(suites string) (list []string) {
	for _, s := range strings.Split(suites, "+") {
		for _, t := range SuiteTests[s] {
			if !slices.Contains(list, t) {
				list = append(list, t)
			}
		}
	}
	return list
}

// For makes the plan one of a suite, or of several with a + between them. Of RFC
// 2889 all tests are made, and both directions are loaded at once.
func (p Plan) For(suites string) Plan {
	if p.Suite = suites; suites == Snake {
		p.Tests = SuiteTests[Snake]
	}
	if !p.has(RFC2889) {
		return p
	}
	p.Direction = "both"
	if !p.has(RFC2544) {
		p.Tests = nil
	}
	for _, t := range SuiteTests[RFC2889] {
		if !slices.Contains(p.Tests, t) {
			p.Tests = append(slices.Clone(p.Tests), t)
		}
	}
	return p
}

// has says whether a plan is of a suite.
func (p Plan) has(suite string) bool { return slices.Contains(strings.Split(p.Suite, "+"), suite) }

// Groups says whether frames go to more than the other port's own address.
func (p Plan) Groups() bool {
	return p.Addresses > 1 || p.BroadcastEvery > 0 || slices.Contains(p.Tests, Broadcast)
}

// Hash is the plan's SHA-256 in hexadecimal.
func (p Plan) Hash() string {
	b, _ := json.Marshal(p) // numbers and strings alone
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Check says what is wrong with a plan.
func (p Plan) Check() error {
	if len(p.Sizes)+len(p.Mix) == 0 {
		return errors.New("a plan needs a frame size")
	}
	for _, s := range slices.Concat(p.Sizes, p.Mix) {
		if s < 64 || s > 9216 {
			return fmt.Errorf("frame size %d: want 64 to 9216 bytes with FCS", s)
		}
	}
	if _, err := p.ways(); err != nil {
		return err
	}
	for _, t := range p.Tests {
		if testOf(t) == nil || p.Suite != CalibrateTest && !slices.Contains(TestsOf(p.Suite), t) {
			return fmt.Errorf("no test is named %q: want %s", t, strings.Join(TestsOf(p.Suite), ", "))
		}
	}
	if p.LineBPS == 0 && p.MaxFPS == 0 && p.MaxBPS == 0 {
		return errors.New("the line's speed is not known: give the greatest rate")
	}
	if p.has(Snake) != (p.Hops > 0) || p.Hops == 1 || p.Hops > MostHops {
		return fmt.Errorf("%d hops: a snake has 2 to %d, and others none", p.Hops, MostHops)
	}
	if p.Search != "mlr" && p.Search != "binary" {
		return fmt.Errorf("no search is named %q: want mlr or binary", p.Search)
	}
	if p.Repeat < 1 || p.Addresses < 0 || p.Addresses > 256 || p.BroadcastEvery < 0 || p.BroadcastEvery > 256 {
		return errors.New("want at least 1 repetition, and up to 256 pairs of addresses")
	}
	for _, load := range p.loads() {
		if err := p.search(load, p.Goals).Check(); err != nil {
			return err
		}
	}
	return nil
}

// ways are the directions loaded at once, trial after trial.
func (p Plan) ways() ([]Direction, error) {
	switch p.Direction {
	case string(Forward), string(Reverse):
		return []Direction{Direction(p.Direction)}, nil
	case "both":
		return []Direction{Forward, Reverse}, nil
	}
	return nil, fmt.Errorf("direction %q: want forward, reverse or both", p.Direction)
}

// loads are the sizes measured one after the other.
func (p Plan) loads() (list [][]int) {
	for _, s := range p.Sizes {
		list = append(list, []int{s})
	}
	if len(p.Mix) > 0 {
		list = append(list, p.Mix)
	}
	return list
}

// Theoretical is what the line carries of frames of these sizes in turn, in
// frames/s; 0 if its speed is not known.
func (p Plan) Theoretical(sizes []int) float64 { return p.LineBPS / (meanWire(sizes) * 8) }

// meanWire is how many byte times a frame of these sizes takes on average.
func meanWire(sizes []int) float64 {
	wire := 0
	for _, s := range sizes {
		wire += ether.WireLen(s - ether.FCSLen)
	}
	return float64(wire) / float64(len(sizes))
}

// greatest is the greatest load.
func (p Plan) greatest(sizes []int) float64 {
	most := math.Inf(1)
	for _, bound := range []float64{p.Theoretical(sizes), p.MaxFPS, p.MaxBPS / (meanWire(sizes) * 8)} {
		if bound > 0 {
			most = min(most, bound)
		}
	}
	return most
}

// search is one for these goals. The least load has a hundred frames a trial.
func (p Plan) search(sizes []int, goals []mlr.Goal) mlr.Config {
	c := mlr.Config{Max: p.greatest(sizes), Goals: goals, Warmup: p.Warmup}
	share := p.MinShare
	if share == 0 {
		share = 0.001
	}
	c.Min = share * c.Max
	for _, g := range goals {
		c.Min = max(c.Min, 100/g.Initial)
	}
	c.Min = min(c.Min, c.Max/2)
	return c
}
