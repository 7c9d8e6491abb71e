package main

// commands are all commands, in the order the help shows them. It is filled at
// the start, because some list others.
var commands []command

func init() {
	commands = []command{
		{"serve", "", "be the controller: keep plans and results, and let agents in", setServe},
		{"enroll", "HOST", "make credentials for a machine, to standard output", setEnroll},
		{"agent", "", "let this machine take part", setAgent},
		{"ports", "", "list the ports of all agents", setPorts},
		{"run", "PLAN", "test the pairs of a plan file", setRun},
		{"watch", "RUN", "show what comes of a run while it runs", setWatch},
		{"report", "RUN", "print what came of a run", setReport},
		{"compare", "RUN RUN", "compare two runs", setCompare},
		{"cancel", "RUN", "end a run: no further test is begun", setCancel},
		{"sim", "PLAN", "try a plan with agents in memory, a controller and no machines", setSim},
	}
}
