package main

import (
	"os"
	"path/filepath"
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

// TestSendNotationFile sends a file of what decode prints: a frame a line. The
// station's own address stands in where a line has no source.
func TestSendNotationFile(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "x.txt")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	const tagged = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=5 / arp request sha=02:00:00:00:00:01 spa=192.0.2.2 tpa=192.0.2.1"
	path := file("# made by hand\n\n  hex ffffffffffff02000000000188b50102\n" + tagged + "\n")
	for flags, want := range map[string]string{
		"#2":                                 tagged,
		"#2 -Q none":                         strings.Replace(tagged, "/ vlan id=5 ", "", 1),
		"#1 --to 2::9":                       "",
		"#1 --set eth.dst=02:00:00:00:00:09": "eth dst=02:00:00:00:00:09 src=02:00:00:00:00:01 / hex 0102",
	} {
		status, stdout, stderr := eterm(t, append([]string{"send", "-S", "--json", "-r"}, strings.Fields(path+flags)...)...)
		if want == "" {
			if status != exit.StatusUsage {
				t.Errorf("%s: status %d, %s", flags, status, stderr)
			}
			continue
		}
		_, after, _ := strings.Cut(stdout, `"hex":"`)
		digits, _, _ := strings.Cut(after, `"`)
		_, got, _ := eterm(t, "decode", digits)
		if status != 0 || !strings.HasPrefix(got, want) {
			t.Errorf("%s: status %d, %s\ngot  %swant %s", flags, status, stderr, got, want)
		}
	}
	for text, want := range map[string]string{
		"eth / arp tpa=192.0.2.1\neth / apr\n":         "line 2: unknown layer",
		"eth / ipv4 src=1.1.1.1 dst=1.1.1.2 id=1..9\n": "line 1: its fields vary",
		"ethernet is what this is about\n":             "no frame in it",
	} {
		status, _, stderr := eterm(t, "send", "-S", "-r", file(text))
		if status != exit.StatusUsage || !strings.Contains(stderr, want) {
			t.Errorf("%q: status %d, %s; want %q", text, status, stderr, want)
		}
	}
}

// rawIP is a capture of raw IP (link type 101): a packet without Ethernet.
func rawIP(t *testing.T) string {
	t.Helper()
	path := capturedFrames(t, "raw.pcap", []string{"hex 45000021000000004001f6d8c0000201c00002020800b4250007000168656c6c6f"})
	b, err := os.ReadFile(path)
	must(t, err)
	b[20] = 101
	must(t, os.WriteFile(path, b, 0o600))
	return path
}

// TestOtherLinkTypesAreSaid: frames of a file that is not of Ethernet got a
// header that was made, which whoever sends or compares them must know.
func TestOtherLinkTypesAreSaid(t *testing.T) {
	path := rawIP(t)
	const frame = "eth dst=00:00:00:00:00:00 src=00:00:00:00:00:00 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=7 seq=1 / text hello / pad 0"
	status, stdout, stderr := eterm(t, "send", "-S", "--json", "-r", path, "-c1")
	if status != 0 || !strings.Contains(stdout, `"hex":"000000000000000000000000080045000021`) || !strings.Contains(stderr, path+" is of raw IP: 1 frame got an Ethernet header made of what the file says") {
		t.Errorf("send: status %d, %s%s", status, stdout, stderr)
	}
	status, stdout, stderr = eterm(t, "diff", path+"#1", frame)
	if status != 0 || !strings.Contains(stderr, path+"#1 is of raw IP: the frame got an Ethernet header made of what the file says") {
		t.Errorf("diff: status %d, %s%s", status, stdout, stderr)
	}
	b, err := os.ReadFile(path)
	must(t, err)
	b[20] = 105
	must(t, os.WriteFile(path, b, 0o600))
	for _, line := range []string{"send -S -c1 -r " + path, "diff " + path + " 00"} {
		status, _, stderr := eterm(t, strings.Fields(line)...)
		if status != exit.StatusUsage || !strings.Contains(stderr, "link type 105 (802.11) is not Ethernet (1)") {
			t.Errorf("%s: status %d, %s", line, status, stderr)
		}
	}
}
