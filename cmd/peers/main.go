// Command bench puts eterm beside the tools of its kind: how fast it sends, how
// much it receives without loss and at what cost, how evenly it paces, how well
// it measures round trips, what a frame costs to build and to take apart, and
// how fast it starts. It makes its own network namespaces, needs no
// rights, and leaves nothing behind. Tools that are not installed are left out.
//
//	go run ./cmd/peers                 everything, medians of five rounds
//	go run ./cmd/peers -only pace      one table, or several: send,receive
//	go run ./cmd/peers -only pace -rates 1000
//	go run ./cmd/peers -short          a few seconds: does it still run?
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"eterm/iface/lab"
)

// etermVar tells the program inside the namespaces where eterm was built.
const etermVar = "BENCH_ETERM"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	work := runInside
	if !lab.Inside() {
		work = runOutside
	}
	if err := work(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// runOutside builds eterm and runs this program again in namespaces.
func runOutside(ctx context.Context, args []string, out io.Writer) error {
	if _, err := parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	eterm := filepath.Join(dir, "eterm")
	build := exec.CommandContext(ctx, "go", "build", "-tags", "urfave_cli_no_docs", "-o", eterm, "eterm/cmd/eterm") // as README.md says
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build eterm: %w: %s", err, said)
	}
	// AF_XDP and netsniff-ng lock memory, which is given back only some time
	// after they ended. Without the right to raise the limit they may fail, and
	// the table says so.
	unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY})
	cmd := lab.Command(args...)
	cmd.Env = append(cmd.Env, etermVar+"="+eterm)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("user namespaces are needed: %w", err)
	}
	defer context.AfterFunc(ctx, func() { cmd.Process.Signal(os.Interrupt) })()
	return cmd.Wait()
}

// settings are what a run is told.
type settings struct {
	rounds  int
	each    time.Duration
	only    []string
	short   bool
	tools   *regexp.Regexp
	rates   []int // of pacing, frames/s
	eterm   string
	workDir string
}

// table is one thing to measure.
type table struct {
	name string
	run  func(*bench, context.Context) error
}

// tables are all there is to measure, in this order.
var tables = []table{
	{"send", (*bench).send},
	{"receive", (*bench).receive},
	{"noloss", (*bench).noLoss},
	{"pace", (*bench).pace},
	{"rtt", (*bench).roundtrip},
	{"codec", (*bench).codec},
	{"start", (*bench).start},
}

// tableNames are the names of all tables in words.
func tableNames() string {
	var names []string
	for _, t := range tables {
		names = append(names, t.name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func parse(args []string) (settings, error) {
	var s settings
	var tools string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&s.rounds, "rounds", 5, "measure every tool `N` times, in turn")
	flags.DurationVar(&s.each, "each", 800*time.Millisecond, "measure for `TIME` each")
	only := flags.String("only", "", "these `TABLES`, joined by commas: "+tableNames())
	flags.StringVar(&tools, "tools", "", "only tools that match `REGEXP`")
	rates := flags.String("rates", "1000,10000,100000", "pace at these `FRAMES/S`")
	flags.BoolVar(&s.short, "short", false, "one short round, to see that it runs")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.short {
		s.rounds, s.each = 1, 100*time.Millisecond
	}
	var err error
	if s.tools, err = regexp.Compile(tools); err != nil {
		return s, err
	}
	if s.rates, err = pacingRates(*rates); err != nil {
		return s, err
	}
	if *only != "" {
		s.only = strings.Split(*only, ",")
	}
	for _, name := range s.only {
		if !slices.ContainsFunc(tables, func(t table) bool { return t.name == name }) {
			return s, fmt.Errorf("-only %s: want %s", *only, tableNames())
		}
	}
	if flags.NArg() > 0 || s.rounds < 1 || s.each <= 0 {
		return s, errors.New("want no operands, and -rounds and -each above zero")
	}
	return s, nil
}

// pacingRates reads rates whose gaps are whole microseconds, which is how some
// tools are told.
func pacingRates(list string) (rates []int, err error) {
	for word := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || 1_000_000%n != 0 {
			return nil, fmt.Errorf("-rates %s: want frames/s that divide 1,000,000, and commas between them", list)
		}
		rates = append(rates, n)
	}
	return rates, nil
}

// runInside measures.
func runInside(ctx context.Context, args []string, out io.Writer) error {
	s, err := parse(args)
	if err != nil {
		return err
	}
	s.eterm = os.Getenv(etermVar)
	if s.workDir, err = os.MkdirTemp("/dev/shm", "bench"); err != nil {
		return err
	}
	defer os.RemoveAll(s.workDir)
	b := &bench{settings: s, out: out}
	defer b.close()
	fmt.Fprintln(out, machine())
	for _, t := range tables {
		if len(s.only) > 0 && !slices.Contains(s.only, t.name) {
			continue
		}
		if err := t.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return nil
}
