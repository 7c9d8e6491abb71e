package main

import (
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/outfile"
	"eterm/cmd/eterm/internal/show"
	"eterm/iface/linktest"
)

func linkCommand() *cli.Command {
	return &cli.Command{
		Name:  "link",
		Usage: "test a link: does every frame arrive, in order, unchanged, how late, and if not, where did it go",
		Description: "One way: \"link receive\" on one machine, \"link send\" on the other. Nothing goes back, so it works over\n" +
			"a data diode, one fibre or a mirror port too.\n" +
			"Both ways: \"link receive\" or \"respond\" on one machine, \"link run\" on the other.\n" +
			"One machine: \"link run --tx eth1 --rx eth2\", which measures true one-way delay.",
		Subcommands: []*cli.Command{linkReceiveCommand(), linkSendCommand(), linkRunCommand()},
	}
}

// loadOn is what flags ask to be offered on an interface that is not open yet.
func loadOn(c *cli.Context, f *args.Load, name string) (linktest.Load, error) {
	on, err := describe(c, name)
	if err != nil {
		return linktest.Load{}, err
	}
	return f.Value(on, float64(on.About.Speed))
}

// linkPrinter is where a link test prints, as flags say it.
type linkPrinter struct {
	show.Link
	json, quiet bool
	file        string
	results     *os.File
}

func (o *linkPrinter) flags() []cli.Flag {
	return []cli.Flag{
		args.JSONFlag(&o.json),
		args.QuietFlag(&o.quiet, "print nothing while the test runs"),
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: &o.file, Usage: "write results, as JSON, to a new `FILE` too"},
	}
}

// open must be called before anything is sent.
func (o *linkPrinter) open(c *cli.Context) (err error) {
	o.JSON, o.Quiet = o.json, o.quiet
	var results io.Writer
	if o.file != "" {
		if o.results, err = newFile(o.file); err != nil {
			return err
		}
		results = o.results
	}
	o.Open(output(c), messages(c), results)
	return nil
}

func (o *linkPrinter) close(c *cli.Context) error {
	messages(c).Clear()
	if o.results == nil {
		return nil
	}
	return outfile.Finish(o.results) // without a reply there is no result
}
