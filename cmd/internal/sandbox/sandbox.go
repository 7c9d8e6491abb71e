// Package sandbox gives up what a command no longer needs once its ports and
// files are open, on every thread of the process: capabilities, the user, the
// means to gain privileges by starting programs, the file system, and system
// calls. What is given up is gone until the process ends.
//
// It speaks to the kernel through package unix, and needs unsafe for the two
// structures that Landlock and seccomp take: this is the one place in the
// program for it, and it has nothing to do with ports.
package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// armed says that this process is the program and nothing else: what Enter
// gives up is missed by nobody. Tests that run commands in their own process
// leave it unset.
var armed bool

// Arm makes Begin and Enter work. It is for main.
func Arm() { armed = true }

// Off makes Begin and Enter do nothing, for who has to find a fault.
func Off() { armed = false }

// Kept says of an error of giving up privileges what can be done about it; nil of
// none.
func Kept(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: --no-sandbox runs without giving them up", err)
}

// Report is what Enter did.
type Report struct {
	// On are the mechanisms in force, in the order in which they were taken.
	On []string
	// Missing are those that this kernel does not have, with its reason.
	Missing []string
}

// String says what is on and what is missing, for people to read.
func (r Report) String() string {
	if len(r.On) == 0 {
		return "sandbox: off"
	}
	text := "sandbox: " + strings.Join(r.On, ", ")
	if len(r.Missing) > 0 {
		text += "; not on this system: " + strings.Join(r.Missing, ", ")
	}
	return text
}

// errUnsupported means that this kernel, or what runs it, lacks a mechanism.
var errUnsupported = errors.New("not supported")

// steps are what Enter does, in the order in which the kernel lets it.
var steps = []struct {
	name string
	do   func(Row, []string) error
}{
	{"bounding set", func(Row, []string) error { return dropBounding() }},
	{"user", func(r Row, _ []string) error { return become(len(r.Keeps) > 0) }},
	{"no core dumps", func(Row, []string) error { return dumpNothing() }},
	{"no_new_privs", func(Row, []string) error { return gainNothing() }},
	{"capabilities", func(r Row, _ []string) error { return dropCapabilities(r.Keeps) }},
	{"landlock", restrictFiles},
	{"seccomp", restrictCalls},
}

// Begin is called when a command starts. One that reads files of others, and
// opens no port, gives up its user and capabilities before it opens the first.
func Begin(row Row) error {
	if !armed || !row.Early {
		return nil
	}
	for _, s := range steps {
		if s.name == "landlock" || s.name == "seccomp" {
			continue
		}
		err := s.do(row, nil)
		if err != nil && !errors.Is(err, errUnsupported) && !errors.Is(err, errNothing) {
			return fmt.Errorf("give up privileges (%s): %w", s.name, err)
		}
		begun[s.name] = err == nil
	}
	return nil
}

// Early says whether the process was started by root and has given up what root
// may before it opened its files: it cannot read those of others.
func Early() bool {
	return begun["capabilities"] && (os.Geteuid() == 0 || os.Getenv("SUDO_UID") != "")
}

// begun are the steps that Begin has done.
var begun = map[string]bool{}

// errNothing means that there was nothing to give up.
var errNothing = errors.New("nothing to give up")

// Enter gives up all that the row does not keep. Files may be made, written
// and removed later only in the directories named. An error means that
// something was not given up that this kernel could have taken: the command
// must not go on.
func Enter(row Row, directories []string) (Report, error) {
	var r Report
	if !armed {
		return r, nil
	}
	// The zone's file could not be read later.
	_, _ = time.Now().Zone()
	for _, s := range steps {
		if begun[s.name] {
			r.On = append(r.On, s.name)
			continue
		}
		err := s.do(row, directories)
		switch {
		case err == nil:
			r.On = append(r.On, s.name)
		case errors.Is(err, errNothing):
		case errors.Is(err, errUnsupported):
			r.Missing = append(r.Missing, s.name)
		default:
			return r, fmt.Errorf("give up privileges (%s): %w", s.name, err)
		}
	}
	return r, nil
}

// unsupported is the error of a call, told apart by whether the kernel has it.
// What runs containers may forbid a call instead, which comes to the same.
func unsupported(errno error) error {
	if errors.Is(errno, unix.ENOSYS) || errors.Is(errno, unix.EOPNOTSUPP) || errors.Is(errno, unix.EPERM) {
		return fmt.Errorf("%w: %w", errUnsupported, errno)
	}
	return errno
}
