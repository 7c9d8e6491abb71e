package benchcmd

import (
	"net"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/report"
	"eterm/cmd/internal/result"
	"eterm/cmd/internal/sandbox"
	"eterm/iface/suite"
)

// resumer is eterm bench resume.
type resumer struct {
	json, quiet, accept, force bool
	key                        string
	color                      args.When
}

func benchResumeCommand() *cli.Command {
	r := &resumer{color: "auto"}
	return &cli.Command{
		Name:        "resume",
		Usage:       "go on with a benchmark that was interrupted",
		UsageText:   "eterm bench resume sw1",
		ArgsUsage:   "DIR   where the run is kept",
		Description: "Nothing that was measured is measured again but one trial that passed: if it loses now, the device is another.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "accept-change", Destination: &r.accept, Usage: "go on although the device is not what it was"},
			args.ForceFlag(&r.force, "use a port although the default route is on it"),
			command.KeyFlag(&r.key),
			args.JSONFlag(&r.json),
			args.WatchFlag(),
			args.QuietFlag(&r.quiet, "no progress"),
			args.ColorFlag(&r.color),
		},
		Action: r.run,
	}
}

func (r *resumer) run(c *cli.Context) error {
	dir, err := oneDirectory(c)
	if err != nil {
		return err
	}
	var directory *suite.Directory
	var past suite.Past
	err = sandbox.AsUser(func() (err error) {
		directory, past, err = suite.OpenDirectory(dir)
		return err
	})
	if err != nil {
		return exit.Usage("%w", err)
	}
	if past.Torn > 0 {
		command.Note(c, "the journal ended in the middle of a line: %d bytes of it are left out", past.Torn)
	}
	w := &benchRun{c: c, header: past.Header, dir: dir, json: r.json, quiet: r.quiet, directory: directory, color: show.UseColor(string(r.color), c.App.Writer)}
	defer w.close()
	if err := r.same(c, w); err != nil {
		return err
	}
	command.Note(c, "%d trials were made until %s", len(past.Trials), past.Last.Local().Format("2006-01-02 15:04"))
	if err := w.open(); err != nil {
		return err
	}
	return w.run(past.Trials, r.accept)
}

// same refuses ports that are not what they were. Between two machines it finds
// the peer again.
func (r *resumer) same(c *cli.Context, w *benchRun) error {
	h, named := w.header, map[string]suite.PortID{}
	for _, p := range h.Ports {
		named[p.Role] = p
	}
	var now describedPorts
	var err error
	if near, between := named[roleNear]; between {
		if now, err = nearPort(c, near.Name, r.force); err == nil {
			err = r.meet(c, w, named[rolePeer].MAC, &now)
		}
	} else {
		now, err = benchPorts(c, named[roleTX].Name, named[roleRX].Name, named[roleWatch].Name, r.force)
	}
	if err != nil {
		return err
	}
	for i, p := range now.ids() {
		if was := h.Ports[i]; was != p {
			return exit.Usage("%s is not the port that it was (%s %s %d bit/s, now %s %s %d bit/s): begin a new run", p.Name, was.MAC, was.Driver, was.SpeedBPS, p.MAC, p.Driver, p.SpeedBPS)
		}
	}
	return nil
}

// meet finds the peer of the run.
func (r *resumer) meet(c *cli.Context, w *benchRun, mac string, now *describedPorts) error {
	key, err := command.SharedKey(r.key)
	if err != nil {
		return err
	}
	to, err := net.ParseMAC(mac)
	if err != nil {
		return exit.Usage("the journal has no address of a peer: %w", err)
	}
	var about suite.About
	if w.machines, about, err = reachPeer(c, now.tx.Name, to, w.header.Frames, key, w.header.Plan.Seed); err != nil {
		return err
	}
	now.take(about, w.machines)
	return nil
}

func oneDirectory(c *cli.Context) (string, error) {
	if c.NArg() != 1 {
		return "", exit.Usage("name one directory that a benchmark was kept in")
	}
	return c.Args().First(), nil
}

// benchReporter is eterm bench report.
type benchReporter struct {
	format string
	color  args.When
}

