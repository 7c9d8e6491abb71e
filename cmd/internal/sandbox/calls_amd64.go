package sandbox

import "golang.org/x/sys/unix"

var machine = architecture{unix.AUDIT_ARCH_X86_64, []uintptr{unix.SYS_EPOLL_WAIT, unix.SYS_POLL, unix.SYS_TIME, unix.SYS_ARCH_PRCTL}, unix.SYS_NEWFSTATAT}
