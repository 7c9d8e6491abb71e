package main

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/internal/report"
	"eterm/cmd/internal/result"
	"eterm/frame/capture"
)

// reporter is eterm report.
type reporter struct {
	html, output         string
	markdown, csv, junit bool
}

func reportCommand() *cli.Command {
	r := &reporter{}
	return &cli.Command{
		Name:  "report",
		Usage: "make a page, Markdown, CSV or JUnit of results",
		UsageText: "eterm report run.json --html run.html      a page to hand on: one file, no scripts\n" +
			"eterm report run.html                      what a page was made of, as Markdown\n" +
			"eterm report *.json --csv -o all.csv       a row for each measurement\n" +
			"eterm report check.json --junit            for CI: a case for each case",
		ArgsUsage: "FILE...   results: of -o, of --json, or pages made of them",
		Description: "Reads what -o and --json of all measuring commands write, and its own pages. Markdown is what it prints if\n" +
			"nothing else is asked for.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "html", Destination: &r.html, Usage: "make a page, in a new `FILE`"},
			&cli.BoolFlag{Name: "markdown", Destination: &r.markdown, Usage: "print Markdown"},
			&cli.BoolFlag{Name: "csv", Destination: &r.csv, Usage: "print a row for each measurement"},
			&cli.BoolFlag{Name: "junit", Destination: &r.junit, Usage: "print XML as CI servers read it"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: &r.output, Usage: "write to a new `FILE` instead of printing"},
		},
		Action: r.run,
	}
}

func (r *reporter) run(c *cli.Context) error {
	if c.NArg() == 0 {
		return exit.Usage("no result given: name files written by -o, by --json, or pages made of them")
	}
	write := report.Markdown
	name := r.output
	switch {
	case r.html != "":
		write, name = report.HTML, r.html
	case r.csv:
		write = report.CSV
	case r.junit:
		write = report.JUnit
	}
	return writing(c, name, c.Args().Slice(), func(w io.Writer, sides []report.Side) error {
		docs, err := report.Documents(sides)
		if err != nil {
			return exit.Usage("%w", err)
		}
		return write(w, docs)
	})
}

// writing reads results and has do write them to a new file, or to standard
// output if name is empty. A file that was not written to its end is removed.
func writing(c *cli.Context, name string, files []string, do func(io.Writer, []report.Side) error) error {
	out := c.App.Writer
	var file *os.File
	if name != "" {
		var err error
		if file, err = command.NewFile(name); err != nil {
			return err
		}
		defer file.Close()
		out = file
	}
	err := reading(c, name, files, func(sides []report.Side) error { return do(out, sides) })
	if file == nil {
		return err
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if exit.Status(err) == exit.StatusUsage || errors.Is(err, capture.ErrInterrupted) {
		_ = os.Remove(name)
	}
	return err
}

// reading gives privileges up and reads the results that files hold, which
// must tell their runs apart.
func reading(c *cli.Context, out string, files []string, do func([]report.Side) error) error {
	if err := command.AtWorkReading(c, out, files...); err != nil {
		return err
	}
	var sides []report.Side
	for _, f := range files {
		docs, err := args.Await(c, f, func() ([]*result.Document, error) { return result.Open(f) })
		switch {
		case exit.Status(err) == exit.StatusUntrusted:
			return err
		case err != nil:
			return exit.Usage("%w", err)
		}
		for _, d := range docs {
			if d.State == result.Running {
				command.Note(c, "%s: the run %.8s never ended, so it has no result", f, d.ID)
			}
		}
		sides = append(sides, report.Side{Name: f, Docs: docs})
	}
	return do(sides)
}

// comparer is eterm compare.
type comparer struct {
	html   string
	json   bool
	anyway bool
	effect float64
	failIf cli.StringSlice
}

func compareCommand() *cli.Command {
	p := &comparer{effect: 100 * report.MinEffect}
	return &cli.Command{
		Name:  "compare",
		Usage: "say whether one result is the same, better or worse than another",
		UsageText: "eterm compare before.json after.json\n" +
			"eterm compare before.json after.json --fail-if 'p99 > +10%' --fail-if 'lost > 0'\n" +
			"eterm compare monday.json tuesday.json wednesday.json          a column for each\n" +
			"eterm compare before.json after.json --html change.html",
		ArgsUsage: "A B [C...]   files of results; several results in one are repetitions",
		Description: "Counts are exact: any change of them is shown. Delays and rates differ by chance from run to run: whether they\n" +
			"changed can be told only of five repetitions of each side or more, in one file a side.",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "fail-if", Destination: &p.failIf, Usage: "status 1 if `CONDITION` holds of the second: 'lost > 0', 'p99 > +10%' (a change)"},
			args.FactorFlag("min-effect", &p.effect, "changes of rates and delays below `PERCENT` are none"),
			&cli.BoolFlag{Name: "anyway", Destination: &p.anyway, Usage: "compare what was not measured alike"},
			&cli.StringFlag{Name: "html", Destination: &p.html, Usage: "make a page too, in a new `FILE`"},
			args.JSONFlag(&p.json),
		},
		Action: p.run,
	}
}

