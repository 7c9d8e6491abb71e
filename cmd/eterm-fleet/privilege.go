package main

import (
	"eterm/cmd/internal/sandbox"
	"eterm/iface/lab"
)

// privilege is what a command that works for long holds, and gives up.
type privilege struct {
	*program
	row           sandbox.Row
	user          string
	keep, verbose bool
}

// confine gives a command that has a row in sandbox.Table the flags for it.
func (p *program) confine(name string) *privilege {
	row, _ := sandbox.Lookup("eterm-fleet " + name)
	g := &privilege{program: p, row: row}
	p.flags.StringVar(&g.user, "user", "", "started by root: become `USER`; root stays root; without it who called sudo")
	p.flags.BoolVar(&g.keep, "no-sandbox", false, "keep all privileges, to find a fault")
	p.flags.BoolVar(&g.verbose, "v", false, "say what is given up")
	return g
}

// begin is called before anything is opened.
func (g *privilege) begin() error {
	if g.keep {
		sandbox.Off()
	}
	if err := sandbox.Choose(g.user); err != nil {
		return err
	}
	return sandbox.Kept(sandbox.Begin(g.row))
}

// atWork is called when all is open: files remain in the folder named only.
func (g *privilege) atWork(folders ...string) error {
	report, err := sandbox.Enter(g.row, folders)
	if err == nil && g.verbose {
		g.note("%s", report)
	}
	lab.Ready()
	return sandbox.Kept(err)
}
