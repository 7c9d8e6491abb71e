package main

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// programVar makes the test binary the program itself, for processes that can
// be killed.
const programVar = "ETERM_FLEET_TEST_IS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programVar) != "" {
		main()
		return
	}
	if lab.Inside() {
		// A namespace begins with its loopback down, and controllers listen there.
		if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%v: %s\n", err, out)
			os.Exit(1)
		}
	}
	os.Exit(labtest.Main(m))
}
