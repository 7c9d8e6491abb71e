// Package command is what every command does around its work: it opens ports,
// gives up privileges, keeps the document of a run, says what happens, and
// receives and records frames.
package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/outfile"
	"eterm/cmd/eterm/internal/show"
	"eterm/frame/capture"
	"eterm/iface"
	"eterm/iface/loop"
	"eterm/iface/talk"
)

// OpenPort opens the interface a command was told to use. It is never guessed.
func OpenPort(c *cli.Context, name string, o iface.Options) (iface.Port, error) {
	port, _, err := open(c, name, o)
	return port, err
}

// OpenControl opens the port on which two eterms talk about a test whose frames go
// over another port of the same interface, in so many VLAN tags.
func OpenControl(name string, tags int) (iface.Port, error) {
	filter, err := talk.Filter(tags)
	if err != nil {
		return nil, err
	}
	port, err := iface.Open(name, iface.Options{Immediate: true, Filter: filter})
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	return port, nil
}

// openWatched is OpenPort for a port that ends a command when its own frames come
// back to it: it would only feed a loop. On the loopback interface they always do.
func openWatched(c *cli.Context, name string, o iface.Options) (iface.Port, error) {
	port, about, err := open(c, name, o)
	if err != nil || about.Type == "loopback" {
		return port, err
	}
	return loop.Watch(port, func(err error) error { return exit.Untrusted("%w", err) }), nil
}

// open opens an interface, and describes it as far as it can be. What about it may
// surprise is said.
func open(c *cli.Context, name string, o iface.Options) (port iface.Port, about iface.Info, err error) {
	if name == "" {
		return nil, about, exit.Usage("no interface given: say -i NAME or set ETERM_INTERFACE (eterm interfaces lists them)")
	}
	if port, err = iface.Open(name, o); err != nil {
		return nil, about, exit.Usage("%w", err)
	}
	if about, err = iface.Describe(port.Name()); err == nil {
		warn(c, about)
	}
	return port, about, nil
}

// Describe looks at the interface a command was told to use, before it is
// opened.
func Describe(c *cli.Context, name string) (args.Described, error) {
	about, err := iface.Describe(name)
	if err == nil {
		return args.Described{About: about}, nil
	}
	port, openErr := OpenPort(c, name, iface.Options{SendOnly: true})
	if openErr != nil {
		return args.Described{}, openErr // it says what there is instead
	}
	return args.Described{}, errors.Join(exit.Usage("%w", err), port.Close())
}

// warn says what about the interface may surprise, and goes on.
func warn(c *cli.Context, about iface.Info) {
	if about.Up && !about.Carrier {
		Note(c, "%s has no carrier: nothing will arrive until the other end is connected and up", about.Name)
	}
	if unseen := show.Unseen(about); unseen != "" {
		Note(c, "%s", unseen)
	}
}

// warnOfVLANFilter says that tagged frames may be missing, where a command that
// takes any frame did not ask for them.
func warnOfVLANFilter(c *cli.Context, port iface.Port) {
	if f, ok := iface.As[iface.VLANFilterer](port); ok && f.FiltersVLANs() {
		Note(c, "the NIC of %s filters VLANs (%s): tagged frames are heard only with --promisc or, in commands that have it, -Q", port.Name(), iface.VLANFilter)
	}
}

// Note tells the person something that is no result and no error.
func Note(c *cli.Context, format string, args ...any) { Messages(c).Note(format, args...) }

// Output is where a command's results go.
func Output(c *cli.Context) *show.Output { return show.To(c.App.Writer) }

// Messages is where a command says what is no result.
func Messages(c *cli.Context) *show.Messages { return show.MessagesTo(c.App.ErrWriter) }

// Untrusted is the status for doubts about a result, with their texts; nil if there
// are none.
func Untrusted(doubts []iface.Doubt) error {
	var all []string
	for _, d := range doubts {
		all = append(all, d.Text)
	}
	if all == nil {
		return nil
	}
	return exit.Untrusted("%s", strings.Join(all, "; "))
}

// Doubted is the status of a result in which silence counts: err, unless the port
// may not have heard all that came.
func Doubted(port iface.Port, err error) error {
	if s := exit.Status(err); s != exit.StatusDone && s != exit.StatusNo {
		return err
	}
	counters, e := port.Counters()
	if e != nil {
		return err
	}
	if doubts := Untrusted(counters.Doubts()); doubts != nil {
		return doubts
	}
	return err
}

// NewFile makes a file for results. It never writes over one.
func NewFile(path string) (*os.File, error) {
	f, err := outfile.Create(path, false)
	if err != nil {
		return nil, exit.Usage("%w: name a new file", err)
	}
	return f, nil
}

// WithDuration ends ctx after d, if d is not 0.
func WithDuration(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d)
}

// NewCapture makes the file of a capture, or the first of several.
func NewCapture(path string, o capture.RecorderOptions) (*capture.Recorder, error) {
	o.Open = func(path string, force bool) (*os.File, error) {
		f, err := outfile.Create(path, force)
		if errors.Is(err, outfile.ErrThere) {
			return nil, fmt.Errorf("%w: --force overwrites it", err)
		}
		return f, err
	}
	return capture.Create(path, o)
}
