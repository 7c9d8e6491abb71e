// Package outfile makes the files that commands write: readable by their owner
// alone, never over another without being told to, never where somebody else
// led the path. It is the only place that makes any.
//
// It walks the path by descriptors, through package unix: between looking at a
// name and opening it nobody can put another thing there.
package outfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"eterm/cmd/internal/sandbox"
)

// ErrThere is the end of the sentence about a file that is in the way.
var ErrThere = errors.New("there already")

// Create makes a plain file with mode 0600, as the user that the command
// becomes. With force an old one is emptied and gets that mode too.
func Create(path string, force bool) (file *os.File, err error) {
	err = sandbox.AsUser(func() error {
		file, err = create(path, force)
		return err
	})
	return file, err
}

func create(path string, force bool) (*os.File, error) {
	folder, err := walk(filepath.Dir(path), new(int))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	defer unix.Close(folder)
	flags := unix.O_WRONLY | unix.O_CREAT | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC
	if !force {
		flags |= unix.O_EXCL
	}
	fd, err := unix.Openat(folder, filepath.Base(path), flags, 0o600)
	switch {
	case errors.Is(err, unix.EEXIST):
		return nil, existing(folder, path)
	case errors.Is(err, unix.EISDIR):
		return nil, fmt.Errorf("%s is a directory: name a file in it", path)
	case errors.Is(err, unix.ELOOP):
		return nil, fmt.Errorf("%s is a symbolic link: name the file itself", path)
	case errors.Is(err, unix.ENXIO):
		return nil, notPlain(path)
	case err != nil:
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	file := os.NewFile(uintptr(fd), path)
	if err := take(folder, fd, path); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func notPlain(path string) error {
	return fmt.Errorf("%s is not a plain file: - writes to standard output", path)
}

// existing says what is in the way.
func existing(folder int, path string) error {
	var about unix.Stat_t
	if unix.Fstatat(folder, filepath.Base(path), &about, unix.AT_SYMLINK_NOFOLLOW) == nil && about.Mode&unix.S_IFMT == unix.S_IFDIR {
		return fmt.Errorf("%s is a directory: name a file in it", path)
	}
	return fmt.Errorf("%s is %w", path, ErrThere)
}

// take makes an open file ours: empty, plain and of mode 0600. One that another
// user left where everybody may is not.
func take(folder, fd int, path string) error {
	var parent, about unix.Stat_t
	if err := errors.Join(unix.Fstat(folder, &parent), unix.Fstat(fd, &about)); err != nil {
		return err
	}
	switch {
	case about.Mode&unix.S_IFMT != unix.S_IFREG:
		return notPlain(path)
	case foreign(&parent, &about), about.Nlink > 1 && shared(&parent):
		return fmt.Errorf("%s is a file of another user's, in a folder that everybody writes to: name another", path)
	}
	if err := errors.Join(unix.Fchmod(fd, 0o600), unix.Ftruncate(fd, 0)); err != nil {
		return fmt.Errorf("overwrite %s: %w", path, err)
	}
	return nil
}

// shared says whether a folder is one where everybody may put things and
// remove only his own, such as /tmp.
func shared(folder *unix.Stat_t) bool { return folder.Mode&unix.S_ISVTX != 0 && folder.Mode&0o022 != 0 }

// foreign says whether what is in such a folder belongs neither to us nor to
// the folder's owner. Linux has the same rule as fs.protected_symlinks, which
// is not on everywhere.
func foreign(folder, about *unix.Stat_t) bool {
	user, _ := unix.SetfsuidRetUid(-1) // what a thread reaches files as
	return shared(folder) && int(about.Uid) != user && about.Uid != folder.Uid
}

// mostLinks is how many symbolic links a path may have (path_resolution(7)).
const mostLinks = 40

// walk opens a folder, and refuses to go through symbolic links of others in
// shared folders.
func walk(path string, links *int) (fd int, err error) {
	start := "."
	if filepath.IsAbs(path) {
		start = "/"
	}
	if fd, err = unix.Open(start, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		return -1, err
	}
	return walkFrom(fd, path, links)
}

// walkFrom goes on from an open folder, which it closes.
func walkFrom(fd int, path string, links *int) (int, error) {
	for name := range strings.SplitSeq(path, "/") {
		if name == "" || name == "." {
			continue
		}
		next, err := step(fd, name, links)
		unix.Close(fd)
		if err != nil {
			return -1, err
		}
		fd = next
	}
	return fd, nil
}

// step opens what name is in a folder, through a link if it is one.
func step(folder int, name string, links *int) (int, error) {
	next, err := unix.Openat(folder, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	var parent, about unix.Stat_t
	if err := errors.Join(unix.Fstat(folder, &parent), unix.Fstat(next, &about)); err != nil || about.Mode&unix.S_IFMT != unix.S_IFLNK {
		return next, err
	}
	defer unix.Close(next)
	if *links++; *links > mostLinks {
		return -1, unix.ELOOP
	}
	if foreign(&parent, &about) {
		return -1, fmt.Errorf("%s is a symbolic link of another user's, in a folder that everybody writes to", name)
	}
	target := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(next, "", target)
	if err != nil {
		return -1, err
	}
	if to := string(target[:n]); filepath.IsAbs(to) {
		return walk(to, links)
	}
	from, err := unix.Openat(folder, ".", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	return walkFrom(from, string(target[:n]), links)
}
