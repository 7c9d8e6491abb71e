package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/watch"
	"eterm/cmd/internal/result"
	"eterm/frame/stats"
	"eterm/iface"
)

// kept is the document that a measurement ends in, and where it is kept.
type kept struct {
	doc  *result.Document
	file *result.File // nil: nowhere
	c    *cli.Context
	json bool
	// written says that doc is a document that is complete.
	written bool
	screen  *watch.Screen // of --watch
	// Of the run that the next document is of, where there are several: when it
	// began, and how it went.
	began     time.Time
	intervals []result.Interval
}

// outputFlag is where the document goes.
func outputFlag(dst *string) cli.Flag {
	return &cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: dst, Usage: "keep the result in a new `FILE` too (eterm report, eterm compare)"}
}

// keep begins the document of a run, and its file unless output is empty. It is
// called when the ports are open and privileges are not given up yet. What the
// document will hold is printed too, as the last object, if asJSON.
func keep(c *cli.Context, kind result.Kind, output string, asJSON bool, ports ...result.Port) (*kept, error) {
	words, _ := c.App.Metadata[wordsKey].([]string)
	k := &kept{doc: result.New(kind, words, time.Now()), c: c, json: asJSON}
	k.doc.Ports = append(k.doc.Ports, ports...)
	if output == "" {
		return k, nil
	}
	f, err := newFile(output)
	if err != nil {
		return nil, err
	}
	if k.file, err = result.Begin(f, k.doc); err != nil {
		return nil, exit.Usage("the result could not be kept: %w", err)
	}
	return k, nil
}

// Where an App has the words that it was called with, what the command has given
// up, and, with --watch, what ends it as Ctrl-C does.
const (
	wordsKey   = "words"
	sandboxKey = "sandbox"
	quitKey    = "quit"
)

// screen is that of --watch, to be closed before anything is printed; nil without.
func screen(c *cli.Context) *watch.Screen {
	quit, ok := c.App.Metadata[quitKey].(context.CancelFunc)
	if !ok {
		return nil
	}
	words, _ := c.App.Metadata[wordsKey].([]string)
	s, err := watch.Open(watch.Options{Title: "eterm " + strings.Join(words, " "), Out: output(c), Says: messages(c), Quit: quit})
	if err != nil {
		note(c, "there is no screen: %v", err)
	}
	return s
}

// portAs describes a port for a document. What cannot be described has its name
// at least.
func portAs(role, name string) result.Port {
	about, err := iface.Describe(name)
	if err != nil {
		about = iface.Info{Name: name}
	}
	return result.PortOf(role, about)
}

// end completes the document with what the run came to, keeps it and prints it.
// early says that less was measured than asked for; body is nil if nothing was.
// exceeded is what was not as it should be; if it is empty, what cause says.
// It returns cause, which is what the command ends with, or why the document
// could not be kept.
func (k *kept) end(early bool, body any, exceeded []string, cause error) error {
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
	return k.close(k.write(early || body == nil, body, v), cause)
}

// write keeps and prints a document with a verdict that a library has passed.
// Of further documents each is of a run of its own, with an id of its own.
func (k *kept) write(early bool, body any, v result.Verdict) error {
	if k.written {
		next := result.New(k.doc.Kind, k.doc.Args, time.Now())
		next.Ports, next.Load = k.doc.Ports, k.doc.Load
		k.doc = next
	}
	k.written = true
	if !k.began.IsZero() {
		k.doc.Started, k.doc.Intervals = k.began.UTC(), k.intervals
		k.began = time.Time{}
	}
	k.doc.Host.Sandbox, _ = k.c.App.Metadata[sandboxKey].(string)
	k.doc.End(time.Now(), early, body, v)
	if k.json && body != nil {
		_ = output(k.c).JSON(k.doc) // the Output keeps its error
	}
	if k.file == nil {
		return nil
	}
	return k.file.Write(k.doc)
}

// close closes the file; err is what keeping ended with so far. It returns
// cause, or why nothing was kept.
func (k *kept) close(err, cause error) error {
	if k.file != nil {
		err = errors.Join(err, k.file.Close())
	}
	if err != nil && exit.Status(cause) != exit.StatusUsage {
		return exit.Usage("the result could not be kept: %w", err)
	}
	return cause
}

// stopped says whether a run was ended by its user before its own end, if it
// has one.
func stopped(c *cli.Context, bounded bool) bool { return bounded && c.Context.Err() != nil }

// follow takes what a run has counted each second, as intervals of its document
// and for whoever else wants it, until the function that it returns is called.
func (k *kept) follow(soFar stats.Source, also ...watch.Taker) (stop func()) {
	all := result.NewCollector(time.Now())
	k.screen = screen(k.c)
	end := watch.Follow(soFar, append([]watch.Taker{all.Add, k.screen.Take}, also...)...)
	return func() {
		end()
		k.screen.Close()
		all.Add(time.Now(), soFar())
		k.doc.Intervals = all.Intervals()
	}
}