func benchReportCommand() *cli.Command {
	r := &benchReporter{format: "text", color: "auto"}
	return &cli.Command{
		Name:      "report",
		Usage:     "show what a benchmark has found, also while it runs",
		UsageText: "eterm bench report sw1\neterm bench report sw1 --format csv",
		ArgsUsage: "DIR   where the run is kept",
		Flags: []cli.Flag{
			args.Default(args.ChoiceFlag("format", &r.format, "print `FORMAT`", "text", "html", "json", "csv", "junit", "markdown"), "text"),
			args.ColorFlag(&r.color),
		},
		Action: r.run,
	}
}

func (r *benchReporter) run(c *cli.Context) error {
	dir, err := oneDirectory(c)
	if err != nil {
		return err
	}
	past, err := suite.ReadDirectory(dir)
	if err != nil {
		return exit.Usage("%w", err)
	}
	if err := command.AtWorkReading(c, ""); err != nil {
		return err
	}
	found := past.Reckon()
	doc := documentOf(past, found)
	docs := []*result.Document{doc}
	switch r.format {
	case "html":
		err = report.HTML(c.App.Writer, docs)
	case "json":
		err = command.Output(c).JSON(doc)
	case "csv":
		err = report.CSV(c.App.Writer, docs)
	case "junit":
		err = report.JUnit(c.App.Writer, docs)
	case "markdown":
		err = report.Markdown(c.App.Writer, docs)
	default:
		err = show.Bench(command.Output(c), found, show.UseColor(string(r.color), c.App.Writer))
	}
	if err != nil {
		return err
	}
	return exit.Quietly(found.Verdict.Status)
}

// documentOf is the document of what is in a journal.
func documentOf(past suite.Past, found suite.Result) *result.Document {
	doc := result.New(result.KindBench, nil, past.Started)
	for _, p := range past.Header.Ports {
		doc.Ports = append(doc.Ports, result.Port{Role: p.Role, Name: p.Name, MAC: p.MAC, Driver: p.Driver, SpeedBPS: p.SpeedBPS, MTU: p.MTU})
	}
	doc.End(past.Last, found.State != "done", &found, verdictOf(found))
	return doc
}

// benchComparer is eterm bench compare.
type benchComparer struct {
	minEffect, failOn string
	json              bool
}

func benchCompareCommand() *cli.Command {
	b := &benchComparer{minEffect: "0%"}
	return &cli.Command{
		Name:      "compare",
		Usage:     "say by what one device differs from another",
		UsageText: "eterm bench compare sw1 sw2\neterm bench compare before after --min-effect 1% --fail-on worse",
		ArgsUsage: "A B   directories of two benchmarks made alike, best with --repeat 5",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "min-effect", Destination: &b.minEffect, Value: "0%", Usage: "take differences below `SHARE` for none"},
			args.ChoiceFlag("fail-on", &b.failOn, "status 1 if a figure of the second is `WORD`", "worse", "different"),
			args.JSONFlag(&b.json),
		},
		Action: b.run,
	}
}

func (b *benchComparer) run(c *cli.Context) error {
	if c.NArg() != 2 {
		return exit.Usage("bench compare takes two directories and was given %d", c.NArg())
	}
	effect, err := args.ParseRatio(b.minEffect)
	if err != nil {
		return exit.Usage("--min-effect: %w", err)
	}
	var sides []suite.Result
	for _, dir := range c.Args().Slice() {
		past, err := suite.ReadDirectory(dir)
		if err != nil {
			return exit.Usage("%w", err)
		}
		sides = append(sides, past.Reckon())
	}
	if err := command.AtWorkReading(c, ""); err != nil {
		return err
	}
	list, err := suite.Compare(sides[0], sides[1], effect)
	if err != nil {
		return exit.Usage("they were not measured alike: %w", err)
	}
	if err := show.BenchCompare(command.Output(c), list, b.json); err != nil {
		return err
	}
	cannot := 0
	for _, d := range list {
		switch {
		case d.Verdict == suite.IsWorse && b.failOn != "", d.Verdict == suite.IsBetter && b.failOn == "different":
			return exit.Failed("%s: %s", d.Row, d.Words)
		case d.Verdict == suite.CannotCompare:
			cannot++
		}
	}
	if len(list) == 0 || cannot == len(list) {
		return exit.Untrusted("nothing in them can be compared")
	}
	return nil
}
