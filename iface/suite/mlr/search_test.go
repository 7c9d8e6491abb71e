package mlr

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// simulated is a device of known rate, 1, with a buffer and stalls.
type simulated struct {
	perSecond float64 // frames a second at load 1
	buffer    float64 // frames
	every     float64 // seconds from one stall to the next; 0: none
	stall     float64 // seconds
	clock     float64 // the first trial begins here; then half a second between
}

func (d *simulated) measure(t Trial) Outcome {
	begin := d.clock
	d.clock += t.Duration + 0.5
	offered := t.Load * d.perSecond * t.Duration
	lost := math.Max(0, (t.Load-1)*d.perSecond*t.Duration-d.buffer)
	if d.every > 0 {
		stalls := math.Floor((begin+t.Duration)/d.every) - math.Floor(begin/d.every)
		for range int(stalls) {
			lost += math.Max(0, d.stall*t.Load*d.perSecond-d.buffer)
		}
	}
	return Outcome{Loss: math.Min(1, lost/offered), Seconds: t.Duration}
}

func (d *simulated) search(c Config) []Result {
	s := New(c)
	for {
		t, more := s.Next()
		if !more {
			return s.Results()
		}
		s.Add(t, d.measure(t))
	}
}

func device(every float64, seed uint64) *simulated {
	phase := rand.New(rand.NewPCG(seed, 2)).Float64() * every
	return &simulated{perSecond: 1e6, buffer: 1000, every: every, stall: 0.003, clock: phase}
}

// TestStalls: what a strict search makes of a device that stalls now and then
// is chance; NDR and PDR are the device's rate all the same.
func TestStalls(t *testing.T) {
	for _, every := range []float64{0, 100, 20, 5} {
		var ndr []float64
		for seed := range uint64(60) {
			d := device(every, seed)
			start := d.clock
			r := d.search(Config{Min: 0.01, Max: 2, Goals: []Goal{NDR(), PDR()}, Warmup: 1})
			if r[0].Irregular != "" || r[1].Irregular != "" {
				t.Fatalf("a stall in %v s, seed %d: %+v", every, seed, r)
			}
			if r[0].Lower.Load > 1.0011 || r[0].Upper.Load < 1 || r[0].Width > 0.005 {
				t.Errorf("a stall in %v s, seed %d: bounds %v to %v for 1", every, seed, r[0].Lower.Load, r[0].Upper.Load)
			}
			if r[1].Lower.Load > 1.0063 || r[1].Upper.Load < 1.005 {
				t.Errorf("a stall in %v s, seed %d: PDR bounds %v to %v for 1.005", every, seed, r[1].Lower.Load, r[1].Upper.Load)
			}
			if d.clock-start > 90 {
				t.Errorf("a stall in %v s, seed %d: %v s", every, seed, d.clock-start)
			}
			ndr = append(ndr, r[0].Lower.Load)
		}
		slices.Sort(ndr)
		if spread := ndr[len(ndr)-1] - ndr[0]; spread > 0.005 {
			t.Errorf("a stall in %v s: results spread over %v", every, spread)
		}
	}
}

func TestStrictIsWhatAMinuteSustains(t *testing.T) {
	r := device(0, 1).search(Config{Min: 0.01, Max: 2, Goals: []Goal{Strict()}, Warmup: 1})[0]
	if r.Lower.Load > 1.0001 || r.Upper.Load < 1 || r.Irregular != "" {
		t.Errorf("a quiet device of rate 1: %+v", r)
	}
	// Stalls of 3 ms fill 1000 frames only above a third of the rate: a device
	// that stalls all the time sustains that and no more.
	r = device(0.2, 1).search(Config{Min: 0.01, Max: 2, Goals: []Goal{Strict()}})[0]
	if r.Lower.Load > 1.0/3 || r.Upper.Load < 1.0/3 {
		t.Errorf("a device that sustains 0.333: %+v", r)
	}
}

// randomSearch is a search of a random device, with the trials it made.
func randomSearch(seed uint64) (Config, func(Trial, int) Outcome) {
	random := rand.New(rand.NewPCG(seed, 5))
	c := Config{Min: 1 + random.Float64()*100, Goals: randomGoals(random), Warmup: float64(random.IntN(2))}
	c.Max = c.Min * (1.01 + random.ExpFloat64()*1000)
	if random.IntN(4) == 0 {
		c.StartAt = c.Min + random.Float64()*(c.Max-c.Min)
	}
	truth := c.Min * math.Exp(random.Float64()*1.2*math.Log(c.Max/c.Min))
	ceiling := math.Inf(1)
	if random.IntN(3) == 0 {
		ceiling = c.Min + random.Float64()*(c.Max-c.Min)
	}
	chaos := []float64{0, 0.02, 0.5}[random.IntN(3)]
	return c, func(t Trial, n int) Outcome {
		noise := rand.New(rand.NewPCG(seed, uint64(n)))
		o := Outcome{Loss: math.Max(0, 1-truth/t.Load), Seconds: t.Duration}
		if noise.Float64() < chaos {
			o.Loss = noise.Float64()
		}
		if t.Load > ceiling {
			o = Outcome{Loss: 1 - ceiling/t.Load, Seconds: t.Duration, Undecidable: true}
		}
		return o
	}
}

