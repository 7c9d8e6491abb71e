//go:build sandboxtest

package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"

	"eterm/cmd/internal/sandbox"
)

// The build for tests has a command that gives its privileges up as all others
// do and then tries what someone would who got hold of the process.
func init() {
	more = append(more, &cli.Command{Name: "attack", Hidden: true, Action: attack})
}

// attempts are what it tries. Each returns nil if it was let.
var attempts = []struct {
	name string
	do   func() error
}{
	{"execve", func() error {
		// Its arguments are nowhere: who is let gets as far as that.
		err := errno(unix.SYS_EXECVE, uintptr(unsafe.Pointer(unsafe.StringData("/bin/true\x00"))), 1)
		if errors.Is(err, unix.EFAULT) {
			return nil
		}
		return err
	}},
	{"fork", fork},
	{"ptrace", func() error { return errno(unix.SYS_PTRACE, unix.PTRACE_ATTACH, uintptr(os.Getppid())) }},
	{"packet socket", func() error { return socket(unix.AF_PACKET, unix.SOCK_RAW) }},
	{"internet socket", func() error { return socket(unix.AF_INET, unix.SOCK_DGRAM) }},
	{"netlink socket", func() error { return socket(unix.AF_NETLINK, unix.SOCK_RAW) }},
	{"write outside", func() error { return os.WriteFile(os.Getenv("ETERM_ATTACK_FILE"), nil, 0o600) }},
	{"read outside", func() error { _, err := os.ReadFile("/etc/passwd"); return err }},
	{"kill", func() error { return unix.Kill(os.Getppid(), 0) }},
	{"kill a thread of another", func() error { return unix.Tgkill(os.Getppid(), os.Getppid(), 0) }},
	{"become root", func() error { return errno(unix.SYS_SETUID, 0) }},
	{"namespaces", func() error { return unix.Unshare(unix.CLONE_NEWUSER) }},
	{"bpf", func() error { return errno(unix.SYS_BPF, 0) }},
	{"executable memory", func() error {
		_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE)
		return err
	}},
	{"terminal input", func() error { return unix.IoctlSetInt(0, unix.TIOCSTI, 0) }},
}

func fork() error {
	child, _, e := unix.RawSyscall(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0)
	switch {
	case e != 0:
		return e
	case child == 0:
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	return nil
}

func errno(call uintptr, args ...uintptr) error {
	var a [3]uintptr
	copy(a[:], args)
	if _, _, e := unix.RawSyscall(call, a[0], a[1], a[2]); e != 0 {
		return e
	}
	return nil
}

func socket(family, kind int) error {
	_, err := unix.Socket(family, kind, 0)
	return err
}

// attack prints for each attempt what came of it, on this thread and another.
func attack(c *cli.Context) error {
	runtime.LockOSThread()
	report, err := sandbox.Enter(sandbox.Row{Command: "attack"}, nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.App.Writer, report)
	try(c, "this thread")
	done := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		try(c, "another thread")
		close(done)
	}()
	<-done
	return nil
}

func try(c *cli.Context, where string) {
	for _, a := range attempts {
		outcome := "let"
		if err := a.do(); err != nil {
			outcome = "refused: " + err.Error()
		}
		fmt.Fprintf(c.App.Writer, "%s: %s: %s\n", where, a.name, outcome)
	}
}
