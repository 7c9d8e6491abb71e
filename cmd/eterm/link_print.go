package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/frame/probe"
	"eterm/iface/linktest"
)

// linkOutput is where a link test prints: lines while it runs, results at the
// end, those into a file too if asked.
type linkOutput struct {
	json  bool
	quiet bool
	file  string

	mu      sync.Mutex
	out     io.Writer
	results *os.File
	live    *liveLine
	status  int
}

func (o *linkOutput) flags() []cli.Flag {
	return []cli.Flag{
		args.JSONFlag(&o.json),
		args.QuietFlag(&o.quiet, "print nothing while the test runs"),
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: &o.file, Usage: "write results, as JSON, to a new `FILE` too"},
	}
}

// open must be called before anything is sent.
func (o *linkOutput) open(c *cli.Context) (err error) {
	o.out, o.live = c.App.Writer, newLiveLine(c.App.ErrWriter)
	if o.file == "" {
		return nil
	}
	o.results, err = newFile(o.file)
	return err
}

func (o *linkOutput) close() error {
	o.live.clear()
	if o.results == nil {
		return nil
	}
	return o.results.Close()
}

// interval shows how far a test is: in place on a terminal, a line each second
// elsewhere.
func (o *linkOutput) interval(i linkInterval, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.quiet:
	case o.json:
		_, _ = o.out.Write(i.json())
	case o.live.out != nil:
		o.live.show(text)
	default:
		fmt.Fprintf(o.out, "%s  %s\n", time.Now().Format("15:04:05"), text)
	}
}

// result prints one result, which is any of package linktest's as JSON, and what
// text writes.
func (o *linkOutput) result(v any, verdict linktest.Verdict, text func(w io.Writer)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.live.clear()
	o.status = max(o.status, verdict.Status)
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	b = append(b, '\n')
	if o.results != nil {
		if _, err := o.results.Write(b); err != nil {
			return err
		}
	}
	if o.json {
		_, err = o.out.Write(b)
		return err
	}
	text(o.out)
	return nil
}

// printResult writes the account of one direction.
func printResult(w io.Writer, name string, a linktest.Result) {
	line := func(key, format string, args ...any) {
		fmt.Fprintf(w, "  %-11s%s\n", key, oneLine(fmt.Sprintf(format, args...)))
	}
	fmt.Fprintf(w, "%s: %d offered, %d received, %d lost (%s), %d duplicated, %d reordered, %d corrupted\n",
		oneLine(name), a.Offered, a.Received, a.Lost, share(a.Lost, a.Offered), a.Duplicated, a.Reordered, a.Corrupted)
	printSender(line, a)
	if a.Receiver == nil {
		printVerdict(line, a.Verdict)
		return
	}
	r := a.Receiver.Report
	where := a.Where
	line("lost", "%d: refused by the sender's kernel %d, sender's NIC %d, receive socket %d, receiver's NIC %d, on the way %d",
		a.Lost, where.Refused, where.SenderNIC, where.ReceiveSocket, where.ReceiveNIC, where.OnTheWay)
	printLoss(line, r.Loss)
	if a.Duplicated > 0 {
		line("duplicated", "%d, %v to %v after the first", a.Duplicated, ns(r.Late.Min), ns(r.Late.Max))
	}
	if a.Reordered > 0 {
		line("reordered", "%d in %d runs, by up to %d frames and %v", a.Reordered, r.Runs, r.MaxExtent, ns(r.MaxLate))
	}
	printDamage(line, r.Damage)
	if a.Foreign > 0 {
		line("foreign", "%d other frames", a.Foreign)
	}
	printDelay(line, r.Delay)
	if len(r.Each) > 1 {
		for _, s := range r.Each {
			line("stream", "%d: %d expected, %d received, %d lost, %d duplicated, %d reordered", s.Stream, s.Expected, s.Received, s.Loss.Lost, s.Duplicated, s.Reordered)
		}
	}
	printVerdict(line, a.Verdict)
}

type printLine func(key, format string, args ...any)

