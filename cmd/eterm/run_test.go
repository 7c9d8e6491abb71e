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
		{"versoin", `unknown command "versoin": did you mean version? eterm --help lists all`}, //nolint:misspell // on purpose
		{"concatenate", `unknown command "concatenate": eterm --help lists all`},
		{"switch chekc", `unknown command "chekc": did you mean check? eterm switch has check, macs, outage`},
		{"help lisetn", `unknown command "lisetn": did you mean listen? eterm --help lists all`},
		{"help link sned", `unknown command "link sned": did you mean send? eterm link --help lists all`},
		{"listen --fromat line", "unknown flag --fromat: did you mean --format? eterm listen --help lists them"},
		{"-i eth0 listen", "flags stand before the command: say eterm listen first, then its flags"},
		{"version x", `eterm version takes no operand, but was given "x"`},
		{"ping -i lo ''", "an operand is empty: is a variable of the shell unset?"},
		{"version --foo", "unknown flag --foo: eterm version --help lists them"},
		{"completion", "eterm completion needs one of: bash, zsh, fish"},
	} {
		words := strings.Fields(c.line)
		for i := range words {
			words[i] = strings.Trim(words[i], "'")
		}
		status, stdout, stderr := eterm(t, words...)
		if status != exit.StatusUsage || stdout != "" || stderr != "eterm: "+c.want+"\n" {
			t.Errorf("eterm %s: status %d, stdout %q, stderr %q; want 2, none, %q", c.line, status, stdout, stderr, c.want)
		}
	}
}

func TestPlainCommands(t *testing.T) {
	for line, want := range map[string]string{
		"--help":          "COMMANDS:",
		"version":         "eterm ",
		"--version":       "eterm ",
		"-V":              "eterm ",
		"help":            "COMMANDS:",
		"help listen":     "eterm listen - ",
		"help link send":  "eterm link send - ",
		"man":             ".TH \"ETERM\" \"1\"",
		"completion bash": "complete -F",
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
