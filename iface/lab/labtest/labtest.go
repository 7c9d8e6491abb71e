// Package labtest runs a package's tests inside namespaces of their own, as an
// ordinary user, and makes the hosts they need.
package labtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"eterm/iface/lab"
)

// Main is for TestMain: os.Exit(labtest.Main(m)). It runs the tests again in
// new namespaces; where the system forbids those it runs them as they are, and
// Need then skips.
func Main(m *testing.M) int {
	called = true
	if lab.Inside() || fuzzing() {
		return m.Run()
	}
	cmd := lab.Command(os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if os.Getenv("GORACE") == "" {
		// Programs built with -race wait a second before they end; tests
		// start many.
		cmd.Env = append(cmd.Env, "GORACE=atexit_sleep_ms=0")
	}
	err := cmd.Start()
	if err != nil && lab.Forbidden(err) {
		fmt.Fprintln(os.Stderr, "labtest: no namespaces here:", err)
		return m.Run()
	}
	if err == nil {
		err = cmd.Wait()
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() > 0 {
		return exit.ExitCode()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "labtest:", err)
		return 1
	}
	return 0
}

// fuzzing says whether the fuzzer runs this binary: its workers talk to it over
// descriptors that a new process would not have.
func fuzzing() bool {
	for _, a := range os.Args[1:] {
		if strings.HasPrefix(a, "-test.fuzz=") || strings.HasPrefix(a, "-test.fuzzworker") {
			return true
		}
	}
	return false
}

// called says that the package's TestMain called Main.
var called bool

// Need skips the test where there are no namespaces; in CI it fails instead,
// and everywhere in a package whose TestMain does not call Main, where it would
// skip unseen until CI.
func Need(t testing.TB) {
	t.Helper()
	if lab.Inside() {
		return
	}
	if !called {
		t.Fatal("this package has no TestMain that calls labtest.Main")
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no namespaces: user namespaces are needed here")
	}
	t.Skip("no namespaces on this system")
}

// Host makes a host that lives as long as the test.
func Host(t testing.TB, name string) *lab.Host {
	t.Helper()
	Need(t)
	h, err := lab.NewHost(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// Cable joins two hosts, as lab.Cable does.
func Cable(t testing.TB, a *lab.Host, aName string, b *lab.Host, bName string) {
	t.Helper()
	if err := lab.Cable(a, aName, b, bName); err != nil {
		t.Fatal(err)
	}
}

// Pair makes two hosts whose interfaces eth0 are joined by a cable.
func Pair(t testing.TB) (left, right *lab.Host) {
	t.Helper()
	left, right = Host(t, "left"), Host(t, "right")
	Cable(t, left, "eth0", right, "eth0")
	return left, right
}

// Switched makes two hosts whose interfaces eth0 are ports left and right of
// the Linux bridge br0 in a third.
func Switched(t testing.TB) (left, right, middle *lab.Host) {
	t.Helper()
	left, right, middle = Host(t, "left"), Host(t, "right"), Host(t, "switch")
	check(t, middle.Switch("br0"))
	for _, h := range []*lab.Host{left, right} {
		Cable(t, h, "eth0", middle, h.Name)
		check(t, middle.AddPort("br0", h.Name))
	}
	return left, right, middle
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Tool skips the test where a program that it compares with is not installed;
// in CI, which installs all of them, it fails instead.
func Tool(t testing.TB, name string) {
	t.Helper()
	_, err := exec.LookPath(name)
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is not installed: CI must install it", name)
	default:
		t.Skipf("%s is not installed", name)
	}
}

// Tcpdump is a command that captures, for use on a host. It skips the test
// where tcpdump is missing, and where it cannot work: as root of its namespace
// it insists on setting its groups, which ordinary users' namespaces forbid.
func Tcpdump(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	Tool(t, "tcpdump")
	if ordinary() {
		t.Skip("tcpdump cannot capture in namespaces that an ordinary user made")
	}
	return exec.CommandContext(t.Context(), "tcpdump", append([]string{"-Z", "root"}, args...)...)
}

// ordinary says whether the namespaces were made by an ordinary user.
func ordinary() bool {
	b, err := os.ReadFile("/proc/self/setgroups")
	return err == nil && strings.TrimSpace(string(b)) == "deny"
}
