package sandbox

import "golang.org/x/sys/unix"

var machine = architecture{audit: unix.AUDIT_ARCH_AARCH64, stat: unix.SYS_FSTATAT}
