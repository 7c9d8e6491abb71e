package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab/labtest"
)

// TestOutputToAFullDevice: what could not be written is no success, whichever
// command printed it.
func TestOutputToAFullDevice(t *testing.T) {
	left, right := labtest.Pair(t)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	must(t, err)
	defer full.Close()
	peer := on(t, right, "respond", "-q")
	defer peer.stop(t)
	for _, line := range []string{
		"--help", "send --help", "help", "help send", "version", "--version", "completion bash", "man", "man send", "interfaces", "interfaces --json",
		"decode ffffffffffff02000000000188b5", "decode --json ffffffffffff02000000000188b5",
		"diff ffffffffffff02000000000188b5 ffffffffffff02000000000188b6", "switch check --list", "bench --help",
		"send -c 2 -b 100pps", "send -c 2 -b 100pps --json", "ping --l2 02:00:00:00:00:0b -c 1 -W 0.1", "scan 192.0.2.0/30",
		"exchange -c 1 -W 0.1", "broadcast -c 1", "arp 192.0.2.9 -c 1 -W 0.1",
		"link send --to broadcast -c 10 -b 100pps", "link run -c 10 -b 100pps",
	} {
		var stderr bytes.Buffer
		cmd := program(t.Context(), strings.Fields(line)...)
		cmd.Env = append(cmd.Env, "ETERM_INTERFACE=eth0")
		cmd.Stdout, cmd.Stderr = full, &stderr
		must(t, left.Start(cmd))
		_ = cmd.Wait()
		if status := cmd.ProcessState.ExitCode(); status != exit.StatusUsage || !strings.Contains(stderr.String(), "no space left on device") {
			t.Errorf("%s: status %d: %s", line, status, &stderr)
		}
	}
}

// TestRateOfAlmostNothing is honoured: the first frame is sent, and the next is
// due in more time than there is.
func TestRateOfAlmostNothing(t *testing.T) {
	left, _ := labtest.Pair(t)
	for _, rate := range []string{"1e-300", "1e-300pps", "0.000001"} {
		status, stdout, stderr := runOn(t, left, "send", "-c", "5", "-d", "0.2", "-b", rate)
		if status != exit.StatusDone || !strings.HasPrefix(stdout, "sent 1 of 1 frame, ") {
			t.Errorf("%s: status %d: %s%s", rate, status, stdout, stderr)
		}
	}
}
