package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/user"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// target is the user that Enter becomes; nil to stay who we are.
var target *identity

type identity struct {
	uid, gid int
	name     string
}

// Choose says which user the command becomes: the one named, or, if none is,
// the one who started it by sudo. "root" stays root. Only root can become
// another.
func Choose(name string) error {
	if !armed {
		return nil
	}
	var err error
	switch {
	case name == "root" && os.Geteuid() == 0:
		target = nil
	case name != "":
		target, err = named(name)
	case os.Geteuid() == 0 && allUsers():
		target, err = invoking()
	}
	return err
}

func named(name string) (*identity, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("--user %s: only root can become another user", name)
	}
	u, err := user.Lookup(name)
	if err != nil {
		return nil, fmt.Errorf("--user %s: no such user on this system", name)
	}
	return numbered(u.Uid, u.Gid, u.Username)
}

// invoking is the user who called sudo, which says so in the environment.
func invoking() (*identity, error) {
	uid, gid := os.Getenv("SUDO_UID"), os.Getenv("SUDO_GID")
	if uid == "" || uid == "0" {
		return nil, nil
	}
	id, err := numbered(uid, gid, "user "+uid)
	if err != nil {
		return nil, fmt.Errorf("SUDO_UID %q and SUDO_GID %q are no user and group: say who to become by --user NAME", uid, gid)
	}
	return id, nil
}

func numbered(uid, gid, name string) (*identity, error) {
	u, err := strconv.ParseUint(uid, 10, 31)
	g, gidErr := strconv.ParseUint(gid, 10, 31)
	if err := errors.Join(err, gidErr); err != nil {
		return nil, err
	}
	return &identity{int(u), int(g), name}, nil
}

// allUsers says whether users have their own numbers here, which they have not
// in a user namespace, such as the lab's: root is an ordinary user there.
func allUsers() bool {
	all, err := os.ReadFile("/proc/self/uid_map")
	words := bytes.Fields(all)
	return err == nil && len(words) == 3 && string(words[0]) == "0" && string(words[1]) == "0" && string(words[2]) == "4294967295"
}

// become gives up the groups, then the group, then the user; and with it all
// capabilities, unless some are kept.
func become(keeping bool) error {
	if target == nil || os.Geteuid() != 0 {
		return errNothing
	}
	if keeping {
		if err := everywhere(unix.SYS_PRCTL, unix.PR_SET_KEEPCAPS, 1); err != nil {
			return fmt.Errorf("keep capabilities: %w", err)
		}
	}
	if err := syscall.Setgroups([]int{target.gid}); err != nil {
		return fmt.Errorf("set groups: %w", err)
	}
	if err := syscall.Setresgid(target.gid, target.gid, target.gid); err != nil {
		return fmt.Errorf("set group %d: %w", target.gid, err)
	}
	if err := syscall.Setresuid(target.uid, target.uid, target.uid); err != nil {
		return fmt.Errorf("set user %d: %w", target.uid, err)
	}
	return nil
}

// AsUser runs fn on a thread that reaches files as the user that Enter becomes
// would, and makes them his.
func AsUser(fn func() error) error {
	if target == nil || os.Geteuid() != 0 {
		return fn()
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		gid, _ := unix.SetfsgidRetGid(target.gid)
		uid, _ := unix.SetfsuidRetUid(target.uid)
		err := fn()
		unix.SetfsuidRetUid(uid)
		unix.SetfsgidRetGid(gid)
		runtime.UnlockOSThread()
		done <- err
	}()
	return <-done
}
