package vmtest

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The two cards' addresses.
const macA, macB = "02:00:00:00:00:0a", "02:00:00:00:00:0b"

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
			must(t, "ip", "link", "set", card, "promisc", "off", "mtu", "1500", "up")
			carrier(t, card)
		}
	}
	reset()
	t.Cleanup(reset)
}

// model is QEMU's name of the cards.
func model() string { return os.Getenv("ETERM_VM_NIC") }

// needs skips a test where the kernel lacks a module.
func needs(t *testing.T, modules ...string) {
	t.Helper()
	for _, m := range modules {
		if out, err := exec.Command("modprobe", m).CombinedOutput(); err != nil {
			t.Skipf("this kernel has no %s: %s", m, out)
		}
	}
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

// ip runs ip with a line of words.
func ip(t *testing.T, words string) {
	t.Helper()
	must(t, "ip", strings.Fields(words)...)
}

// carrier waits until the kernel says that a card's link is there.
func carrier(t *testing.T, card string) {
	t.Helper()
	await(t, card+" has a carrier", func() bool {
		b, err := os.ReadFile("/sys/class/net/" + card + "/carrier")
		return err == nil && strings.TrimSpace(string(b)) == "1"
	})
}

// await waits for what the kernel tells nobody: sysfs has no events.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("after %v it is not so that %s", patience, what)
}

// statistic is one of the kernel's counters of a card.
func statistic(t *testing.T, card, name string) uint64 {
	t.Helper()
	b, err := os.ReadFile("/sys/class/net/" + card + "/statistics/" + name)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
