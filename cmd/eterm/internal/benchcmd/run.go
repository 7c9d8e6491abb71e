package benchcmd

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/cmd/internal/sandbox"
	"eterm/cmd/internal/watch"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/suite"
	"eterm/iface/suite/journal"
)

func readerIsTerminal(c *cli.Context) bool {
	f, ok := c.App.Reader.(*os.File)
	return ok && show.IsTerminal(f)
}

func (b *bencher) run(c *cli.Context) error {
	ports, err := b.ports(c)
	if err != nil {
		return err
	}
	plan, err := b.plan(ports)
	if err != nil {
		return err
	}
	if b.dryRun {
		return show.BenchPlan(command.Output(c), plan, b.json)
	}
	if b.dir == "" {
		return exit.Usage("say by -o where the run is kept: a new directory")
	}
	w := &benchRun{c: c, dir: b.dir, json: b.json, quiet: b.quiet, color: show.UseColor(string(b.color), c.App.Writer)}
	defer w.close()
	if ports.between {
		if err := b.meet(c, w, &ports); err != nil {
			return err
		}
		if plan, err = b.plan(ports); err != nil {
			return err
		}
	}
	calibration, err := readCalibration(c, b.flags.Calibration, ports)
	if err != nil {
		return err
	}
	h := suite.Header{Plan: plan, Ports: ports.ids(), Frames: b.flags.Load(), OneClock: !ports.between, ResetCommand: b.flags.ResetCommand, Calibration: calibration}
	if h.Consent, err = b.consent(c, ports); err != nil {
		return err
	}
	b.say(c, plan)
	w.header = h
	if err := w.open(); err != nil {
		return err
	}
	if err = sandbox.AsUser(func() (err error) {
		w.directory, err = suite.CreateDirectory(b.dir, h)
		return err
	}); err != nil {
		if errors.Is(err, journal.ErrNotEmpty) {
			return exit.Usage("%w: name a new one, or go on with what is there: eterm bench resume %s", err, b.dir)
		}
		return exit.Usage("%w", err)
	}
	return w.run(nil, false)
}

// ports looks at those here.
func (b *bencher) ports(c *cli.Context) (describedPorts, error) {
	if b.flags.Between() {
		return nearPort(c, b.flags.Interface, b.flags.Force)
	}
	return benchPorts(c, b.flags.TX, b.flags.RX, b.flags.Third, b.flags.Force)
}

// meet finds the peer and takes what it says of its port.
func (b *bencher) meet(c *cli.Context, w *benchRun, ports *describedPorts) error {
	key, err := command.SharedKey(b.key)
	if err != nil {
		return err
	}
	var about suite.About
	w.machines, about, err = reachPeer(c, ports.tx.Name, b.flags.To.Or(ports.tx.HardwareAddr, everybody), b.flags.Load(), key, b.flags.Seed)
	if err != nil {
		return err
	}
	ports.take(about, w.machines)
	return nil
}

// plan is what is to be done.
func (b *bencher) plan(ports describedPorts) (suite.Plan, error) {
	plan, err := b.flags.Plan(ports.speed())
	if err != nil {
		return plan, err
	}
	if b.calibrate {
		plan = suite.CalibrationPlan(plan)
	}
	plan.Expect = b.expect
	if b.flags.Expect != "" {
		if plan.Expect, err = readExpectations(b.flags.Expect); err != nil {
			return plan, err
		}
	}
	load := b.flags.Load()
	load.Dst, load.Src, load.Rate = ports.rx.HardwareAddr, ports.tx.HardwareAddr, 1
	for _, s := range plan.Sizes {
		load.Sizes = []int{s}
		if err := load.Check(min(ports.tx.MTU, ports.rx.MTU)); err != nil {
			return plan, exit.Usage("%w", err)
		}
	}
	return plan, nil
}

// benchRun is a run that is made or gone on with.
type benchRun struct {
	c         *cli.Context
	header    suite.Header
	dir       string
	json      bool
	quiet     bool
	color     bool
	directory *suite.Directory
	ports     []iface.Port
	machines  *suite.TwoMachines // nil between two ports
	resets    []*waitingReset
	screen    *watch.Screen
}

// open opens the ports, and whatever else needs privileges.
func (w *benchRun) open() error {
	for _, p := range w.header.Ports {
		if w.machines != nil {
			break // is open
		}
		port, err := command.OpenPort(w.c, p.Name, iface.Options{Promiscuous: true, Tagged: len(w.header.Frames.VLANs) > 0})
		if err != nil {
			return err
		}
		w.ports = append(w.ports, port)
	}
	if w.header.ResetCommand != "" {
		for range len(w.header.Plan.Resets) * (len(w.header.Plan.Sizes) + 1) * w.header.Plan.Repeat * 2 {
			r, err := newWaitingReset(w.header.ResetCommand)
			if err != nil {
				return exit.Usage("--reset-command: %w", err)
			}
			w.resets = append(w.resets, r)
		}
	}
	return nil
}

