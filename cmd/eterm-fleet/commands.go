package main

// commands are all commands, in the order the help shows them. It is filled at
// the start, because some list others.
var commands []command

func init() {
	commands = []command{
		{"run", "PLAN", "test the pairs of a plan file", setRun},
	}
}
