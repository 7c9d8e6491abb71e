package suite

import (
	"context"
	"errors"
	"fmt"

	"eterm/iface/suite/mlr"
)

// Errors that end a run, which can be resumed all the same.
var (
	ErrLink    = errors.New("the link does not come back")
	ErrChanged = errors.New("a port is not what it was when the run began")
	ErrJournal = errors.New("the journal is of another run: its trials are not those of this plan")
	ErrAnchor  = errors.New("the device is not what it was: what passed before the interruption loses now")
	errTime    = errors.New("the time is up")
	errNoWay   = errors.New("no way through")
)

// Log is where what was measured is kept before a run goes on.
type Log interface {
	Add(kind string, data any) error
}

// Progress is where a run is.
type Progress struct {
	Test      string  `json:"test"`
	Size      int     `json:"size"`
	Direction string  `json:"direction"`
	Repeat    int     `json:"repeat"`
	Done      int     `json:"done"` // trials
	Load      float64 `json:"load_fps"`
	Seconds   float64 `json:"seconds"` // of the trial that begins
	LastLoss  float64 `json:"last_loss"`
	// LeftS is how long it will take still, in seconds, re-estimated from this
	// run's own trials.
	LeftS float64 `json:"left_s"`
}

// Runner carries out a plan.
type Runner struct {
	Plan        Plan
	Trialler    Trialler
	Calibration *Calibration
	// Log is nil for a run that nobody resumes.
	Log Log
	// Replay are the trials of the run that is resumed, in their order.
	Replay []Trial
	// AcceptChange goes on although the anchor says that the device changed.
	AcceptChange bool
	// Progress, if not nil, is called before every trial.
	Progress func(Progress)
	// Consent is kept in the result.
	Consent string

	result    Result
	cell      cell
	anchored  bool
	reckoning bool // no trial is made any more
	replayed  int
	linkLost  int
	lastLoss  float64
	figures   map[string]float64 // throughputs found, by cell and goal
}

// cell is one place in the table of a test.
type cell struct {
	test   string
	sizes  []int
	ways   []Direction
	repeat int
	// broadcast: every frame is to everybody.
	broadcast bool
}

// size is the frames' size, or 0 for a mix.
func (c cell) size() int {
	if len(c.sizes) == 1 {
		return c.sizes[0]
	}
	return 0
}

func (c cell) direction() string {
	if len(c.ways) == 2 {
		return "both"
	}
	return string(c.ways[0])
}

// mean is the mean size in bytes with FCS.
func (c cell) mean() float64 {
	n := 0
	for _, s := range c.sizes {
		n += s
	}
	return float64(n) / float64(len(c.sizes))
}

// Run makes all trials of the plan that were not made yet. Its result is valid
// also when there is an error, as far as it goes.
func (r *Runner) Run(ctx context.Context) (Result, error) {
	r.figures = map[string]float64{}
	r.anchored = len(r.Replay) == 0 || r.reckoning
	r.result = Result{
		Suite: r.Plan.Suite, Plan: r.Plan, PlanSHA256: r.Plan.Hash(), OneClock: r.Trialler.OneClock(), Consent: r.Consent,
		Calibration: r.Calibration, Deviations: r.Plan.deviations(), Tests: []Test{}, Trials: []Trial{}, Events: []Event{},
	}
	err := r.all(ctx)
	switch {
	case err == nil:
		r.result.State = "done"
	case errors.Is(err, errTime):
		r.result.State, err = "done", nil
		r.result.TimeUp = true
	case ctx.Err() != nil:
		r.result.State = "interrupted"
	default:
		r.result.State = "failed"
	}
	r.result.judge()
	return r.result, err
}

