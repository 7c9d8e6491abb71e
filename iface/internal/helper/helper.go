// Package helper runs programs of the system's that need no privilege, and
// gives them none: whatever this process may do, whatever its environment says.
package helper

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// directories are where the system's programs are. PATH is not asked: it
// belongs to whoever started this program, who may have less than it has.
var directories = []string{
	"/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin", "/run/current-system/sw/bin",
}

// Find is the path of the system's program of that name: an executable of
// root's, in a folder of root's, that nobody else may write to. The error is
// fs.ErrNotExist where there is none.
func Find(name string) (string, error) { return find(directories, name) }

func find(directories []string, name string) (string, error) {
	for _, dir := range directories {
		path, err := filepath.EvalSymlinks(filepath.Join(dir, name))
		if err == nil && trusted(path, 0o111) && trusted(filepath.Dir(path), 0) {
			return path, nil
		}
	}
	return "", &fs.PathError{Op: "find", Path: name, Err: fs.ErrNotExist}
}

// trusted says whether only root can have made a file what it is, and whether
// it has one of the permission bits asked for.
func trusted(path string, bits fs.FileMode) bool {
	about, err := os.Lstat(path)
	if err != nil || about.Mode().Perm()&0o022 != 0 || bits != 0 && about.Mode().Perm()&bits == 0 {
		return false
	}
	owner := about.Sys().(*syscall.Stat_t).Uid
	return owner == 0 || owner == overflowUID && !initialUsers()
}

// overflowUID is how a user namespace shows users that it has no number for,
// root among them (user_namespaces(7); the kernel's default).
const overflowUID = 65534

// initialUsers says whether all users have their own numbers here.
func initialUsers() bool {
	all, err := os.ReadFile("/proc/self/uid_map")
	words := bytes.Fields(all)
	return err == nil && len(words) == 3 && string(words[0]) == "0" && string(words[1]) == "0" && string(words[2]) == "4294967295"
}

// Run starts the program at path with no capability, no way to gain one, an
// empty environment and nothing to read, in the root folder, and waits for it.
// What it prints and complains is given also with an error. It is killed when
// ctx ends.
func Run(ctx context.Context, path string, args ...string) (out, complaint string, err error) {
	var printed, complained bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env, cmd.Dir = []string{}, "/"
	cmd.Stdout, cmd.Stderr = &printed, &complained
	thread, err := startBare(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	// As long as a thread has less than the others, a call made on all of them
	// at once has no one outcome, which Go's runtime does not forgive.
	for unix.Tgkill(unix.Getpid(), thread, 0) == nil {
		runtime.Gosched()
	}
	return printed.String(), complained.String(), err
}

// startBare starts cmd from a thread that has given up all privilege: a process
// begins with what the thread has that starts it. The thread ends thereafter.
func startBare(cmd *exec.Cmd) (thread int, err error) {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		if thread = unix.Gettid(); thread == unix.Getpid() {
			// The main thread cannot end, and /proc shows it for the process.
			// While it waits here another thread does the work.
			var err error
			thread, err = startBare(cmd)
			runtime.UnlockOSThread()
			started <- err
			return
		}
		if err := dropThread(); err != nil {
			started <- err
			return
		}
		started <- cmd.Start()
	}()
	err = <-started
	return thread, err
}

// dropThread takes all capabilities from the calling thread alone, and the
// means to gain some by starting a program. Ambient ones fall with the others
// (capabilities(7)).
func dropThread() error {
	err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	var none [2]unix.CapUserData
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	return errors.Join(err, unix.Capset(&header, &none[0]))
}
