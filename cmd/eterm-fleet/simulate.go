package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/control"
	"eterm/cmd/eterm-fleet/internal/creds"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/eterm-fleet/internal/sim"
	"eterm/iface/ifacetest"
)

// simulation is eterm-fleet sim.
type simulation struct {
	*program
	agents  int
	twiceIn uint
	kill    time.Duration // when the server is killed, after the start; 0: never
	away    time.Duration
	lossy   string // LABEL=1%
	json    bool
}

func setSim(p *program) func(context.Context) error {
	s := &simulation{program: p}
	p.flags.IntVar(&s.agents, "n", 100, "simulate `N` agents, in place of the ports of the plan")
	p.flags.UintVar(&s.twiceIn, "twice-in", 0, "publish one result of `N` twice")
	p.flags.DurationVar(&s.kill, "kill-after", 0, "kill the server (SIGKILL) `TIME` after the first slot began")
	p.flags.DurationVar(&s.away, "away", 2*time.Second, "start the server again after `TIME`; with --kill-after")
	p.flags.StringVar(&s.lossy, "lossy", "", "lose one frame of N that a port sends: `N@PORT`, such as 10@sim0003.p0")
	p.flags.BoolVar(&s.json, "json", false, "print the document of the results")
	return s.run
}

func (s *simulation) run(ctx context.Context) error {
	f, err := s.plan()
	if err != nil {
		return err
	}
	hub := &sim.Hub{}
	if err := s.faults(hub); err != nil {
		return err
	}
	dir, remove, err := sim.Temp()
	if err != nil {
		return err
	}
	defer remove()
	server, err := startServer(ctx, filepath.Join(dir, "controller"))
	if err != nil {
		return err
	}
	defer func() { server.stop() }()
	sim.File(f, s.agents)
	began := time.Now()
	fleet, err := sim.Start(ctx, hub, sim.Options{Agents: s.agents, Creds: server.creds, Dir: filepath.Join(dir, "spools"), TwiceIn: uint32(s.twiceIn)})
	if err != nil {
		return err
	}
	defer fleet.Close()
	nc, err := server.creds.Connect("sim")
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	book := control.Book{JS: js}
	ports, err := s.registered(ctx, book)
	if err != nil {
		return err
	}
	s.note("%d agents registered in %v", len(ports), time.Since(began).Round(time.Millisecond))
	pl, err := f.Compile("sim", time.Now().Add(2*time.Second+time.Duration(s.agents)*2*time.Millisecond), control.Worst(ports), func(string) string { return "" })
	if err != nil {
		return err
	}
	if err := book.Begin(ctx, pl, ports); err != nil {
		return err
	}
	if s.kill > 0 {
		if server, err = s.killed(ctx, server, pl.Table.Start.Add(s.kill)); err != nil {
			return err
		}
	}
	if err := s.awaitClosed(ctx, book, fleet, pl); err != nil {
		return err
	}
	return s.report(ctx, book, fleet, pl, server)
}

// plan reads the plan, which has to be one that ports in memory can follow.
func (s *simulation) plan() (*plan.File, error) {
	f, err := readPlan(s.operands[0])
	switch {
	case err != nil:
		return nil, err
	case s.agents < 2 || s.agents > 10_000:
		return nil, fmt.Errorf("-n %d: want 2 to 10000", s.agents)
	case f.Kind != "mesh" && f.Kind != "ring":
		return nil, fmt.Errorf("pairs %s: a simulation has ports of its own, so it takes mesh and ring", f.Kind)
	}
	return f, nil
}

// faults are what happens to frames of some ports.
func (s *simulation) faults(hub *sim.Hub) error {
	if s.lossy == "" {
		return nil
	}
	var n uint64
	count, label, ok := strings.Cut(s.lossy, "@")
	if _, err := fmt.Sscan(count, &n); err != nil || !ok || n == 0 || !plan.GoodLabel(label) {
		return fmt.Errorf("--lossy %q: want N@PORT, such as 10@sim0003.p0", s.lossy)
	}
	hub.Faults = map[string]func() ifacetest.Fault{label: func() ifacetest.Fault { return sim.Lossy(n) }}
	return nil
}

