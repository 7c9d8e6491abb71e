package sandbox_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the program as it is shipped, with the command that attacks.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "eterm-sandbox")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "eterm")
	cmd := exec.Command("go", "build", "-tags", "urfave_cli_no_docs,sandboxtest", "-o", path, "eterm/cmd/eterm")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return path, nil
})

// capable is a copy of the program that has the capability for raw sockets as
// its file's, or the reason why there can be none here.
var capable = sync.OnceValues(func() (string, error) {
	setcap, err := exec.LookPath("setcap")
	if err != nil {
		return "", err
	}
	eterm, err := binary()
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile(eterm)
	if err != nil {
		return "", err
	}
	path := eterm + "-setcap"
	if err := os.WriteFile(path, b, 0o755); err != nil {
		return "", err
	}
	if out, err := exec.Command(setcap, "cap_net_raw+ep", path).CombinedOutput(); err != nil {
		return "", fmt.Errorf("no file capabilities in %s: %s", path, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
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
		if _, err := binary(); err != nil {
			t.Fatal(err)
		}
		if _, err := capable(); err != nil {
			t.Skip(err)
		}
	}
}

// running is the program at work.
type running struct {
	*exec.Cmd
	output bytes.Buffer
	ready  *os.File
	stdin  *os.File
}

// setUp is the network that every command is tried in.
const setUp = `printf '%s\n' 'link set lo up' 'link add name va address 02:00:00:00:00:0a type veth peer name vb address 02:00:00:00:00:0b' ` +
	`'addr add 192.0.2.1/24 dev va' 'link set va up' 'link set vb up' | ip -batch - && `

// start runs the program with args in a network namespace of its own, where
// interfaces va and vb are the ends of a cable.
func (w way) start(t *testing.T, more []string, args ...string) *running {
	t.Helper()
	program := binary
	if w.setcap {
		program = capable
	}
	eterm, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ready, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	in, stdin, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	line := strings.Join(append(append([]string{"exec"}, w.prefix...), eterm, `"$@"`), " ")
	r := &running{Cmd: exec.CommandContext(ctx, "sh", append([]string{"-c", setUp + line, "sh"}, args...)...), ready: ready, stdin: stdin}
	r.Env = append(append(append(os.Environ(), w.env...), more...), "ETERM_READY_FD=3")
	r.Stdin, r.Stdout, r.Stderr, r.ExtraFiles = in, &r.output, &r.output, []*os.File{write}
	r.SysProcAttr = &syscall.SysProcAttr{Cloneflags: w.flags, Pdeathsig: syscall.SIGKILL}
	if w.flags&syscall.CLONE_NEWUSER != 0 {
		r.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		r.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	err = r.Start()
	write.Close()
	in.Close()
	if err != nil {
		cancel()
		t.Skipf("no namespaces here: %v", err)
	}
	t.Cleanup(func() { cancel(); r.Wait(); ready.Close(); stdin.Close() })
	return r
}

// end interrupts the program and returns its status and what it printed.
func (r *running) end(t *testing.T) (int, string) {
	t.Helper()
	r.Process.Signal(os.Interrupt)
	r.stdin.Close()
	r.Wait()
	return r.ProcessState.ExitCode(), r.output.String()
}
