package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
)

// completed is what the program offers for the last of the words.
func completed(t *testing.T, words ...string) (offered []string) {
	t.Helper()
	status, stdout, stderr := eterm(t, append([]string{args.CompleteCommand}, words...)...)
	if status != exit.StatusDone || stderr != "" {
		t.Errorf("%q: status %d, %s", words, status, stderr)
	}
	for line := range strings.Lines(stdout) {
		word, _, _ := strings.Cut(line, "\t")
		offered = append(offered, word)
	}
	return offered
}

func TestCompletion(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"", "exchange"},
		{"sw", "switch"},
		{"switch ", "outage"},
		{"help li", "link"},
		{"help link ", "send"},
		{"build ", "ipv4"},
		{"build eth dst=broadcast / vlan ", "pcp="},
		{"build --format hex eth / icmp ", "echo-request"},
		{"send eth / icmp redirect ", "gateway="},
		{"send eth / icmp redirect / ", "hex"},
		{"build --f", "--format"},
		{"listen --format ", "notation"},
		{"listen --format=line -i ", "lo"},
		{"-i ", "lo"}, // the demo's way
		{"ping --l", "--l2"},
		{"lab --s", "--shell"},
		{"listen -w ", args.Files},
		{"report ", args.Files},
		{"interfaces ", "lo"},
		{"switch check --only=learning,age", "--only=learning,ageing"},
	} {
		if got := completed(t, strings.Split(c.typed, " ")...); !slices.Contains(got, c.want) {
			t.Errorf("%s: %q lacks %s", c.typed, got, c.want)
		}
	}
	for _, typed := range []string{"ping --nonsense ", "nonsense ", "listen -c ", "version "} {
		if got := completed(t, strings.Split(typed, " ")...); len(got) > 0 {
			t.Errorf("%s: offers %q", typed, got)
		}
	}
}

// everyCommand calls f with each command that can be run, and its path.
func everyCommand(f func(path []string, c *cli.Command)) {
	var walk func(above []string, list []*cli.Command)
	walk = func(above []string, list []*cli.Command) {
		for _, c := range list {
			path := append(slices.Clone(above), c.Name)
			if len(c.Subcommands) == 0 {
				f(path, c)
			}
			walk(path, c.Subcommands)
		}
	}
	walk(nil, newApp(nil, nil, nil).Commands)
}

// TestEveryFlagCompletesItsValues: a flag that refuses a word by naming those
// it takes, or whose value is an interface's name, offers them.
func TestEveryFlagCompletesItsValues(t *testing.T) {
	enumerated, interfaces := 0, 0
	everyCommand(func(path []string, c *cli.Command) {
		for _, f := range c.Flags {
			d, ok := f.(cli.DocGenerationFlag)
			if !ok || !d.TakesValue() {
				continue
			}
			got := completed(t, append(slices.Clone(path), "--"+f.Names()[0], "")...)
			if strings.Contains(d.GetUsage(), "`INTERFACE`") {
				interfaces++
				if !slices.Contains(got, "lo") {
					t.Errorf("%s --%s: offers %q, and no interface", path, f.Names()[0], got)
				}
			}
			if want := wordsWanted(f); want != nil {
				enumerated++
				if !slices.Equal(got, want) {
					t.Errorf("%s --%s: offers %q, and takes %q", path, f.Names()[0], got, want)
				}
			}
		}
	})
	if enumerated < 12 || interfaces < 20 {
		t.Errorf("%d flags with some words only and %d with an interface were looked at: were there not more?", enumerated, interfaces)
	}
}

// wordsWanted are the words of a refusal such as "want a, b or c".
func wordsWanted(f cli.Flag) []string {
	g, ok := f.(*cli.GenericFlag)
	if !ok {
		return nil
	}
	err := g.Value.Set("\x00")
	if err == nil {
		return nil
	}
	text, last, ok := strings.Cut(strings.TrimPrefix(err.Error(), "want "), " or ")
	words := append(strings.Split(text, ", "), last)
	if !ok || slices.ContainsFunc(words, func(w string) bool { return strings.ContainsAny(w, " :") }) {
		return nil
	}
	return words
}