// all makes the tests one after the other.
func (r *Runner) all(ctx context.Context) error {
	if err := r.Plan.Check(); err != nil {
		return err
	}
	ways, _ := r.Plan.ways() // was checked
	for _, name := range r.Plan.Tests {
		for repeat := 1; repeat <= r.Plan.Repeat; repeat++ {
			for _, sizes := range r.Plan.loads() {
				r.cell = cell{test: name, sizes: sizes, ways: ways, repeat: repeat}
				if err := r.one(ctx, name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// one makes a test for one cell.
func (r *Runner) one(ctx context.Context, name string) error {
	t := Test{Test: name, Size: r.cell.size(), Direction: r.cell.direction(), Repeat: r.cell.repeat, TheoreticalFPS: r.Plan.Theoretical(r.cell.sizes)}
	if t.Size == 0 {
		t.Sizes = r.cell.sizes
	}
	err := testOf(name)(r, ctx, &t)
	if errors.Is(err, errNoWay) {
		t.NoWay, t.Note, err = true, "no frame comes through", nil
	}
	r.result.Tests = append(r.result.Tests, t)
	return err
}

// testOf is the function of a test.
func testOf(name string) func(*Runner, context.Context, *Test) error {
	switch name {
	case Throughput:
		return (*Runner).throughput
	case Latency:
		return (*Runner).latency
	case Loss:
		return (*Runner).lossRate
	case BackToBack:
		return (*Runner).backToBack
	case Recovery:
		return (*Runner).recovery
	case ResetTest:
		return (*Runner).reset
	case Bursts:
		return (*Runner).bursts
	case Forwarding:
		return (*Runner).forwarding
	case Broadcast:
		return (*Runner).broadcast
	case CalibrateTest:
		return (*Runner).calibrate
	}
	return nil
}

// anchor repeats, before the first new trial of a resumed run, the last one that
// passed: if it loses now, the device is another than it was.
func (r *Runner) anchor(ctx context.Context) error {
	if r.anchored {
		return nil
	}
	r.anchored = true
	for i := len(r.result.Trials) - 1; i >= 0; i-- {
		was := r.result.Trials[i]
		if !was.Valid || was.LossRatio() > was.Spec.Loss {
			continue
		}
		now, err := r.Trialler.Measure(ctx, was.Spec)
		if err != nil {
			return err
		}
		if err := r.log("anchor", now); err != nil {
			return err
		}
		if now.Valid && now.LossRatio() > was.Spec.Loss {
			if !r.AcceptChange {
				return fmt.Errorf("trial %d: %w", was.N, ErrAnchor)
			}
			r.result.Events = append(r.result.Events, Event{Text: fmt.Sprintf("trial %d passed before the interruption and loses after it", was.N)})
		}
		return nil
	}
	return nil
}

// key names a figure of a cell.
func (r *Runner) key(goal string) string {
	return fmt.Sprint(r.cell.sizes, r.cell.direction(), r.cell.repeat, r.cell.broadcast, goal)
}

// base is the throughput that other tests refer to: the strict one if there is
// one, or else the first goal's. If throughput was not asked for, it is found
// now, and is a test of its own in the result.
func (r *Runner) base(ctx context.Context) (fps float64, name string, err error) {
	for range 2 {
		for _, g := range r.baseGoals() {
			if fps, ok := r.figures[r.key(g.Name)]; ok {
				return fps, g.Name, nil
			}
		}
		if r.figures[r.key("tried")] > 0 {
			break
		}
		test := r.cell.test
		r.cell.test = Throughput
		err := r.one(ctx, Throughput)
		r.cell.test = test
		if err != nil {
			return 0, "", err
		}
	}
	return 0, "", nil
}

// baseGoals are the goals in the order in which others refer to them.
func (r *Runner) baseGoals() (list []mlr.Goal) {
	for _, g := range r.Plan.Goals {
		if isStrict(g) {
			list = append(list, g)
		}
	}
	for _, g := range r.Plan.Goals {
		if !isStrict(g) {
			list = append(list, g)
		}
	}
	return list
}

// isStrict says whether a goal lets not one trial lose.
func isStrict(g mlr.Goal) bool { return g.Exceed == 0 }
