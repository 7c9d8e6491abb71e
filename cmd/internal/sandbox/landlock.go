package sandbox

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The rights on files of each version of Landlock (linux/landlock.h): a
// kernel refuses those that it does not know.
const (
	filesSince1 = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1
	filesSince2 = unix.LANDLOCK_ACCESS_FS_REFER
	filesSince3 = unix.LANDLOCK_ACCESS_FS_TRUNCATE
	filesSince5 = unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	tcpSince4   = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP

	// inFolder is what making, writing and removing files in a folder takes.
	inFolder = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_MAKE_REG |
		unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	// reading is what reading a file and a folder takes, inTree what a program
	// does in a folder of its own.
	reading = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	inTree  = inFolder | reading | unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REFER
)

// handled are the rights that a version of Landlock can take away.
func handled(version int) unix.LandlockRulesetAttr {
	a := unix.LandlockRulesetAttr{Handled_access_fs: filesSince1}
	if version >= 2 {
		a.Handled_access_fs |= filesSince2
	}
	if version >= 3 {
		a.Handled_access_fs |= filesSince3
	}
	if version >= 4 {
		a.Handled_access_net = tcpSince4
	}
	if version >= 5 {
		a.Handled_access_fs |= filesSince5
	}
	if version >= 6 && mended(errataSignals) {
		a.Scoped = unix.LANDLOCK_SCOPE_SIGNAL
	}
	return a
}

// errataSignals is the fault of Landlock by which threads of one program could
// not signal each other, which Go's runtime does all the time.
const errataSignals = 2

// mended says whether this kernel's Landlock has a fault no more.
func mended(errata int) bool {
	all, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_ERRATA)
	return errno == 0 && all&(1<<(errata-1)) != 0
}

// restrictFiles takes the whole file system away but the folders for writing
// and the row's files for reading.
func restrictFiles(row Row, directories []string) error {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return unsupported(errno)
	}
	rights := handled(int(version))
	size := unsafe.Sizeof(rights.Handled_access_fs)
	if version >= 4 {
		size += unsafe.Sizeof(rights.Handled_access_net)
	}
	if version >= 6 {
		size += unsafe.Sizeof(rights.Scoped)
	}
	if len(row.Families) > 0 {
		rights.Handled_access_net = 0
	}
	rules, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&rights)), size, 0)
	if errno != 0 {
		return errno
	}
	defer unix.Close(int(rules))
	in := uint64(inFolder)
	if row.Trees {
		in = inTree
	}
	for _, dir := range directories {
		if err := allow(int(rules), dir, in&rights.Handled_access_fs); err != nil {
			return err
		}
	}
	for _, file := range row.Files {
		// One that cannot be opened now cannot later either, and who wants it says so.
		if err := allow(int(rules), file, readable(file)); err != nil && !errors.Is(err, errUnopened) {
			return err
		}
	}
	if threadsFolder != "" {
		if err := allow(int(rules), threadsFolder, unix.LANDLOCK_ACCESS_FS_READ_DIR); err != nil {
			return err
		}
	}
	return everywhere(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0)
}

// readable are the rights to read a file, or a folder and what is in it: the
// kernel refuses those of folders for anything else.
func readable(path string) uint64 {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return reading
	}
	return unix.LANDLOCK_ACCESS_FS_READ_FILE
}

// errUnopened means that a path leads nowhere.
var errUnopened = errors.New("open")

// allow lets a path, and what is below it, keep the rights named.
func allow(rules int, path string, rights uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("%w %s: %w", errUnopened, path, err)
	}
	defer unix.Close(fd)
	rule := unix.LandlockPathBeneathAttr{Allowed_access: rights, Parent_fd: int32(fd)}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(rules), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
	if errno != 0 {
		return fmt.Errorf("%s: %w", path, errno)
	}
	return nil
}