// registered waits until all agents are seen.
func (s *simulation) registered(ctx context.Context, book control.Book) (map[string]bus.Port, error) {
	for {
		ports, err := book.Ports(ctx)
		if err == nil && len(ports) >= s.agents {
			return ports, nil
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// killed kills the server at a time, as a crash would, and starts it again.
func (s *simulation) killed(ctx context.Context, server *serverProcess, at time.Time) (*serverProcess, error) {
	if err := pause(ctx, time.Until(at)); err != nil {
		return server, err
	}
	server.kill()
	s.note("the server was killed, and is away for %v", s.away)
	if err := pause(ctx, s.away); err != nil {
		return server, err
	}
	return server, server.start(ctx)
}

// patience is how long after the last slot results are waited for.
const patience = 3 * time.Minute

// awaitClosed waits until the controller says that it has all results.
func (s *simulation) awaitClosed(ctx context.Context, book control.Book, fleet *sim.Fleet, pl *plan.Plan) error {
	for end := pl.Table.Over().Add(patience); time.Now().Before(end); {
		if err := fleet.Err(); err != nil {
			return err
		}
		if _, state, err := book.Plan(ctx, pl.ID); err == nil && state == bus.Closed {
			return nil
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	s.note("not all results came within %v of the end", patience)
	return nil
}

// report says what came of it.
func (s *simulation) report(ctx context.Context, book control.Book, fleet *sim.Fleet, pl *plan.Plan, server *serverProcess) error {
	closed := time.Since(pl.Table.Over())
	merging := time.Now()
	m := control.NewMerger(pl, time.Now())
	results := 0
	if err := book.Results(ctx, pl.ID, func(r bus.Result) error { results++; return m.Add(r) }); err != nil {
		return err
	}
	d := m.Document(s.args)
	merged := time.Since(merging)
	if err := printFleet(s.program, d, s.json); err != nil {
		return err
	}
	s.note("%d results stored, %d published again and refused, all there %v after the end, read and merged in %v", results, fleet.Repeats(), closed.Round(time.Millisecond), merged.Round(time.Millisecond))
	s.note("memory at most: agents %s, server %s", peak(os.Getpid()), peak(server.cmd.Process.Pid))
	return verdictOf(d)
}

// peak is the most memory a process has had.
func peak(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return "not known"
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "not known"
}

// serverProcess is a controller in a process of its own.
type serverProcess struct {
	dir, listen string
	more        []string // flags
	lines       []string // what it said until it served
	cmd         *exec.Cmd
	creds       creds.Creds
}

// startServer starts a controller on a free port of loopback.
func startServer(ctx context.Context, dir string, more ...string) (*serverProcess, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &serverProcess{dir: dir, listen: l.Addr().String(), more: more}
	l.Close()
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	s.creds, err = creds.Read(control.AdminCreds(dir))
	return s, err
}

// start starts the process and waits until it serves.
func (s *serverProcess) start(ctx context.Context) error {
	s.cmd = exec.CommandContext(ctx, "/proc/self/exe", append([]string{"serve", "--dir", s.dir, "--listen", s.listen}, s.more...)...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	errs, err := s.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(errs)
	s.lines = nil
	for lines.Scan() {
		s.lines = append(s.lines, lines.Text())
		if strings.Contains(lines.Text(), "serving at") {
			go func() {
				for lines.Scan() { //nolint:revive // it must not block on a full pipe
				}
			}()
			return nil
		}
		err = errors.New(strings.TrimPrefix(lines.Text(), "eterm: "))
	}
	_ = s.cmd.Wait()
	return fmt.Errorf("the server does not start: %w", err)
}

func (s *serverProcess) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

func (s *serverProcess) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}
