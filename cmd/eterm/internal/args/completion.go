package args

import _ "embed"

// The scripts are our own: those of package cli pass what was typed so far to
// eval, and know no values. Each asks the program, by CompleteCommand.
var (
	//go:embed completion/eterm.bash
	bashCompletion string
	//go:embed completion/eterm.zsh
	zshCompletion string
	//go:embed completion/eterm.fish
	fishCompletion string
)

// A Shell is one that there is a completion script for.
type Shell struct {
	Name   string
	Hint   string // how to use the script
	Script string
}

// Shells are all that there are scripts for.
var Shells = []Shell{
	{"bash", "source <(eterm completion bash)", bashCompletion},
	{"zsh", "source <(eterm completion zsh)", zshCompletion},
	{"fish", "eterm completion fish | source", fishCompletion},
}