func TestSearchesStayInsideAndEnd(t *testing.T) {
	for seed := range uint64(2000) {
		c, measure := randomSearch(seed)
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		s, n := New(c), 0
		for ; ; n++ {
			trial, more := s.Next()
			if !more {
				break
			}
			if trial.Load < c.Min || trial.Load > c.Max || !(trial.Duration > 0) {
				t.Fatalf("seed %d: trial %+v outside %v to %v", seed, trial, c.Min, c.Max)
			}
			if n > 200 {
				t.Fatalf("seed %d: no end", seed)
			}
			s.Add(trial, measure(trial, n))
		}
		for _, r := range s.Results() {
			if r.Irregular == "" && (r.Lower.Load >= r.Upper.Load || r.Width > r.Goal.Width*1.0001) {
				t.Errorf("seed %d: %+v %v %v", seed, r, *r.Lower, *r.Upper)
			}
			if n < 200 && r.Irregular == Unfinished {
				t.Errorf("seed %d: unfinished after %d trials", seed, n)
			}
		}
	}
}

// TestReplay: from any point on, a search that was told the same outcomes asks
// for the same trials.
func TestReplay(t *testing.T) {
	for seed := range uint64(200) {
		c, measure := randomSearch(seed)
		var trials []Trial
		var outcomes []Outcome
		for s := New(c); ; {
			trial, more := s.Next()
			if !more {
				break
			}
			trials, outcomes = append(trials, trial), append(outcomes, measure(trial, len(trials)))
			s.Add(trial, outcomes[len(outcomes)-1])
		}
		cut := int(seed) % len(trials)
		s := New(c)
		for i, o := range outcomes {
			trial, more := s.Next()
			if !more || trial != trials[i] {
				t.Fatalf("seed %d: trial %d is %+v, was %+v", seed, i, trial, trials[i])
			}
			if again, _ := s.Next(); again != trial {
				t.Fatalf("seed %d: asked twice, trial %d is %+v and %+v", seed, i, trial, again)
			}
			if i == cut {
				s.Results() // asking does not change what comes
			}
			s.Add(trial, o)
		}
	}
}

func TestTesterLimit(t *testing.T) {
	s := New(Config{Min: 1, Max: 100, Goals: []Goal{NDR()}})
	for {
		trial, more := s.Next()
		if !more {
			break
		}
		o := Outcome{Seconds: trial.Duration}
		if trial.Load > 40 { // the tester cannot; the device could
			o.Undecidable, o.Loss = true, 1-40/trial.Load
		}
		s.Add(trial, o)
	}
	r := s.Results()[0]
	if r.Upper == nil || !r.Upper.Tester || r.Lower == nil || r.Lower.Load > 40 || r.Upper.Load < 40 || r.Width > 0.005 {
		t.Errorf("a tester that ends at 40: %+v, lower %v, upper %v", r, r.Lower, r.Upper)
	}
}

func TestIrregularResults(t *testing.T) {
	all := func(loss float64) Result {
		s := New(Config{Min: 1, Max: 100, Goals: []Goal{NDR()}})
		for {
			trial, more := s.Next()
			if !more {
				return s.Results()[0]
			}
			s.Add(trial, Outcome{Loss: loss, Seconds: trial.Duration})
		}
	}
	if r := all(1); r.Irregular != BelowMin || r.Lower != nil || r.Upper.Load != 1 {
		t.Errorf("nothing passes: %+v", r)
	}
	if r := all(0); r.Irregular != AtMax || r.Upper != nil || r.Lower.Load != 100 || r.Conditional != 100 {
		t.Errorf("everything passes: %+v", r)
	}
	s := New(Config{Min: 1, Max: 100, Goals: []Goal{NDR()}, MaxTrials: 3})
	for trial, more := s.Next(); more; trial, more = s.Next() {
		s.Add(trial, Outcome{Loss: math.Max(0, 1-50/trial.Load), Seconds: trial.Duration})
	}
	if r := s.Results()[0]; r.Irregular != Unfinished {
		t.Errorf("ended after 3 trials: %+v", r)
	}
}

func TestConfigCheck(t *testing.T) {
	good := Config{Min: 1, Max: 2, Goals: []Goal{NDR()}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	bad := []func(*Config){
		func(c *Config) { c.Min = 0 }, func(c *Config) { c.Min = math.NaN() }, func(c *Config) { c.Max = 1 },
		func(c *Config) { c.Max = math.Inf(1) }, func(c *Config) { c.Goals = nil }, func(c *Config) { c.Warmup = -1 },
		func(c *Config) { c.StartAt = 3 }, func(c *Config) { c.Goals = []Goal{NDR(), NDR()} },
		func(c *Config) { c.Goals[0].Loss = 1 }, func(c *Config) { c.Goals[0].Exceed = 1 },
		func(c *Config) { c.Goals[0].Width = 0 }, func(c *Config) { c.Goals[0].Initial = 0 },
		func(c *Config) { c.Goals[0].Final = 0.5 }, func(c *Config) { c.Goals[0].Sum = 0.5 },
		func(c *Config) { c.Goals[0].Preceding = -1 }, func(c *Config) { c.Goals[0].Preceding = 0 },
	}
	for i, spoil := range bad {
		c := good
		c.Goals = slices.Clone(good.Goals)
		spoil(&c)
		if c.Check() == nil {
			t.Errorf("configuration %d is accepted: %+v", i, c)
		}
	}
}
