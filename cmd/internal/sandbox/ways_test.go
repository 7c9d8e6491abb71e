package sandbox_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The programs that have rows.
const (
	eterm = "eterm"
	fleet = "eterm-fleet"
)

// program is one as it is shipped, with the command that attacks.
type program struct {
	path string
	err  error
	// capable is a copy that has the capability for raw sockets as its file's,
	// and missing the reason why there can be none here.
	capable string
	missing error
}

// folder is where programs are built.
var folder = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "eterm-sandbox")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
})

func build(name string) func() program {
	return sync.OnceValue(func() (p program) {
		dir, err := folder()
		if err != nil {
			return program{err: err}
		}
		p.path, p.capable = filepath.Join(dir, name), filepath.Join(dir, name+"-setcap")
		cmd := exec.Command("go", "build", "-tags", "urfave_cli_no_docs,sandboxtest", "-o", p.path, "eterm/cmd/"+name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			p.err = fmt.Errorf("%w: %s", err, out)
			return p
		}
		b, err := os.ReadFile(p.path)
		if err == nil {
			err = os.WriteFile(p.capable, b, 0o755)
		}
		if err != nil {
			p.err = err
			return p
		}
		if out, err := exec.Command("setcap", "cap_net_raw+ep", p.capable).CombinedOutput(); err != nil {
			p.missing = fmt.Errorf("no file capabilities in %s: %w %s", p.capable, err, out)
		}
		return p
	})
}

var programs = map[string]func() program{eterm: build(eterm), fleet: build(fleet)}

func built(t *testing.T, name string) program {
	t.Helper()
	p := programs[name]()
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p
}

func TestMain(m *testing.M) {
	status := m.Run()
	if dir, err := folder(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(status)
}

// way is how the program gets its privileges.
type way struct {
	name string
	// uid is what it must be at work.
	uid string
	// bounding: it may empty its bounding set, and so must.
	bounding bool
	env      []string
	// prefix are the words in front of the program's name.
	prefix []string
	flags  uintptr // of the namespaces
	setcap bool
}

const asNobody = "setpriv --reuid 65534 --regid 65534 --clear-groups"

var ways = []way{
	{name: "root", uid: "0", bounding: true, flags: syscall.CLONE_NEWNET},
	{name: "sudo", uid: "65534", bounding: true, env: []string{"SUDO_UID=65534", "SUDO_GID=65534"}, flags: syscall.CLONE_NEWNET},
	{name: "setcap", uid: "65534", prefix: strings.Fields(asNobody), flags: syscall.CLONE_NEWNET, setcap: true},
	{name: "user namespace", uid: "0", bounding: true, flags: syscall.CLONE_NEWNET | syscall.CLONE_NEWUSER},
}

// need skips a way that is not to be had here, and says why.
func (w way) need(t *testing.T) {
	t.Helper()
	initial, err := os.ReadFile("/proc/self/uid_map")
	if err != nil || w.flags&syscall.CLONE_NEWUSER == 0 && (os.Geteuid() != 0 || !strings.Contains(string(initial), "4294967295")) {
		t.Skip("only root can start the program in this way")
	}
	if w.setcap {
		if missing := built(t, eterm).missing; missing != nil {
			t.Skip(missing)
		}
	}
}

// running is the program at work.
type running struct {
	*exec.Cmd
	output bytes.Buffer
	ready  *os.File
	stdin  *os.File
	// held is the reading end of what a program prints that is held up.
	held *os.File
	// file is what FILE stands for in the words of a work.
	file string
}

// setUp is the network that every command is tried in.
const setUp = `printf '%s\n' 'link set lo up' 'link add name va address 02:00:00:00:00:0a type veth peer name vb address 02:00:00:00:00:0b' ` +
	`'addr add 192.0.2.1/24 dev va' 'link set va up' 'link set vb up' | ip -batch - && `

// call is one call of a program.
type call struct {
	program string
	before  string // for the shell, as root and with the program's network
	env     []string
	args    []string
	full    bool // nobody reads what it prints before it is interrupted
}

// start runs eterm with args.
func (w way) start(t *testing.T, more []string, args ...string) *running {
	t.Helper()
	return w.call(t, call{program: eterm, env: more, args: args})
}

// without runs eterm where the kernel seems to lack mechanisms.
func (w way) without(t *testing.T, mechanisms string, env []string, args ...string) *running {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w.prefix = append(w.prefix, self)
	return w.start(t, append(env, "ETERM_TEST_WITHOUT="+mechanisms), args...)
}

// call runs a program in a network namespace of its own, where interfaces va
// and vb are the ends of a cable.
func (w way) call(t *testing.T, c call) *running {
	t.Helper()
	p := built(t, c.program)
	path := p.path
	if w.setcap {
		path = p.capable
	}
	ready, write := pipe(t)
	in, stdin := pipe(t)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	script := setUp
	if c.before != "" {
		script += "{ " + c.before + "\n} >/dev/null 2>&1 </dev/null 3>&-; "
	}
	script += strings.Join(append(append([]string{"exec"}, w.prefix...), path, `"$@"`), " ")
	r := &running{Cmd: exec.CommandContext(ctx, "sh", append([]string{"-c", script, "sh"}, c.args...)...), ready: ready, stdin: stdin}
	r.WaitDelay = 10 * time.Second
	r.Env = append(append(append(os.Environ(), w.env...), c.env...), "ETERM_READY_FD=3")
	r.Stdin, r.Stdout, r.Stderr, r.ExtraFiles = in, &r.output, &r.output, []*os.File{write}
	if c.full {
		var out *os.File
		r.held, out = pipe(t)
		fill(t, out)
		defer out.Close()
		r.Stdout, r.Stderr = out, out
	}
	r.SysProcAttr = &syscall.SysProcAttr{Cloneflags: w.flags, Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if w.flags&syscall.CLONE_NEWUSER != 0 {
		r.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		r.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	err := r.Start()
	write.Close()
	in.Close()
	if err != nil {
		cancel()
		t.Skipf("no namespaces here: %v", err)
	}
	t.Cleanup(func() {
		cancel()
		if c.before != "" { // what it left running keeps the group's number in use
			syscall.Kill(-r.Process.Pid, syscall.SIGKILL)
		}
		r.Wait()
	})
	return r
}

// pipe is one whose ends are closed after the test.
func pipe(t *testing.T) (read, write *os.File) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { read.Close(); write.Close() })
	return read, write
}

// fill writes to a pipe until it takes nothing more.
func fill(t *testing.T, pipe *os.File) {
	t.Helper()
	fd := int(pipe.Fd())
	if err := syscall.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{4096, 1} {
		for {
			if _, err := syscall.Write(fd, make([]byte, size)); err != nil {
				break
			}
		}
	}
	if err := syscall.SetNonblock(fd, false); err != nil {
		t.Fatal(err)
	}
}

// end interrupts the program and returns its status and what it printed.
func (r *running) end(t *testing.T) (int, string) {
	t.Helper()
	read := make(chan struct{})
	if r.held != nil { // one that ends by itself when it is read
		go func() {
			defer close(read)
			b, _ := io.ReadAll(r.held)
			r.output.Write(b)
		}()
	} else {
		close(read)
		r.Process.Signal(os.Interrupt)
	}
	r.stdin.Close()
	r.Wait()
	<-read
	return r.ProcessState.ExitCode(), strings.Trim(r.output.String(), "\x00")
}
