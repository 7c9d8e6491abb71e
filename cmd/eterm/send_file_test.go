package main

import (
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
)

// TestSendFileChanged sends chosen frames of a file, changed: checksums are
// right afterwards.
func TestSendFileChanged(t *testing.T) {
	path := capturedFrames(t, "x.pcap", []string{
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=1..4 dport=9 / count 20",
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=2 dport=9 / count 20",
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=5 / arp tpa=192.0.2.1 spa=192.0.2.2",
	})
	for line, want := range map[string]string{
		"-r " + path + "#2 --set ipv4.ttl=9 --set udp.dport=53": "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 ttl=9 / udp sport=2 dport=53 / count 20",
		"-r " + path + "#2-2 --to broadcast --from 2-0-0-0-0-9": "eth dst=ff:ff:ff:ff:ff:ff src=02:00:00:00:00:09 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=2 dport=9 / count 20",
		"-r " + path + "#3- -Q 3:7 -c 1":                        "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=7 pcp=3 / arp request sha=02:00:00:00:00:01 spa=192.0.2.2 tpa=192.0.2.1",
	} {
		status, stdout, stderr := eterm(t, append([]string{"send", "-S", "--json"}, strings.Fields(line)...)...)
		if status != 0 {
			t.Fatalf("%s: status %d, %s", line, status, stderr)
		}
		_, after, _ := strings.Cut(stdout, `"hex":"`)
		digits, _, _ := strings.Cut(after, `"`)
		_, got, _ := eterm(t, "decode", digits)
		if !strings.HasPrefix(got, want) || strings.Contains(got, "checksum") {
			t.Errorf("%s:\ngot  %swant %s", line, got, want)
		}
	}
}

func TestSendFileRefuses(t *testing.T) {
	path := capturedFrames(t, "x.pcap", someNotations[:2])
	for line, want := range map[string]string{
		"-r " + path + "#3":                "has 2 frames: want numbers from 1 to 2, not 3 to 3",
		"-r " + path + "#0":                "want FILE#N, FILE#N-M or FILE#N-",
		"-r " + path + "#2-1":              "want FILE#N, FILE#N-M or FILE#N-",
		"-r " + path + " --set ipv4.tll=1": "did you mean ttl?",
		"-r " + path + " --set mpls.ttl=1": "frame 1: \"mpls.ttl=1\": the frame has no such layer",
		"--set ipv4.ttl=1":                 "--set is nothing without --read",
		"-r " + path + " --payload x":      "--payload",
	} {
		status, _, stderr := eterm(t, append([]string{"send", "-S"}, strings.Fields(line)...)...)
		if status != exit.StatusUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, %s; want %q", line, status, stderr, want)
		}
	}
}
