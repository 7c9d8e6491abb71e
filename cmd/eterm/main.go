// Command eterm sends, receives and takes apart raw Ethernet frames.
//
// Output rules, for every command: results go to standard output and nothing
// else does; everything else goes to standard error, one line each, prefixed
// "eterm: ", lower case, without a full stop; bytes from the wire reach a
// terminal only escaped. Exit status: 0 done or passed, 1 it ran and the
// answer is no, 2 usage or environment, 3 the result cannot be trusted.
package main

import (
	"context"
	"os"

	"eterm/cmd/internal/sandbox"
)

func main() {
	sandbox.Arm()
	os.Exit(run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr))
}