func printSender(line printLine, a linktest.Result) {
	switch s := a.Sender; {
	case s != nil && s.AskedRate > 0:
		line("offered", "%d of %d intended, %.1f a second where %.1f were asked for, late by p50 %v, p99 %v, max %v", a.Offered, a.Intended, s.OfferedRate, s.AskedRate, s.Late.P50, s.Late.P99, s.Late.Max)
	case s != nil:
		line("offered", "%d, %.1f a second, as fast as the port took them", a.Offered, s.OfferedRate)
	case a.OfferedKnown == "end":
		line("offered", "%d of %d intended, says the sender", a.Offered, a.Intended)
	case a.OfferedKnown == "plan":
		line("offered", "%d by the sender's plan; its end was not heard", a.Offered)
	default:
		line("offered", "not known: neither the sender's plan nor its end was heard, only up to the last frame")
	}
}

func printLoss(line printLine, l probe.Loss) {
	if l.Lost == 0 {
		return
	}
	line("", "in %d bursts, the longest of %d frames; first number %d, last %d", l.Bursts, l.Longest, l.First, l.Last)
	const shown = 5
	for i, o := range l.Outages {
		if i == shown {
			line("", "and %d more (--json has up to %d)", l.Bursts-shown, probe.MaxOutages)
			return
		}
		at := "at the start"
		if o.Start > 0 {
			at = "after " + time.Unix(0, o.Start).Format("15:04:05.000000")
		}
		by := ""
		if o.ByCount > 0 {
			by += fmt.Sprintf(", %v by count", ns(o.ByCount))
		}
		if o.ByTime > 0 {
			by += fmt.Sprintf(", %v by time", ns(o.ByTime))
		}
		line("", "outage %s: %d frames from number %d%s", at, o.Frames, o.First, by)
	}
}

func printDamage(line printLine, d probe.Damage) {
	if d.Corrupted > 0 {
		line("corrupted", "%d: %d with wrong bits, %d cut, %d lengthened; %d bits, %d of them 0 to 1, %d 1 to 0", d.Corrupted, d.WrongBits, d.Truncated, d.Lengthened, d.Bits, d.ZeroToOne, d.OneToZero)
		for i, e := range d.Examples {
			if i == 3 {
				break
			}
			text := fmt.Sprintf("number %d of stream %d, %d bytes", e.Number, e.Stream, e.Length)
			if e.Length != e.Want {
				text += fmt.Sprintf(" where %d were sent", e.Want)
			}
			for _, b := range e.Wrong {
				text += fmt.Sprintf(", byte %d is %02x and was %02x", b.Offset, b.Got, b.Want)
			}
			line("", "%s", text)
		}
	}
	if d.Retagged > 0 {
		line("retagged", "%d came with other VLAN tags than they were sent with", d.Retagged)
	}
}

func printDelay(line printLine, d probe.Delay) {
	sampled := ""
	if d.Sampled {
		sampled = ", of a sample"
	}
	switch d.Kind {
	case "one_way":
		line("delay", "one way: min %v, p50 %v, p99 %v, p99.9 %v, max %v", ns(d.Min), ns(d.P50), ns(d.P99), ns(d.P999), ns(d.Max))
	case "variation":
		line("delay", "variation: p50 %v, p99 %v, p99.9 %v, max %v, uncertain by %v (two clocks, %.1f ppm apart%s)", ns(d.P50), ns(d.P99), ns(d.P999), ns(d.Max), ns(d.Uncertainty), d.Skew, sampled)
	}
	if d.Negative > 0 {
		line("delay", "not known: %d frames came before they were sent, so the clocks are not shared", d.Negative)
	}
}

func printVerdict(line printLine, v linktest.Verdict) {
	for _, why := range v.Exceeded {
		line("failed", "%s", why)
	}
	for _, why := range v.Untrusted {
		line("doubtful", "%s", why)
	}
}

func share(n, of uint64) string {
	if of == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%.4g %%", 100*float64(n)/float64(of))
}

func ns(n int64) time.Duration { return time.Duration(n) }
