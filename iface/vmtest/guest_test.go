package vmtest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// guest skips a test outside of a guest, and gives both cards back to the next
// test as they were: up, without queueing discipline, with an MTU of 1500.
func guest(t *testing.T) {
	t.Helper()
	if os.Getenv("ETERM_VM") == "" {
		t.Skip("runs in the guests of .ci/vm")
	}
	reset := func() {
		for _, card := range []string{"ca", "cb"} {
			_ = exec.Command("tc", "qdisc", "del", "dev", card, "root").Run() // none there: nothing to do
			must(t, "ip", "link", "set", card, "mtu", "1500", "up")
			carrier(t, card)
		}
	}
	reset()
	t.Cleanup(reset)
}

// must runs a command that has to succeed, and gives its output.
func must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// carrier waits until the kernel says that a card's link is there.
func carrier(t *testing.T, card string) {
	t.Helper()
	for range 500 {
		b, err := os.ReadFile("/sys/class/net/" + card + "/carrier")
		if err == nil && strings.TrimSpace(string(b)) == "1" {
			return
		}
		time.Sleep(10 * time.Millisecond) // the kernel's own pace: there is no event to wait for in sysfs
	}
	t.Fatalf("%s has no carrier after 5 s", card)
}

// eterm is the program under test.
var eterm = os.Getenv("ETERM")
