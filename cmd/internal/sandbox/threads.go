package sandbox

import (
	"kernel.org/pub/linux/libs/security/libcap/psx"
)

// everywhere makes a system call on every thread of the process, those that
// the C library started in a build with cgo included.
func everywhere(call uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	if _, _, errno := psx.Syscall6(call, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
		return errno
	}
	return nil
}
