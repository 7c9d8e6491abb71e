package lab

import (
	"context"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// ReadyVar names the environment variable that holds the number of a
// descriptor. A command closes it when its port is open; see Ready.
const ReadyVar = "ETERM_READY_FD"

// readyWait bounds the wait for a command that never says that it is ready:
// one that opens no port, and is no program of ours.
const readyWait = 5 * time.Second

// UsageStatus is the exit status of a command that could not do what it was
// asked, for its arguments or its surroundings.
const UsageStatus = 2

// Commands is what runs on the two hosts of a Bench: arguments of this
// program. Nil runs nothing there.
type Commands struct {
	Left, Right []string
	// Line is called for every line a command prints, without its newline;
	// not from two goroutines at once. The line is not kept.
	Line func(host string, stderr bool, line []byte)
	// Env is added to the environment of both, as NAME=value.
	Env []string
}

// Run runs the commands, right first; left starts when right's port is open,
// so that nothing left sends is lost for want of a listener. It returns when
// both have ended, with the worst of their exit statuses. When ctx ends both
// get an interrupt and may finish.
func (b *Bench) Run(ctx context.Context, c Commands) (status int, err error) {
	var print sync.Mutex
	var running []*process
	for _, side := range []struct {
		host *Host
		args []string
	}{{b.Right, c.Right}, {b.Left, c.Left}} {
		if side.args == nil {
			continue
		}
		p, err := start(side.host, side.args, c.Env, func(stderr bool, line []byte) {
			print.Lock()
			defer print.Unlock()
			c.Line(side.host.Name, stderr, line)
		})
		if err != nil {
			for _, p := range running {
				_ = p.cmd.Process.Kill()
			}
			return worst(ctx, running), err
		}
		running = append(running, p)
		p.awaitReady(ctx)
	}
	return worst(ctx, running), nil
}

// worst waits for all and returns the highest exit status. When one is killed,
// or could not begin, the others get an interrupt: what they wait for does not
// come any more.
func worst(ctx context.Context, running []*process) (status int) {
	ctx, interrupt := context.WithCancel(ctx)
	defer interrupt()
	statuses := make(chan int)
	for _, p := range running {
		go func() {
			status := p.wait(ctx)
			if status == UsageStatus || p.cmd.ProcessState != nil && !p.cmd.ProcessState.Exited() {
				interrupt()
			}
			statuses <- status
		}()
	}
	for range running {
		status = max(status, <-statuses)
	}
	return status
}

// process is one running command and the copying of its output.
type process struct {
	cmd   *exec.Cmd
	ready *os.File
	lines [2]*lineWriter
}

// start runs this program with args inside the host. It is put in a process
// group of its own, so that an interrupt from the terminal reaches it once,
// through us.
func start(h *Host, args, env []string, line func(stderr bool, line []byte)) (*process, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Env = append(append(os.Environ(), "ETERM_INTERFACE=eth0", ReadyVar+"=3"), env...)
	cmd.ExtraFiles = []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p := &process{cmd: cmd, ready: r}
	for i := range p.lines {
		p.lines[i] = &lineWriter{line: func(b []byte) { line(i == 1, b) }}
	}
	cmd.Stdout, cmd.Stderr = p.lines[0], p.lines[1]
	if err := h.Start(cmd); err != nil {
		r.Close()
		return nil, err
	}
	return p, nil
}

// awaitReady returns when the command has closed its ready descriptor or
// ended, which closes it too.
func (p *process) awaitReady(ctx context.Context) {
	_ = p.ready.SetReadDeadline(time.Now().Add(readyWait))
	stop := context.AfterFunc(ctx, func() { _ = p.ready.SetReadDeadline(time.Now()) })
	defer stop()
	_, _ = io.Copy(io.Discard, p.ready)
}

func (p *process) wait(ctx context.Context) (status int) {
	defer p.ready.Close()
	status, err := wait(ctx, p.cmd)
	if err != nil {
		return killedStatus
	}
	for _, l := range p.lines {
		l.flush()
	}
	return status
}

// hangUpGrace is how long a shell may take to end once it was hung up on.
const hangUpGrace = 500 * time.Millisecond

// Shell runs a program in the host with this terminal and the environment the
// commands have, until it ends. A cancelled ctx hangs up on it; a program that
// is deaf to that, as one started by nohup is, is killed.
func (h *Host) Shell(ctx context.Context, argv []string) (status int, err error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "ETERM_INTERFACE=eth0")
	if err := h.Start(cmd); err != nil {
		return 0, err
	}
	stop := context.AfterFunc(ctx, func() {
		_ = cmd.Process.Signal(syscall.SIGHUP)
		time.AfterFunc(hangUpGrace, func() { _ = cmd.Process.Kill() })
	})
	defer stop()
	return wait(context.Background(), cmd)
}