func (p *comparer) run(c *cli.Context) error {
	if c.NArg() < 2 {
		return exit.Usage("compare takes two results or more and was given %d: name their files", c.NArg())
	}
	if !(p.effect >= 0 && p.effect <= 1000) {
		return exit.Usage("--min-effect %v: want a percentage, 0 or more", p.effect)
	}
	conditions, err := report.ParseConditions(p.failIf.Value())
	if err != nil {
		return exit.Usage("--fail-if %w", err)
	}
	compare := func(sides []report.Side) error { return p.compare(c, sides, conditions) }
	if p.html == "" {
		return reading(c, "", c.Args().Slice(), compare)
	}
	return writing(c, p.html, c.Args().Slice(), func(w io.Writer, sides []report.Side) error {
		if err := p.alike(sides); err != nil {
			return err
		}
		if err := report.ComparePage(w, sides, report.Comparisons(sides, p.effect/100)); err != nil {
			return exit.Usage("%w", err)
		}
		return compare(sides)
	})
}

// alike refuses to compare unlike things.
func (p *comparer) alike(sides []report.Side) error {
	if err := report.Alike(sides); err != nil && !p.anyway {
		return exit.Usage("%w: --anyway compares them", err)
	}
	return nil
}

func (p *comparer) compare(c *cli.Context, sides []report.Side, conditions []report.Condition) error {
	if err := p.alike(sides); err != nil {
		return err
	}
	if _, err := report.Documents(sides); err != nil {
		return exit.Usage("%w", err)
	}
	all := report.Comparisons(sides, p.effect/100)
	met, err := report.Met(all, conditions)
	if err != nil {
		return exit.Usage("--fail-if %w", err)
	}
	if p.json {
		err = report.CompareJSON(c.App.Writer, all)
	} else {
		t := report.Changes(sides, all)
		err = command.Output(c).Compared(report.Verdicts(all), t.Head, t.Rows)
	}
	if err != nil {
		return err
	}
	return compared(all, met, len(conditions) > 0)
}

// compared is the status of comparisons; with conditions these alone decide.
func compared(all []*report.Comparison, met []string, conditions bool) error {
	verdict, why := report.Verdict(all)
	switch {
	case why != "":
		return exit.Untrusted("a side cannot be trusted: %s", why)
	case len(met) > 0:
		return exit.Failed("%s", strings.Join(met, "; "))
	case conditions:
		return nil
	case verdict == report.Worse:
		return exit.Quietly(exit.StatusNo)
	case verdict == report.CannotTell:
		return exit.Quietly(exit.StatusUntrusted)
	}
	return nil
}
