package main

import (
	"io"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"eterm/cmd/internal/sandbox"
)

// TestEveryCommandHasARow: a command gives up its privileges as its row says,
// or it is one of those that print what they know, or start others that do.
func TestEveryCommandHasARow(t *testing.T) {
	without := map[string]bool{"fleet": true, "agent": true, "lab": true, "help": true, "completion": true, "dissector": true, "man": true, "version": true}
	rows := map[string]bool{}
	for _, row := range sandbox.Table {
		if rows[row.Command] = true; row.Before == "" || row.After == "" {
			t.Errorf("%s: the row does not say what is needed and kept", row.Command)
		}
	}
	var walk func(commands []*cli.Command, prefix string)
	walk = func(commands []*cli.Command, prefix string) {
		for _, c := range commands {
			name := prefix + c.Name
			switch {
			case len(c.Subcommands) > 0 && !without[name]:
				walk(c.Subcommands, name+" ")
			case rows[name] == without[name]:
				t.Errorf("%s: has a row %v, is one that needs none %v", name, rows[name], without[name])
			default:
				delete(rows, name)
			}
		}
	}
	walk(newApp(nil, io.Discard, io.Discard).Commands, "")
	for name := range rows {
		if !strings.HasPrefix(name, "eterm-fleet ") {
			t.Errorf("%s has a row and is no command", name)
		}
	}
}
