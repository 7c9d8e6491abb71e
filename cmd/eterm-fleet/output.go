package main

import (
	"errors"
	"fmt"
	"io"
	"syscall"
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

// failed is the error that a command ends with, that of writing included. A
// reader that went away is none.
func (o *output) failed(err error) error {
	if err != nil && err.Error() != "" || o.err == nil || errors.Is(o.err, syscall.EPIPE) {
		return err
	}
	return ended{statusUsage, fmt.Errorf("standard output cannot be written: %w", o.err)}
}
