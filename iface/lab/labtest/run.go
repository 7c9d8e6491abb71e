package labtest

import (
	"os/exec"
	"strings"
	"testing"

	"eterm/iface/lab"
)

// Run runs a program on a host and returns what it prints. It skips the test,
// or fails it in CI, where the program is not installed, and fails it where the
// program does.
func Run(t testing.TB, h *lab.Host, name string, args ...string) string {
	t.Helper()
	Tool(t, name)
	cmd := exec.Command(name, args...)
	out := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, out
	err := h.Start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		t.Fatalf("%s %v on %s: %v: %s", name, args, h.Name, err, out)
	}
	return out.String()
}
