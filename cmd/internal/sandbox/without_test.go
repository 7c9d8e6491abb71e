//go:build amd64 || arm64

package sandbox

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// withoutVariable has the mechanisms that the kernel is to seem to lack. With
// it this test's binary takes them away and becomes the program in its arguments.
const withoutVariable = "ETERM_TEST_WITHOUT"

var lacking = map[string]uintptr{"landlock": unix.SYS_LANDLOCK_CREATE_RULESET, "seccomp": unix.SYS_SECCOMP}

func init() {
	without := os.Getenv(withoutVariable)
	if without == "" {
		return
	}
	os.Unsetenv(withoutVariable)
	filter := []unix.SockFilter{load(numberAt)}
	for name := range strings.SplitSeq(without, ",") {
		filter = append(filter, jump(unix.BPF_JEQ, uint32(lacking[name]), 0, 1), verdict(absent))
	}
	filter = append(filter, verdict(permit))
	what := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	err := gainNothing()
	if err == nil {
		if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&what))); errno != 0 {
			err = errno
		}
	}
	if err == nil {
		err = syscall.Exec(os.Args[1], os.Args[1:], os.Environ())
	}
	fmt.Println(err)
	os.Exit(99)
}
