package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/sandbox"
	"eterm/iface/impair"
	"eterm/iface/lab"

	"github.com/urfave/cli/v2"
)

// labOptions are the flags of eterm lab.
type labOptions struct {
	left, right string
	shell       string
	json, all   bool
	wire        args.Wire
	middle      string
}

// What the hosts do where nothing else is said: only the frames that it is about are
// shown, or with --all those too that the hosts' kernels send by themselves.
const (
	defaultLeft, defaultRight = "exchange -c 3 --only 0x88b5", "listen -t 0x88b5 -c 3"
	allLeft, allRight         = "exchange -c 3", "listen -d 4"
)

func labCommand() *cli.Command {
	var o labOptions
	return &cli.Command{
		Name:  "lab",
		Usage: "try eterm on two virtual hosts, without root and without a second machine",
		UsageText: "eterm lab                                          (three frames from left to right)\n" +
			"eterm lab --left \"ping 192.0.2.2 -c3\" --right \"listen -d 4\"\n" +
			"eterm lab --shell left                             (a shell on the left host)\n" +
			"eterm lab --shell left --right respond             (with something on the right to talk to)\n" +
			"eterm lab --switch \"left=1,20t right=20\" --left \"exchange -c3 -Q 20\"\n" +
			"eterm lab --loss 1% --delay 2ms --left \"exchange -c9\" --right \"listen -d 12\"",
		Description: "Makes two hosts, left (192.0.2.1, 2001:db8::1) and right (192.0.2.2, 2001:db8::2),\n" +
			"each with an interface eth0, joined by a Linux bridge. Runs an eterm command line on each,\n" +
			"right first, and prints what they say with \"left | \" and \"right | \" in front.\n" +
			"Ends when both end, with the worst exit status. Leaves nothing behind.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "left", Value: defaultLeft, Destination: &o.left, Usage: "run eterm `COMMAND` on the left host"},
			&cli.StringFlag{Name: "right", Value: defaultRight, Destination: &o.right, Usage: "run eterm `COMMAND` on the right host"},
			&cli.StringFlag{Name: "shell", Destination: &o.shell, Usage: "open a shell on `HOST`, left or right; --left and --right, where given, run beside it"},
			&cli.BoolFlag{Name: "all", Destination: &o.all, Usage: "show the frames too that the hosts' kernels send by themselves, where --left and --right are not given"},
			&cli.StringFlag{Name: "switch", Destination: &o.middle, Usage: "join the hosts by a switch of our own, set as `SPEC` says: own, ageing=10s, addresses=64, left=1,20t and right=20 (VLANs, t is tagged), in one word with blanks"},
			args.JSONFlag(&o.json),
		}, o.wire.Flags()...),
		Action: func(c *cli.Context) error { return o.run(c) },
	}
}

func (o *labOptions) run(c *cli.Context) error {
	left, right, err := o.commandLines(c)
	if err != nil {
		return err
	}
	forward, wired, err := o.wire.Config(0)
	if err != nil {
		return err
	}
	own, err := lab.ParseSwitch(o.middle)
	if err != nil {
		return exit.Usage("--switch: %w", err)
	}
	if !lab.Entered() {
		return o.enter(c)
	}
	if err := lab.Finish(); err != nil {
		return err
	}
	bench, err := lab.NewBench()
	if err != nil {
		return err
	}
	defer bench.Close()
	commands := lab.Commands{Left: left, Right: right, Env: command.Output(c).HostEnv(o.json), Line: func(host string, stderr bool, line []byte) {
		command.Output(c).HostLine(host, stderr, line, command.Messages(c), o.json)
	}}
	run := func() error { return o.runCommands(c, bench, commands) }
	if wired {
		return o.overWire(c, bench, forward, run)
	}
	if o.middle != "" {
		return overSwitch(bench, own, run)
	}
	if err := bench.Bridge(); err != nil {
		return err
	}
	return run()
}

// overSwitch joins the hosts by a switch of our own while run runs.
func overSwitch(bench *lab.Bench, s lab.SwitchSpec, run func() error) error {
	stop, err := bench.OwnSwitch(s)
	if err != nil {
		return err
	}
	runErr := run()
	dropped, err := stop()
	if err == nil && dropped > 0 {
		err = exit.Untrusted("this host lost %s beside the switch", show.Count(dropped, "frame"))
	}
	return errors.Join(runErr, err)
}

