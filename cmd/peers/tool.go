package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"eterm/iface/lab"
)

// tool is one line of a table: a command as words, run without a shell.
type tool struct {
	name string
	argv []string
	out  string // file for its standard output; discarded if empty
}

// command makes a tool from a line whose words are apart by blanks.
func command(name, line string) tool { return tool{name: name, argv: strings.Fields(line)} }

// present leaves out the tools that are not installed or not wanted.
func (b *bench) present(tools ...tool) (there []tool) {
	for _, t := range tools {
		program := t.argv[0]
		if program == "taskset" {
			program = t.argv[2]
		}
		if installed(program) && b.tools.MatchString(t.name) {
			there = append(there, t)
		}
	}
	return there
}

// pinned runs a tool on one processor, where taskset is installed and there is
// more than one.
func pinned(t tool, cpu int) tool {
	if installed("taskset") && cpus() > 1 {
		t.argv = append([]string{"taskset", "-c", strconv.Itoa(cpu)}, t.argv...)
	}
	return t
}

// process is a tool that runs.
type process struct {
	cmd     *exec.Cmd
	said    bytes.Buffer
	ended   chan struct{}
	started time.Time
	file    *os.File
}

// start starts a tool in a host, in a process group of its own.
func start(ctx context.Context, h *lab.Host, t tool) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, t.argv[0], t.argv[1:]...), ended: make(chan struct{}), started: time.Now()}
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	p.cmd.WaitDelay = 2 * time.Second
	if t.out != "" {
		f, err := os.Create(t.out)
		if err != nil {
			return nil, err
		}
		p.file, p.cmd.Stdout = f, f
	}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Cancel = func() error { return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }
	if err := h.Start(p.cmd); err != nil {
		return nil, err
	}
	go func() {
		p.cmd.Wait() // what it says and used is looked at; most are interrupted
		if p.file != nil {
			p.file.Close()
		}
		close(p.ended)
	}()
	return p, nil
}

// running says whether it has not ended yet.
func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// wait waits for its end, at most so long.
func (p *process) wait(most time.Duration) bool {
	select {
	case <-p.ended:
		return true
	case <-time.After(most):
		return false
	}
}

// stop interrupts it, as Ctrl-C does, and kills it if that does not help.
func (p *process) stop(patience time.Duration) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		if !p.running() {
			return
		}
		if err := syscall.Kill(-p.cmd.Process.Pid, sig); errors.Is(err, syscall.ESRCH) {
			break
		}
		if p.wait(patience) {
			return
		}
	}
	<-p.ended
}

// cpu is the processor time it used; it must have ended.
func (p *process) cpu() time.Duration { return cpuOf(p.cmd.ProcessState) }

// cpuOf is the processor time of a process that ended.
func cpuOf(s *os.ProcessState) time.Duration { return s.UserTime() + s.SystemTime() }

// used is the processor time it has used so far, all threads together; it must
// not have ended.
func (p *process) used() (time.Duration, error) {
	// The number of another process's processor clock, as
	// clock_getcpuclockid(3) makes it.
	clock := ^int32(p.cmd.Process.Pid)<<3 | 2
	var t unix.Timespec
	err := unix.ClockGettime(clock, &t)
	return time.Duration(t.Nano()), err
}
