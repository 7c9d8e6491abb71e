package command

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/cmd/internal/watch"
	"eterm/frame/stats"
	"eterm/iface"
)

// Kept is the document that a measurement ends in, and where it is kept.
type Kept struct {
	Doc  *result.Document
	file *result.File // nil: nowhere
	c    *cli.Context
	json bool
	// Written says that doc is a document that is complete.
	Written bool
	Screen  *watch.Screen // of --watch
	// Of the run that the next document is of, where there are several: when it
	// began, and how it went.
	Began     time.Time
	Intervals []result.Interval
}

// OutputFlag is where the document goes.
func OutputFlag(dst *string) cli.Flag {
	return &cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: dst, Usage: "keep the result in a new `FILE` too (eterm report, eterm compare)"}
}

// Keep begins the document of a run, and its file unless output is empty. It is
// called when the ports are open and privileges are not given up yet. What the
// document will hold is printed too, as the last object, if asJSON.
func Keep(c *cli.Context, kind result.Kind, output string, asJSON bool, ports ...result.Port) (*Kept, error) {
	words, _ := c.App.Metadata[WordsKey].([]string)
	k := &Kept{Doc: result.New(kind, words, time.Now()), c: c, json: asJSON}
	k.Doc.Ports = append(k.Doc.Ports, ports...)
	if output == "" {
		return k, nil
	}
	f, err := NewFile(output)
	if err != nil {
		return nil, err
	}
	if k.file, err = result.Begin(f, k.Doc); err != nil {
		return nil, exit.Usage("the result could not be kept: %w", err)
	}
	return k, nil
}

// Where an App has the words that it was called with, what the command has given
// up, and, with --watch, what ends it as Ctrl-C does.
const (
	WordsKey   = "words"
	sandboxKey = "sandbox"
	quitKey    = "quit"
)

// Screen is that of --watch, to be closed before anything is printed; nil without.
func Screen(c *cli.Context) *watch.Screen {
	quit, ok := c.App.Metadata[quitKey].(context.CancelFunc)
	if !ok {
		return nil
	}
	words, _ := c.App.Metadata[WordsKey].([]string)
	s, err := watch.Open(watch.Options{Title: "eterm " + strings.Join(words, " "), Quit: quit,
		Hold: func(tell func(string)) func() { return show.Hold(Output(c), Messages(c), tell) }})
	if err != nil {
		Note(c, "there is no screen: %v", err)
	}
	return s
}

// PortAs describes a port for a document. What cannot be described has its name
// at least.
func PortAs(role, name string) result.Port {
	about, err := iface.Describe(name)
	if err != nil {
		about = iface.Info{Name: name}
	}
	return result.PortOf(role, about)
}

// End completes the document with what the run came to, keeps it and prints it.
// early says that less was measured than asked for; body is nil if nothing was.
// exceeded is what was not as it should be; if it is empty, what cause says.
// It returns cause, which is what the command ends with, or why the document
// could not be kept.
func (k *Kept) End(early bool, body any, exceeded []string, cause error) error {
	v := result.Verdict{Status: exit.Status(cause), Exceeded: exceeded}
	text := ""
	if cause != nil {
		text = exit.Message(cause)
	}
	switch {
	case v.Status == exit.StatusUntrusted && text != "":
		v.Untrusted = []string{text}
	case v.Status != exit.StatusDone && len(exceeded) == 0 && text != "":
		v.Exceeded = []string{text}
	}
	return k.Close(k.Write(early || body == nil, body, v), cause)
}

// Write keeps and prints a document with a verdict that a library has passed.
// Of further documents each is of a run of its own, with an id of its own.
func (k *Kept) Write(early bool, body any, v result.Verdict) error {
	if k.Written {
		next := result.New(k.Doc.Kind, k.Doc.Args, time.Now())
		next.Ports, next.Load = k.Doc.Ports, k.Doc.Load
		k.Doc = next
	}
	k.Written = true
	if !k.Began.IsZero() {
		k.Doc.Started, k.Doc.Intervals = k.Began.UTC(), k.Intervals
		k.Began = time.Time{}
	}
	k.Doc.Host.Sandbox, _ = k.c.App.Metadata[sandboxKey].(string)
	k.Doc.End(time.Now(), early, body, v)
	if k.json && body != nil {
		_ = Output(k.c).JSON(k.Doc) // the Output keeps its error
	}
	if k.file == nil {
		return nil
	}
	return k.file.Write(k.Doc)
}

// Close closes the file; err is what keeping ended with so far. It returns
// cause, or why nothing was kept.
func (k *Kept) Close(err, cause error) error {
	if k.file != nil {
		err = errors.Join(err, k.file.Close())
	}
	if err != nil && exit.Status(cause) != exit.StatusUsage {
		return exit.Usage("the result could not be kept: %w", err)
	}
	return cause
}

// Stopped says whether a run was ended by its user before its own end, if it
// has one.
func Stopped(c *cli.Context, bounded bool) bool { return bounded && c.Context.Err() != nil }

// Follow takes what a run has counted each second, as intervals of its document
// and for whoever else wants it, until the function that it returns is called.
func (k *Kept) Follow(soFar stats.Source, also ...watch.Taker) (stop func()) {
	all := result.NewCollector(time.Now())
	k.Screen = Screen(k.c)
	end := watch.Follow(soFar, append([]watch.Taker{all.Add, k.Screen.Take}, also...)...)
	return func() {
		end()
		k.Screen.Close()
		all.Add(time.Now(), soFar())
		k.Doc.Intervals = all.Intervals()
	}
}
