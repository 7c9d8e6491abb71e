//go:build amd64 || arm64

package sandbox

import "golang.org/x/sys/unix"

// architecture is what differs between machines.
type architecture struct {
	audit uint32 // AUDIT_ARCH_* (linux/audit.h)
	calls []uintptr
	stat  uintptr // fstatat, by whatever name
}

// common are the system calls that every command may make at work.
var common = []uintptr{
	// Frames, and what the kernel counts of them, through open sockets.
	unix.SYS_RECVMMSG, unix.SYS_SENDMMSG, unix.SYS_RECVFROM, unix.SYS_SENDTO, unix.SYS_RECVMSG, unix.SYS_SENDMSG,
	unix.SYS_GETSOCKOPT, unix.SYS_SETSOCKOPT, unix.SYS_GETSOCKNAME, unix.SYS_GETPEERNAME, unix.SYS_SHUTDOWN,
	// Files that are open.
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_READV, unix.SYS_WRITEV, unix.SYS_PREAD64, unix.SYS_PWRITE64,
	unix.SYS_CLOSE, unix.SYS_FSTAT, unix.SYS_LSEEK, unix.SYS_FTRUNCATE, unix.SYS_FSYNC, unix.SYS_FDATASYNC,
	unix.SYS_FCHMOD, unix.SYS_FALLOCATE, unix.SYS_FCNTL, unix.SYS_DUP3,
	// Waiting.
	unix.SYS_EPOLL_PWAIT, unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_CREATE1, unix.SYS_EVENTFD2, unix.SYS_PIPE2, unix.SYS_PPOLL,
	unix.SYS_PSELECT6, unix.SYS_FUTEX, unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME, unix.SYS_CLOCK_GETRES,
	unix.SYS_GETTIMEOFDAY, unix.SYS_RESTART_SYSCALL, unix.SYS_SCHED_YIELD,
	unix.SYS_TIMER_CREATE, unix.SYS_TIMER_SETTIME, unix.SYS_TIMER_DELETE,
	// Memory, threads and signals of this process.
	unix.SYS_BRK, unix.SYS_MUNMAP, unix.SYS_MREMAP, unix.SYS_MADVISE, unix.SYS_MINCORE,
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK,
	unix.SYS_GETPID, unix.SYS_GETPPID, unix.SYS_GETTID, unix.SYS_GETUID, unix.SYS_GETEUID, unix.SYS_GETGID, unix.SYS_GETEGID,
	unix.SYS_SET_ROBUST_LIST, unix.SYS_SET_TID_ADDRESS, unix.SYS_RSEQ, unix.SYS_MEMBARRIER, unix.SYS_EXIT, unix.SYS_EXIT_GROUP,
	unix.SYS_GETRANDOM, unix.SYS_UNAME, unix.SYS_SYSINFO, unix.SYS_GETRUSAGE,
	unix.SYS_SCHED_GETAFFINITY, unix.SYS_SCHED_SETAFFINITY, unix.SYS_GETPRIORITY, unix.SYS_SCHED_GETATTR, unix.SYS_SCHED_SETATTR,
}

// paths are the system calls with which files are found, made and removed;
// Landlock says which.
var paths = []uintptr{unix.SYS_OPENAT, unix.SYS_UNLINKAT, unix.SYS_READLINKAT, unix.SYS_FCHOWN}

// inTrees are those with which folders are read, made and renamed in.
var inTrees = []uintptr{unix.SYS_GETDENTS64, unix.SYS_MKDIRAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_FLOCK, unix.SYS_FCHMODAT, unix.SYS_FSTATFS, unix.SYS_STATFS, unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2}

// serving are those with which connections are accepted.
var serving = []uintptr{unix.SYS_LISTEN, unix.SYS_ACCEPT4, unix.SYS_ACCEPT}

// dialling are the system calls with which a name is looked up.
var dialling = []uintptr{unix.SYS_CONNECT, unix.SYS_BIND}
