package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"eterm/iface/lab/labtest"
)

// programVar makes this test binary be eterm itself, so that tests can start
// it as a process of its own.
const programVar = "ETERM_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programVar) != "" {
		main()
	}
	os.Exit(labtest.Main(m))
}

// program is eterm as a process of its own, not yet started.
func program(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/proc/self/exe", args...)
	cmd.Env = append(os.Environ(), programVar+"=1")
	return cmd
}

// runProgram runs eterm as a process of its own.
func runProgram(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	labtest.Need(t)
	var out, errs bytes.Buffer
	cmd := program(t.Context(), args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode(), out.String(), errs.String()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, out.String(), errs.String()
}

// withoutPrivileges puts a command into a user namespace of its own, in which
// it has no power over the network of its host.
func withoutPrivileges(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 1000, HostID: 0, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 1000, HostID: 0, Size: 1}},
	}
	return cmd
}
