package main

import (
	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/benchcmd"
	"eterm/cmd/eterm/internal/linkcmd"
)

// more are the commands that only some builds have.
var more []*cli.Command

// commands are all commands in the order the help shows them.
func commands() []*cli.Command {
	return append([]*cli.Command{
		exchangeCommand(),
		listenCommand(),
		broadcastCommand(),
		sendCommand(),
		interfacesCommand(),
		pingCommand(),
		arpCommand(),
		scanCommand(),
		respondCommand(),
		linkcmd.Command(),
		buildCommand(),
		decodeCommand(),
		diffCommand(),
		reportCommand(),
		compareCommand(),
		fleetCommand(),
		agentCommand(),
		benchcmd.Command(),
		labCommand(),
		switchCommand(),
		helpCommand(),
		completionCommand(),
		dissectorCommand(),
		manCommand(),
		versionCommand(),
	}, more...)
}
