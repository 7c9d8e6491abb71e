package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
)

// TestEveryMistypedFlagGetsASuggestion swaps two letters in the name of every
// flag of every command: the flag that was meant is named, and nothing is done.
func TestEveryMistypedFlagGetsASuggestion(t *testing.T) {
	tried := 0
	everyCommand(func(path []string, c *cli.Command) {
		for _, f := range c.Flags {
			name := f.Names()[0]
			if len(name) < 4 || name[1] == name[2] {
				continue // too short to be told from others, or no mistake made
			}
			tried++
			wrong := name[:1] + name[2:3] + name[1:2] + name[3:]
			status, stdout, stderr := eterm(t, slices.Concat(path, []string{"--" + wrong})...)
			want := "unknown flag --" + wrong + ": did you mean --" + name + "?"
			if status != exit.StatusUsage || stdout != "" || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("%s --%s: status %d, stdout %q, stderr %q; want 2 and %q", strings.Join(path, " "), wrong, status, stdout, stderr, want)
			}
		}
	})
	if tried < 200 {
		t.Errorf("only %d flags were tried", tried)
	}
}