func (w *benchRun) close() {
	closePeer(w.machines)
	for _, p := range w.ports {
		p.Close()
	}
	for _, r := range w.resets {
		r.end()
	}
	if w.directory != nil {
		w.directory.Close()
	}
}

// run makes the trials that are to be made, keeps the result and shows it.
func (w *benchRun) run(replay []suite.Trial, acceptChange bool) error {
	k, err := command.Keep(w.c, result.KindBench, "", w.json, documented(w.header.Ports)...)
	if err != nil {
		return err
	}
	if err := command.AtWork(w.c, filepath.Join(w.dir, journal.Lines)); err != nil {
		return err
	}
	t, done := w.tester()
	defer done()
	r := suite.Runner{Plan: w.header.Plan, Trialler: t, Calibration: w.header.Calibration, Log: w.directory, Replay: replay,
		AcceptChange: acceptChange, Consent: w.header.Consent, Progress: w.progress}
	stop := k.Follow(t.Source(w.header.Plan))
	w.screen = k.Screen
	found, err := r.Run(w.c.Context)
	stop()
	command.Messages(w.c).Clear()
	if err == nil {
		err = w.directory.Add("end", struct{}{})
	}
	return w.end(k, found, err)
}

// tester is what makes the trials.
type tester interface {
	suite.Trialler
	Source(suite.Plan) stats.Source
}

// tester makes it, between the ports that are open.
func (w *benchRun) tester() (t tester, done func()) {
	h := w.header
	if m := w.machines; m != nil {
		m.Thresholds, m.Reset = h.Plan.Thresholds, w.reset
		return m, func() {}
	}
	p := &suite.TwoPorts{TX: w.ports[0], RX: w.ports[1], Load: h.Frames, Thresholds: h.Plan.Thresholds, Reset: w.reset, Seed: h.Plan.Seed}
	if len(w.ports) > 2 {
		p.Watch = w.ports[2]
	}
	p.Open()
	return p, p.Close
}

func (w *benchRun) progress(p suite.Progress) {
	if w.json && !w.quiet {
		_ = command.Output(w.c).JSON(show.BenchProgress{Type: "progress", Progress: p}) // the Output keeps its error
	}
	w.screen.Status(show.BenchLine(p))
	if !w.quiet && command.Messages(w.c).IsLive() {
		command.Messages(w.c).Live("%s", show.BenchLine(p))
	}
}

// end keeps the document, the page and the card, and shows what was found.
func (w *benchRun) end(k *command.Kept, found suite.Result, cause error) error {
	status := found.Verdict.Status
	var err error
	switch {
	case cause != nil && !errors.Is(cause, context.Canceled):
		err = benchError(cause, w.dir)
	case cause != nil:
		command.Note(w.c, "interrupted: eterm bench resume %s goes on", w.dir)
		fallthrough
	default:
		err = exit.Quietly(status)
	}
	if !w.json {
		if showErr := show.Bench(command.Output(w.c), found, w.color); showErr != nil {
			return showErr
		}
	}
	written := k.Close(k.Write(found.State != "done" || found.TimeUp, &found, verdictOf(found)), err)
	if saveErr := saveBench(w.directory, k.Doc, found); saveErr != nil && exit.Status(written) != exit.StatusUsage {
		return exit.Usage("the result could not be kept: %w", saveErr)
	}
	return written
}

// benchError is why a run ended, with what to do.
func benchError(err error, dir string) error {
	switch {
	case errors.Is(err, suite.ErrAnchor):
		return exit.Usage("%w: --accept-change goes on all the same, and says so in the result", err)
	case errors.Is(err, suite.ErrJournal):
		return exit.Usage("%w", err)
	case errors.Is(err, journal.ErrFull):
		return exit.Usage("%w: make room, then eterm bench resume %s", err, dir)
	}
	return exit.Untrusted("%w: eterm bench resume %s goes on", err, dir)
}

func verdictOf(found suite.Result) result.Verdict {
	v := found.Verdict
	untrusted := append(append([]string{}, v.Untrusted...), v.TesterLimited...)
	if v.Status == exit.StatusUntrusted && len(untrusted) == 0 {
		untrusted = []string{v.Why}
	}
	return result.Verdict{Status: v.Status, Exceeded: append([]string{}, v.Failed...), Untrusted: untrusted}
}
