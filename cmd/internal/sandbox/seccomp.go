//go:build amd64 || arm64

package sandbox

import (
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The verdicts of a filter on a system call. What is not allowed fails with
// EPERM and does not end the process: the account of a run is what its user
// came for, also when something in it misbehaves.
const (
	permit = unix.SECCOMP_RET_ALLOW
	refuse = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	absent = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
)

// Where struct seccomp_data (linux/seccomp.h) has what a filter looks at. Of
// an argument only the low half: all those looked at are ints to the kernel.
const (
	numberAt   = 0
	machineAt  = 4
	argumentAt = 16
)

// argument is a system call that depends on one of its arguments.
type argument struct {
	call  uintptr
	index uint32   // of the argument, from 0
	oneOf []uint32 // values with which it is permitted
	// with, if not 0, are bits all of which permit it; without are bits any
	// of which refuses it. oneOf is empty then.
	with, without uint32
}

// arguments are the system calls that depend on an argument.
func arguments(row Row) []argument {
	all := []argument{
		{call: unix.SYS_CLONE, index: 0, with: unix.CLONE_THREAD},
		{call: unix.SYS_TGKILL, index: 0, oneOf: []uint32{uint32(os.Getpid())}},
		{call: unix.SYS_MMAP, index: 2, without: unix.PROT_EXEC},
		{call: unix.SYS_MPROTECT, index: 2, without: unix.PROT_EXEC},
		{call: unix.SYS_IOCTL, index: 1, oneOf: ioctls(row)},
		{call: unix.SYS_PRCTL, index: 0, oneOf: []uint32{unix.PR_GET_TIMERSLACK, unix.PR_SET_TIMERSLACK, unix.PR_SET_VMA}},
	}
	if len(row.Families) > 0 {
		families := make([]uint32, len(row.Families))
		for i, f := range row.Families {
			families[i] = uint32(f)
		}
		all = append(all, argument{call: unix.SYS_SOCKET, index: 0, oneOf: families})
	}
	return all
}

// ioctls are those that are permitted: to ask a driver, to see what a stream is,
// and for a screen to set its terminal. Never to put words into it (TIOCSTI).
func ioctls(row Row) []uint32 {
	all := []uint32{unix.SIOCETHTOOL, unix.TCGETS, unix.TIOCGWINSZ}
	if row.Terminal {
		all = append(all, unix.TCSETS, unix.TCSETSW)
	}
	return all
}

// calls are the numbers of the system calls permitted whatever their arguments.
func calls(row Row, directories []string) []uintptr {
	all := append([]uintptr(nil), common...)
	all = append(all, machine.calls...)
	if len(directories) > 0 || len(row.Files) > 0 {
		all = append(append(all, paths...), machine.stat)
	}
	if row.Trees {
		all = append(all, inTrees...)
	}
	if row.Serves {
		all = append(all, serving...)
	}
	if len(row.Families) > 0 {
		all = append(all, dialling...)
	}
	return all
}

// program is the filter. The calls that are always permitted come first: of
// those the kernel remembers the verdict, and they cost nothing.
func program(machine architecture, calls []uintptr, arguments []argument) []unix.SockFilter {
	p := []unix.SockFilter{
		load(machineAt), jump(unix.BPF_JEQ, machine.audit, 1, 0), verdict(unix.SECCOMP_RET_KILL_PROCESS), // not our calls' numbers
		load(numberAt),
	}
	for _, nr := range calls {
		p = append(p, jump(unix.BPF_JEQ, uint32(nr), 0, 1), verdict(permit))
	}
	for _, a := range arguments {
		test := a.test()
		p = append(p, jump(unix.BPF_JEQ, uint32(a.call), 0, uint8(len(test))))
		p = append(p, test...)
	}
	// What clone3 is to do is behind a pointer, where no filter sees it. Who
	// finds that there is none falls back to clone.
	p = append(p, jump(unix.BPF_JEQ, unix.SYS_CLONE3, 0, 1), verdict(absent))
	return append(p, verdict(refuse))
}

// test judges the argument. It always ends in a verdict.
func (a argument) test() []unix.SockFilter {
	p := []unix.SockFilter{load(argumentAt + 8*a.index)}
	switch {
	case a.with != 0:
		p = append(p, jump(unix.BPF_JSET, a.with, 0, 1), verdict(permit))
	case a.without != 0:
		p = append(p, jump(unix.BPF_JSET, a.without, 1, 0), verdict(permit))
	}
	for _, v := range a.oneOf {
		p = append(p, jump(unix.BPF_JEQ, v, 0, 1), verdict(permit))
	}
	return append(p, verdict(refuse))
}

func load(at uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
}

func jump(condition uint16, value uint32, ifTrue, ifFalse uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | condition | unix.BPF_K, Jt: ifTrue, Jf: ifFalse, K: value}
}

func verdict(v uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: v}
}

// restrictCalls installs the filter, on all threads at once. On kernels before
// 5.16 a filter would switch a mitigation on that is meant for programs which
// run other people's code, and costs time in every memory access.
func restrictCalls(row Row, directories []string) error {
	filter := program(machine, calls(row, directories), arguments(row))
	what := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	const flags = unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&what)))
	switch {
	case errno == unix.ENOSYS || errno == unix.EINVAL:
		return errUnsupported
	case errno != 0:
		return errno
	case thread != 0: // one that could not follow
		return unix.ESRCH
	}
	return nil
}
