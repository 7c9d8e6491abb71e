package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
)

// fleetProgram is the second program: it carries a message server, which would
// more than double the size of this one.
const fleetProgram = "eterm-fleet"

func fleetCommand() *cli.Command {
	return handOver("fleet", nil, "test the links between many machines by a common plan (program eterm-fleet)",
		"eterm fleet --help                                  (all its commands)\neterm fleet run plan.yaml --dry-run                 (how long, how many frames?)")
}

func agentCommand() *cli.Command {
	return handOver("agent", []string{"agent"}, "let this machine take part in the tests of a fleet (program eterm-fleet)",
		"eterm agent --creds h1.creds --port eth1 --port eth2")
}

// handOver is a command that the second program does: what follows goes there
// as it is.
func handOver(name string, before []string, about, examples string) *cli.Command {
	return &cli.Command{
		Name: name, Usage: about, UsageText: examples, ArgsUsage: "[words]", SkipFlagParsing: true,
		Action: func(c *cli.Context) error {
			path, err := findFleet()
			if first := c.Args().First(); err != nil && (first == "--help" || first == "-h") {
				return cli.ShowSubcommandHelp(c)
			}
			if err != nil {
				return err
			}
			words := append(append([]string{fleetProgram}, before...), c.Args().Slice()...)
			return exit.Usage("%s: %w", path, syscall.Exec(path, words, os.Environ()))
		},
	}
}

// findFleet looks for the second program beside this one, then in PATH.
func findFleet() (string, error) {
	if own, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(own), fleetProgram)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return beside, nil
		}
	}
	path, err := exec.LookPath(fleetProgram)
	if errors.Is(err, exec.ErrDot) || err != nil {
		return "", exit.Usage("%s is neither beside this program nor in PATH: install the package %s", fleetProgram, fleetProgram)
	}
	return path, nil
}
