// Command eterm-fleet tests the links between many machines: agents that run
// link tests with each other by a common plan, and a controller that keeps
// plans and results, on NATS. Its output follows the rules of eterm: results go
// to standard output, everything else to standard error, one line each; exit
// status 0 passed, 1 the answer is no, 2 usage or environment, 3 the result
// cannot be trusted.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"eterm/cmd/internal/sandbox"
)

func main() {
	sandbox.Arm()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
