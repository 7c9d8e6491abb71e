package mlr

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
)

// scripted is a device that both this package and the reference library are
// shown: see testdata/referee.py.
type scripted struct {
	Config  Config  `json:"config"`
	Truth   int     `json:"truth"`
	PerStep float64 `json:"per_step"`
	Stall   float64 `json:"stall"`
	Seed    uint64  `json:"seed"`
}

const scriptedFrames = 1_000_000

func scriptedNoise(seed, n uint64) float64 {
	x := seed*6364136223846793005 + n*1442695040888963407 + 1
	for range 3 {
		x ^= x >> 29
		x *= 0xBF58476D1CE4E5B9
		x ^= x >> 32
	}
	return float64(x>>11) / (1 << 53)
}

func (d scripted) lost(k, n int, duration float64) int {
	lost := 0
	if over := float64(k-d.Truth) * d.PerStep; over > 0 {
		lost = int(over * scriptedFrames)
	}
	if scriptedNoise(d.Seed, uint64(n)) < d.Stall*duration {
		lost += 500 + int(5000*scriptedNoise(d.Seed+1, uint64(n)))
	}
	return min(lost, scriptedFrames)
}

type answer struct {
	Trials [][2]float64  `json:"trials"`
	Found  [][3]*float64 `json:"found"`
}

// randomGoals are such as a user may ask for.
func randomGoals(random *rand.Rand) []Goal {
	goals := []Goal{NDR()}
	if random.IntN(2) == 0 {
		goals = append(goals, PDR())
	}
	if random.IntN(3) == 0 {
		goals = append(goals, Strict())
	}
	if random.IntN(3) == 0 {
		g := Goal{Name: "own", Loss: random.Float64() * 0.02, Exceed: float64(random.IntN(9)) / 10,
			Width: 0.001 + random.Float64()*0.02, Initial: 1, Final: 1 + float64(random.IntN(3)), Preceding: 1 + random.IntN(3)}
		g.Sum = g.Final * float64(1+random.IntN(30))
		goals = append(goals, g)
	}
	return goals
}

// TestAgainstTheReferenceLibrary compares every load and length of 1000
// searches. The library is not part of this program: put its directory on
// PYTHONPATH to run this test.
func TestAgainstTheReferenceLibrary(t *testing.T) {
	if err := exec.Command("python3", "-c", "import MLRsearch").Run(); err != nil {
		t.Skip("the reference library MLRsearch is not installed")
	}
	cases, script := 1000, bytes.Buffer{}
	random := rand.New(rand.NewPCG(9971, 1))
	var devices []scripted
	for i := range cases {
		d := scripted{Config: Config{Min: 100, Max: 1e6 * (0.5 + random.Float64()), Goals: randomGoals(random), Warmup: float64(random.IntN(2)), MaxTrials: 10000}, Seed: uint64(i)}
		top := New(d.Config).grid.top
		d.Truth = random.IntN(top + top/10)
		d.PerStep = math.Log(d.Config.Max/d.Config.Min) / float64(top) * (0.5 + random.Float64())
		d.Stall = []float64{0, 0.01, 0.05, 0.3}[random.IntN(4)]
		devices = append(devices, d)
		line, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		script.Write(append(line, '\n'))
	}
	cmd := exec.Command("python3", "testdata/referee.py")
	cmd.Stdin, cmd.Stderr = &script, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for i, d := range devices {
		var want answer
		if err := decoder.Decode(&want); err != nil {
			t.Fatal(err)
		}
		compareWithReference(t, i, d, want)
	}
}

func compareWithReference(t *testing.T, i int, d scripted, want answer) {
	t.Helper()
	s := New(d.Config)
	for n := 0; ; n++ {
		trial, more := s.Next()
		if !more {
			if n != len(want.Trials) {
				t.Errorf("case %d: over after %d trials, the reference after %d", i, n, len(want.Trials))
			}
			break
		}
		k := s.next.load
		if n >= len(want.Trials) || float64(k) != want.Trials[n][0] || math.Abs(trial.Duration/want.Trials[n][1]-1) > 1e-12 {
			t.Fatalf("case %d, trial %d: %d for %v s, the reference %v", i, n, k, trial.Duration, want.Trials[min(n, len(want.Trials)-1)])
		}
		s.Add(trial, Outcome{Loss: float64(d.lost(k, n, trial.Duration)) / scriptedFrames, Seconds: trial.Duration})
	}
	for j, r := range s.Results() {
		w := want.Found[j]
		if !sameBound(s, r.Lower, w[0]) || !sameBound(s, r.Upper, w[1]) || w[2] != nil && math.Abs(r.Conditional / *w[2] - 1) > 1e-9 {
			t.Errorf("case %d, goal %s: %+v, the reference %v", i, r.Goal.Name, r, w)
		}
	}
}

func sameBound(s *Search, b *Bound, k *float64) bool {
	if b == nil || k == nil {
		return b == nil && k == nil
	}
	return s.grid.load(int(*k)) == b.Load
}
