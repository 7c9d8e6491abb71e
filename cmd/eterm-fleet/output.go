package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"golang.org/x/term"
)

// output is standard output that remembers its first error: a result that was
// not written is no success.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}

// isTerminal says whether a person is at the other end.
func (o *output) isTerminal() bool {
	f, ok := o.w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// failed is the error that a command ends with, that of writing included. A
// reader that went away is none.
func (o *output) failed(err error) error {
	if err != nil && err.Error() != "" || o.err == nil || errors.Is(o.err, syscall.EPIPE) {
		return err
	}
	return ended{statusUsage, fmt.Errorf("standard output cannot be written: %w", o.err)}
}
