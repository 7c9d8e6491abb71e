package main

// commands are all commands, in the order the help shows them. It is filled at
// the start, because some list others.
var commands []command

func init() {
	commands = []command{
		{"serve", "", "be the controller: keep plans and results, and let agents in", setServe},
		{"run", "PLAN", "test the pairs of a plan file", setRun},
		{"sim", "PLAN", "try a plan with agents in memory, a controller and no machines", setSim},
	}
}
