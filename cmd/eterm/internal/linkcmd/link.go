// Package linkcmd is eterm link: tests of a link or a path by marked frames.
package linkcmd

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/frame/probe"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/linktest"
)

// Command is eterm link.
func Command() *cli.Command {
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
// Its marks are sealed with the key that a file or the environment has.
func loadOn(c *cli.Context, f *args.Load, name, keyFile string) (l linktest.Load, err error) {
	on, err := command.Describe(c, name)
	if err == nil {
		l, err = f.Value(on, float64(on.About.Speed))
	}
	if err == nil {
		l.Key, err = command.SharedKey(keyFile)
	}
	if err == nil {
		if err = l.CheckSizes(on.About.MTU); err != nil {
			err = exit.Usage("%w", err)
		}
	}
	return l, err
}

// Printer is where a link test prints, as flags say it.
type Printer struct {
	show.Link
	AsJSON, quiet bool
	file          string
	kept          *command.Kept
	bridges       *show.Bridges
	messages      *show.Messages
	early         func() bool // whether less was measured than asked for
}

func (o *Printer) flags() []cli.Flag {
	return []cli.Flag{
		args.JSONFlag(&o.AsJSON),
		args.QuietFlag(&o.quiet, "print nothing while the test runs"),
		command.OutputFlag(&o.file),
	}
}

// Open must be called before anything is sent; ports are those of the test.
func (o *Printer) Open(c *cli.Context, ports ...result.Port) (err error) {
	o.bridges, o.messages = show.LookForBridges(iface.BridgeSettings), command.Messages(c)
	o.JSON, o.Quiet = o.AsJSON, o.quiet || c.Bool("watch")
	if o.kept, err = command.Keep(c, result.KindLink, o.file, o.AsJSON, ports...); err != nil {
		return err
	}
	if o.early == nil {
		o.early = func() bool { return false }
	}
	o.Link.Open(command.Output(c), command.Messages(c), o.keep)
	return nil
}

// offers says in the document what is to be offered.
func (o *Printer) offers(l linktest.Load, direction string) {
	load := &result.Load{Sizes: append([]int{}, l.Sizes...), Frames: l.Count, DurationNS: l.Duration.Nanoseconds(), Streams: max(1, l.Streams), Direction: direction}
	if !math.IsInf(l.Rate, 1) {
		load.FramesPerS = l.Rate
	}
	if l.Dst != nil {
		load.Destination = l.Dst.String()
	}
	for _, v := range l.VLANs {
		load.VLANs = append(load.VLANs, fmt.Sprintf("%d:%d", v.PCP, v.ID))
	}
	switch {
	case l.IP != nil && l.IP.ICMP:
		load.Carrier = fmt.Sprintf("ICMP echo %v to %v", l.IP.Src, l.IP.Dst)
	case l.IP != nil:
		load.Carrier = fmt.Sprintf("UDP %v to %v", l.IP.Src, l.IP.Dst)
	default:
		load.Carrier = fmt.Sprintf("EtherType %#04x", cmp.Or(l.EtherType, probe.EtherType))
	}
	o.kept.Doc.Load = load
}

// follow takes what a run has counted each second, as intervals of its document
// and as text, until the function that it returns is called.
func (o *Printer) follow(session uint32, soFar stats.Source) (stop func()) {
	return o.kept.Follow(soFar, func(_ time.Time, all []stats.SoFar) { o.SoFar(session, all) })
}

// keep makes a document of a result.
func (o *Printer) keep(t linktest.Total) error {
	o.bridges.Link(t, o.messages)
	v := t.Verdict
	return o.kept.Write(o.early(), &t, result.Verdict{Status: v.Status, Exceeded: v.Exceeded, Untrusted: v.Untrusted})
}

// close ends the document's file. cause is what the command ends with: where
// nothing was measured, it is what the document says.
func (o *Printer) close(c *cli.Context, cause error) error {
	command.Messages(c).Clear()
	if !o.kept.Written {
		return o.kept.End(true, nil, nil, cause)
	}
	return o.kept.Close(nil, cause)
}