// runCommands runs what was asked for on the hosts, which are joined.
func (o *labOptions) runCommands(c *cli.Context, bench *lab.Bench, commands lab.Commands) error {
	if o.shell != "" {
		return runShell(c, bench, o.shell, commands)
	}
	status, err := bench.Run(c.Context, commands)
	if err != nil {
		return err
	}
	return exit.Quietly(status)
}

// overWire joins the hosts by a wire with faults while run runs, and prints
// what the wire did.
func (o *labOptions) overWire(c *cli.Context, bench *lab.Bench, forward impair.Config, run func() error) error {
	reverse, _, err := o.wire.Config(1)
	if err != nil {
		return err
	}
	stop, err := bench.Wire(forward, reverse)
	if err != nil {
		return err
	}
	runErr := run()
	did, err := stop()
	if err := errors.Join(err, command.Output(c).Wire(o.wire.Seed, did, o.json)); err != nil {
		return errors.Join(runErr, err)
	}
	return runErr
}

// commandLines checks the flags. Beside a shell only what was asked for runs.
func (o *labOptions) commandLines(c *cli.Context) (left, right []string, err error) {
	if o.shell != "" && o.shell != "left" && o.shell != "right" {
		return nil, nil, exit.Usage("there is no host %q: --shell takes left or right", o.shell)
	}
	if o.all {
		o.left, o.right = allLeft, allRight
	}
	if left, err = commandLine("left", o.left); err != nil {
		return nil, nil, err
	}
	if right, err = commandLine("right", o.right); err != nil {
		return nil, nil, err
	}
	if o.shell != "" && !c.IsSet("left") {
		left = nil
	}
	if o.shell != "" && !c.IsSet("right") {
		right = nil
	}
	return left, right, nil
}

// commandLine is what a host is to run, if it can be understood: a lab is made
// for nothing else.
func commandLine(host, text string) ([]string, error) {
	words, err := args.SplitWords(text)
	if err != nil {
		return nil, exit.Usage("--%s %s: %w", host, text, err)
	}
	app := newApp(nil, nil, nil)
	line, err := args.Normalise(app, append([]string{app.Name}, words...))
	if err != nil {
		return nil, exit.Usage("--%s %q: %w", host, text, err)
	}
	if len(words) > 0 && args.Named(app.Commands, line.Words[1]) == nil {
		return nil, exit.Usage("--%s %q: unknown command %q: %seterm --help lists all", host, text, line.Words[1], args.Suggest(app.Commands, line.Words[1]))
	}
	return words, nil
}

// enter runs this command again in namespaces of its own.
func (o *labOptions) enter(c *cli.Context) error {
	args := []string{"lab"}
	for _, name := range c.FlagNames() {
		if c.IsSet(name) {
			args = append(args, fmt.Sprintf("--%s=%v", name, c.Value(name)))
		}
	}
	if err := sandbox.ForLab(); err != nil {
		return exit.Usage("give up privileges before the lab: %w", err)
	}
	cmd := lab.Command(args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.App.Reader, show.Unwrap(c.App.Writer), show.Unwrap(c.App.ErrWriter)
	if o.shell == "" {
		cmd.Stdin = nil
		// An interrupt from the terminal reaches the lab once, through us.
		cmd.SysProcAttr.Setpgid = true
	}
	status, err := lab.Enter(c.Context, cmd)
	if err != nil {
		return exit.Usage("%w", err)
	}
	return exit.Quietly(status)
}

// runShell opens a shell on a host; the commands run until it ends.
func runShell(c *cli.Context, bench *lab.Bench, host string, commands lab.Commands) error {
	ctx, cancel := context.WithCancel(c.Context)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := bench.Run(ctx, commands)
		done <- err
	}()
	shell := os.Getenv("SHELL")
	if shell == "" {
		shell = "/bin/sh"
	}
	if exe, err := os.Executable(); err == nil {
		os.Setenv("PATH", filepath.Dir(exe)+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	status, err := bench.Host(host).Shell(c.Context, []string{shell})
	cancel()
	if runErr := <-done; err == nil {
		err = runErr
	}
	if err != nil {
		return err
	}
	return exit.Quietly(status)
}
