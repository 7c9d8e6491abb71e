package args

import (
	"errors"
	"os"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/capture"
)

// Await is what f makes of the input called name. f may wait for whoever
// writes that, for as long as it likes: the first interrupt ends it, and then
// nobody knows what the input would have said.
func Await[T any](c *cli.Context, name string, f func() (T, error)) (T, error) {
	ctx, cancel := capture.Reading(c.Context, nil)
	defer cancel()
	v, err := capture.UnlessEnded(ctx, f)
	if errors.Is(err, capture.ErrInterrupted) {
		err = exit.Untrusted("%s: %w", name, err)
	}
	return v, err
}

// Open opens a file to read. A named pipe opens when somebody writes to it.
func Open(c *cli.Context, name string) (*os.File, error) {
	f, err := Await(c, name, func() (*os.File, error) { return os.Open(name) })
	if err != nil && exit.Status(err) != exit.StatusUntrusted {
		err = exit.Usage("%w", err)
	}
	return f, err
}
