package lab

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// insideVar marks a process that runs in namespaces of its own; ownVar marks
// the one that Enter made, and Finish takes it away, so that a lab started in a
// lab gets namespaces of its own again.
const (
	insideVar = "ETERM_LAB_INSIDE"
	ownVar    = "ETERM_LAB_OWN"
)

// ErrForbidden means that this system lets this user make no namespaces.
var ErrForbidden = errors.New("this system does not let you make network namespaces")

// Inside says whether this process was started by a command from Command, and
// so may make hosts.
func Inside() bool { return os.Getenv(insideVar) != "" }

// Command is this program again, with the arguments given, in a user and
// network namespace of its own, in which it is root. Starting it fails with
// EPERM or ENOSPC where the system forbids user namespaces.
func Command(args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Env = append(os.Environ(), insideVar+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:                 syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWNS,
		Pdeathsig:                  syscall.SIGKILL,
		UidMappings:                []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings:                []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		GidMappingsEnableSetgroups: os.Geteuid() == 0, // others may not
	}
	return cmd
}

// Entered says whether Enter made this process. It then calls Finish first.
func Entered() bool { return os.Getenv(ownVar) != "" }

// Enter starts a command made by Command in a process namespace of its own
// too, so that everything in it ends when it ends, and waits for it. When ctx
// ends the process gets an interrupt. Where user namespaces are forbidden but
// this user is root, it does without them.
func Enter(ctx context.Context, cmd *exec.Cmd) (status int, err error) {
	cmd.Env = append(cmd.Env, ownVar+"=1")
	cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWPID
	again := *cmd
	if err = cmd.Start(); err != nil && Forbidden(err) && os.Geteuid() == 0 {
		attr := *again.SysProcAttr
		attr.Cloneflags &^= syscall.CLONE_NEWUSER
		attr.UidMappings, attr.GidMappings = nil, nil
		again.SysProcAttr = &attr
		cmd = &again
		err = cmd.Start()
	}
	if err != nil {
		return 0, explain(err)
	}
	return wait(ctx, cmd)
}

// Finish finishes what Enter began, inside: mounts made from here on stay
// here, and /proc shows this lab's processes where it may be mounted (not in
// every container; nothing in this package needs it).
func Finish() error {
	if err := os.Unsetenv(ownVar); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep the lab's mounts to itself: %w", explain(err))
	}
	_ = unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	return nil
}

// wait waits for a started command, passing the end of ctx on as an interrupt.
func wait(ctx context.Context, cmd *exec.Cmd) (status int, err error) {
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Signal(os.Interrupt) })
	defer stop()
	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		if exit.ExitCode() >= 0 {
			return exit.ExitCode(), nil
		}
		return killedStatus, nil
	}
	return 0, err
}

// killedStatus stands for a process that a signal ended: nothing it said can
// be trusted to be whole.
const killedStatus = 3

// Forbidden says whether an error means that this system lets this user make
// no namespaces, and not that something else went wrong.
func Forbidden(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EUSERS)
}

// explain marks errors that mean that namespaces are forbidden.
func explain(err error) error {
	if Forbidden(err) {
		return fmt.Errorf("%w: %w", ErrForbidden, err)
	}
	return err
}
