// Package exit holds what a command ends with: the exit statuses, the errors
// that carry one, and the remedies that this program knows for what libraries
// report.
package exit

import (
	"errors"
	"fmt"
)

// The exit statuses of every command.
const (
	StatusDone      = 0 // done, or passed
	StatusNo        = 1 // it ran, and the answer is no
	StatusUsage     = 2 // wrong usage, or the machine does not allow it
	StatusUntrusted = 3 // the result cannot be trusted
)

// statusError ends a command with a status. A nil err prints nothing: the
// command has said what there was to say.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

// Usage is the error of a command that was told something it cannot do, or
// whose environment lacks something: status 2. An error of a library that is
// wrapped with %w gets the remedy there is for it.
func Usage(format string, args ...any) error {
	return &statusError{StatusUsage, fmt.Errorf(format, args...)}
}

// Failed is the error of a command that ran and whose answer is no: status 1.
func Failed(format string, args ...any) error {
	return &statusError{StatusNo, fmt.Errorf(format, args...)}
}

// Untrusted is the error of a command whose result cannot be trusted, because
// of this host and not of what was tested: status 3.
func Untrusted(format string, args ...any) error {
	return &statusError{StatusUntrusted, fmt.Errorf(format, args...)}
}

// Quietly is a status without a message, for commands that have printed why;
// nil for StatusDone.
func Quietly(status int) error {
	if status == StatusDone {
		return nil
	}
	return &statusError{status: status}
}

// Status is the exit status err stands for; an error that names none is one of
// usage or environment.
func Status(err error) int {
	var s *statusError
	switch {
	case err == nil:
		return StatusDone
	case errors.As(err, &s):
		return s.status
	default:
		return StatusUsage
	}
}
