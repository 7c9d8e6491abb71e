package command

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/watch"
)

// Begin says on standard error what a command does, on what and until when, so
// that it is never silent, and shows on a terminal once a second how far it is.
// The function it returns ends that; live may be nil.
func Begin(c *cli.Context, what string, live func() string) (end func()) {
	says := Messages(c)
	says.Note("%s", what)
	if live == nil || !says.IsLive() {
		return func() {}
	}
	began := time.Now()
	stop := watch.Every(time.Second, func() {
		says.Live("%s  %s", time.Since(began).Round(time.Second), live())
	})
	return func() {
		stop()
		says.Clear()
	}
}

// Until is when a run of so many things, or of a duration, ends.
func Until(count uint64, thing string, d time.Duration) string {
	switch {
	case count > 0 && d > 0:
		return fmt.Sprintf("up to %s or %v", show.Count(count, thing), d)
	case count > 0:
		return "up to " + show.Count(count, thing)
	case d > 0:
		return fmt.Sprintf("for %v", d)
	}
	return "until stopped"
}
