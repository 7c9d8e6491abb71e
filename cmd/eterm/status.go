package main

import (
	"errors"
	"fmt"
	"strings"
)

// The exit statuses of every command.
const (
	statusDone      = 0
	statusNo        = 1
	statusUsage     = 2
	statusUntrusted = 3
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

// usage is the error of a command that was told something it cannot do, or
// whose environment lacks something: status 2.
func usage(format string, args ...any) error {
	return &statusError{statusUsage, fmt.Errorf(format, args...)}
}

// failed is the error of a command that ran and whose answer is no: status 1.
func failed(format string, args ...any) error {
	return &statusError{statusNo, fmt.Errorf(format, args...)}
}

// untrusted is the error of a command whose result cannot be trusted, because
// of this host and not of what was tested: status 3.
func untrusted(format string, args ...any) error {
	return &statusError{statusUntrusted, fmt.Errorf(format, args...)}
}

// quietly is a status without a message, for commands that have printed why.
func quietly(status int) error {
	if status == statusDone {
		return nil
	}
	return &statusError{status: status}
}

// statusOf is the exit status err stands for; an error that names none is one
// of usage or environment.
func statusOf(err error) int {
	var s *statusError
	switch {
	case err == nil:
		return statusDone
	case errors.As(err, &s):
		return s.status
	default:
		return statusUsage
	}
}

// oneLine keeps an error on one line and free of control characters, whatever
// it quotes.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return ' '
		}
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return '.'
		}
		return r
	}, strings.TrimSpace(s))
}

// isAny says whether err is one of the errors given.
func isAny(err error, targets ...error) bool {
	for _, t := range targets {
		if errors.Is(err, t) {
			return true
		}
	}
	return false
}
