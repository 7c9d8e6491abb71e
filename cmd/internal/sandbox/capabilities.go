package sandbox

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// dropCapabilities empties the effective, permitted and inheritable sets but
// for those that are kept, as far as they are there; the kernel empties the
// ambient set with them (capabilities(7)).
func dropCapabilities(keeps []int) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var has, left [2]unix.CapUserData
	if len(keeps) > 0 {
		if err := unix.Capget(&header, &has[0]); err != nil {
			return err
		}
	}
	for _, c := range keeps {
		left[c/32].Permitted |= has[c/32].Permitted & (1 << (c % 32))
		left[c/32].Effective = left[c/32].Permitted
	}
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(&header)
	pin.Pin(&left[0])
	return everywhere(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&left[0])))
}

// effective says whether this process may use a capability now.
func effective(capability int) bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	return unix.Capget(&header, &data[0]) == nil && data[capability/32].Effective&(1<<(capability%32)) != 0
}

// dropBounding empties the bounding set, which only a privileged process may.
// Others are bound by no_new_privs. The kernel knows no more than 64.
func dropBounding() error {
	if !effective(unix.CAP_SETPCAP) {
		return errNothing
	}
	if dropBoundingAtOnce() == nil {
		return nil
	}
	// By visits of the runtime's own, one for each: slower, and asks for no /proc.
	for c := range uintptr(64) {
		has, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, c, 0, 0, 0)
		if err != nil {
			return nil //nolint:nilerr // beyond the last that this kernel has
		}
		if has == 0 {
			continue
		}
		if err := everywhere(unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, c); err != nil {
			return err
		}
	}
	return nil
}

// gainNothing keeps programs that this process might start from having more
// than it has (PR_SET_NO_NEW_PRIVS).
func gainNothing() error { return everywhere(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1) }

// dumpNothing keeps frames and keys in memory from core dumps and from other
// processes of the same user (PR_SET_DUMPABLE, ptrace(2)).
func dumpNothing() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}

// ForLab prepares this process to start others in namespaces of their own: it
// gives up what a file's capabilities gave it, which nobody there needs, and is
// then open to itself again, without which the kernel lets it map no users.
// Root keeps what it has: it may do without a user namespace.
func ForLab() error {
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil || !armed || unix.Geteuid() == 0 || dumpable == 1 {
		return err
	}
	if err := dropCapabilities(nil); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
}
