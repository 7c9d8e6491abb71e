package lab

import (
	"os"
	"os/exec"
	"syscall"
)

// insideVar marks a process that runs in namespaces of its own.
const insideVar = "ETERM_LAB_INSIDE"

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
		GidMappingsEnableSetgroups: false,
	}
	return cmd
}
