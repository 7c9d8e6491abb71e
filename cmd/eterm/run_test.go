package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
)

// eterm runs the program in this process.
func eterm(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	return etermWith(t, t.Context(), "", args...)
}

func etermWith(t *testing.T, ctx context.Context, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	status = run(ctx, append([]string{"eterm"}, args...), strings.NewReader(stdin), &out, &err)
	return status, out.String(), err.String()
}

func TestUsageErrors(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"", "no command given: eterm --help lists them, eterm lab tries them"},
		{"versoin", `unknown command "versoin": Did you mean "version"? (eterm --help lists all)`},
		{"version x", `eterm version takes no operand, but was given "x"`},
		{"version --foo", "unknown flag --foo: eterm version --help lists them"},
		{"completion", "eterm completion needs one of: bash, zsh, fish"},
	} {
		status, stdout, stderr := eterm(t, strings.Fields(c.line)...)
		if status != exit.StatusUsage || stdout != "" || stderr != "eterm: "+c.want+"\n" {
			t.Errorf("eterm %s: status %d, stdout %q, stderr %q; want 2, none, %q", c.line, status, stdout, stderr, c.want)
		}
	}
}

func TestPlainCommands(t *testing.T) {
	for line, want := range map[string]string{
		"--help":          "COMMANDS:",
		"version":         "eterm ",
		"man":             ".TH \"ETERM\" \"8\"",
		"completion bash": "complete -o",
		"completion zsh":  "#compdef eterm",
		"completion fish": "complete -c eterm",
		"version --help":  "print the version",
	} {
		status, stdout, stderr := eterm(t, strings.Fields(line)...)
		if status != exit.StatusDone || !strings.Contains(stdout, want) || stderr != "" {
			t.Errorf("eterm %s: status %d, stdout %q, stderr %q", line, status, stdout, stderr)
		}
	}
}
