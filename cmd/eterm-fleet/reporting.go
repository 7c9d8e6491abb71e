package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/control"
	"eterm/cmd/internal/report"
	"eterm/cmd/internal/result"
)

// reportCommand is eterm-fleet report.
type reportCommand struct {
	*program
	controllerFlags
	html, pairs string
	json, close bool
}

func setReport(p *program) func(context.Context) error {
	r := &reportCommand{program: p}
	r.set(p)
	p.flags.StringVar(&r.html, "html", "", "write a page to `FILE`")
	p.flags.StringVar(&r.pairs, "pairs", "", "write each test's own account into `FOLDER`, a file of JSON lines for each pair")
	p.flags.BoolVar(&r.json, "json", false, "print the document")
	p.flags.BoolVar(&r.close, "close", false, "end the run as it is: agents let go of results that are not here yet")
	return r.with(func(ctx context.Context, _ *nats.Conn, book control.Book) error {
		return r.report(ctx, book, p.operands[0])
	})
}

// document makes the document of a run, and gives each result to a function.
func document(ctx context.Context, p *program, book control.Book, run string, each func(bus.Result) error) (*result.Document, error) {
	pl, state, err := book.Plan(ctx, run)
	if err != nil {
		return nil, err
	}
	m := control.NewMerger(pl, time.Now())
	if state == bus.Cancelled {
		m.Cancelled()
	}
	err = book.Results(ctx, run, func(r bus.Result) error {
		if err := each(r); err != nil {
			return err
		}
		return m.Add(r)
	})
	if err != nil {
		return nil, err
	}
	return m.Document(p.args), nil
}

func (r *reportCommand) report(ctx context.Context, book control.Book, run string) error {
	d, err := document(ctx, r.program, book, run, r.keep)
	if err != nil {
		return err
	}
	if r.html != "" {
		var page bytes.Buffer
		if err := report.HTML(&page, []*result.Document{d}); err != nil {
			return err
		}
		if err := os.WriteFile(r.html, page.Bytes(), 0o644); err != nil {
			return err
		}
	}
	if err := printFleet(r.program, d, r.json); err != nil {
		return err
	}
	if r.close {
		if err := book.Set(ctx, run, bus.Closed); err != nil {
			return err
		}
	}
	return verdictOf(d)
}

// keep writes one test's account into the file of its pair.
func (r *reportCommand) keep(one bus.Result) error {
	if r.pairs == "" {
		return nil
	}
	if err := os.MkdirAll(r.pairs, 0o755); err != nil {
		return err
	}
	text, err := json.Marshal(one)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(r.pairs, one.From+"-"+one.To+".jsonl"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(append(result.AppendHarmless(nil, text), '\n')); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// setCompare is eterm-fleet compare.
func setCompare(p *program) func(context.Context) error {
	var c controllerFlags
	c.set(p)
	return c.with(func(ctx context.Context, _ *nats.Conn, book control.Book) error {
		var sides []report.Side
		for _, run := range p.operands {
			d, err := document(ctx, p, book, run, func(bus.Result) error { return nil })
			if err != nil {
				return err
			}
			sides = append(sides, report.Side{Name: run, Docs: []*result.Document{d}})
		}
		all := report.Comparisons(sides, 0)
		if err := report.CompareText(p.stdout, sides, all); err != nil {
			return err
		}
		for _, c := range all {
			switch c.Verdict {
			case report.Worse:
				return ended{status: statusNo}
			case report.CannotTell:
				return ended{status: statusUntrusted}
			}
		}
		return nil
	})
}
