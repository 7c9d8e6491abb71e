package args

import (
	_ "embed"

	"github.com/urfave/cli/v2"
)

// The scripts are our own: those of package cli pass what was typed so far to
// eval.
var (
	//go:embed completion/eterm.bash
	bashCompletion string
	//go:embed completion/eterm.zsh
	zshCompletion string
)

// A Shell is one that completion scripts are written for.
type Shell struct {
	Name string
	Hint string // how to use the script
	// Script writes it for a program.
	Script func(*cli.App) (string, error)
}

// Shells are all that there are scripts for.
var Shells = []Shell{
	{"bash", "source <(eterm completion bash)", fixed(&bashCompletion)},
	{"zsh", "source <(eterm completion zsh)", fixed(&zshCompletion)},
	{"fish", "eterm completion fish | source", (*cli.App).ToFishCompletion},
}

func fixed(script *string) func(*cli.App) (string, error) {
	return func(*cli.App) (string, error) { return *script, nil }
}
