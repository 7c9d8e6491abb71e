package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/internal/golden"
	"eterm/frame/capture"
)

func TestBuildFormats(t *testing.T) {
	for _, format := range []string{"dump", "hex", "c", "notation"} {
		var all strings.Builder
		for _, n := range someNotations {
			status, stdout, stderr := eterm(t, append([]string{"build", "--format", format}, strings.Fields(n)...)...)
			if status != 0 || stderr != "" {
				t.Errorf("%s: status %d, %s", n, status, stderr)
			}
			all.WriteString(stdout)
		}
		golden.Check(t, "build-"+format+".txt", all.String())
		// All but notation are forms that decode reads.
		_, again, _ := etermWith(t, t.Context(), all.String(), "decode")
		if want := strings.Join(someNotations, "\n") + "\n"; format != "notation" && again != want {
			t.Errorf("%s is decoded to\n%swant\n%s", format, again, want)
		}
	}
}

func TestBuildCapture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pcap")
	args := strings.Fields("build -c 5 -w " + path + " eth / vlan id=1..5 / zeros 4")
	if status, stdout, stderr := eterm(t, args...); status != 0 || stdout != "" || stderr != "" {
		t.Fatalf("status %d, %s%s", status, stdout, stderr)
	}
	frames, _ := capturedFile(t, path)
	for i, b := range frames {
		if len(frames) != 5 || b[15] != byte(i+1) || len(b) != 60 {
			t.Errorf("frame %d of %d: % x", i, len(frames), b)
		}
	}
	if status, _, stderr := eterm(t, args...); status != exit.StatusUsage || !strings.Contains(stderr, "--force overwrites it") {
		t.Errorf("again: status %d, %s", status, stderr)
	}
	if status, _, stderr := eterm(t, append(args, "--force")...); status != 0 {
		t.Errorf("by force: status %d, %s", status, stderr)
	}
	_, stdout, _ := eterm(t, "build", "-w", "-", "eth", "/", "text", "x")
	r, err := capture.NewReader(strings.NewReader(stdout))
	if err != nil || r.Next(&capture.Record{}) != nil || !strings.HasPrefix(stdout, "\n\r\r\n") { // a section header of pcapng
		t.Errorf("standard output holds %q, %v", stdout, err)
	}
}

func TestBuildSeed(t *testing.T) {
	_, one, seed := eterm(t, "build", "--format", "hex", "-c2", "eth", "/", "random", "20")
	var n uint64
	if _, err := fmt.Sscanf(seed, "eterm: seed %d:", &n); err != nil {
		t.Fatalf("stderr %q", seed)
	}
	_, again, none := eterm(t, "build", "--format", "hex", "-c2", "--seed", fmt.Sprint(n), "eth", "/", "random", "20")
	if again != one || none != "" {
		t.Errorf("seed %d builds %s, and then %s (%s)", n, one, again, none)
	}
}

func TestBuildUsage(t *testing.T) {
	for line, want := range map[string]string{
		"build":                       "no frame given: write its notation, or - to read one a line (docs/reference/notation.md)\n",
		"build ipv4 tll=5":            "unknown field \"tll\": did you mean ttl?",
		"build -c 3 eth":              "3 frames would all be the same: let a field vary, such as seq=1..100\n",
		"build -c 0 vlan id=1..3":     "build ends: give a number of frames by -c\n",
		"build --format pdf eth":      `invalid value "pdf" for flag --format: want dump, hex, c or notation` + "\n",
		"build --format c -":          "--format c takes several lines a frame: build - prints hex or notation\n",
		"build -c 2 -":                "build - makes one frame of each line: leave out -c\n",
		"build -w x --format hex eth": "--write and --format contradict each other: give one\n",
		"build --force eth":           "--force is nothing without --write: give both, or neither\n",
		"build -w /none/x.pcap eth":   "open /none/x.pcap: no such file or directory\n",
	} {
		status, stdout, stderr := eterm(t, strings.Fields(line)...)
		if status != exit.StatusUsage || stdout != "" || !strings.HasPrefix(stderr, "eterm: "+want) {
			t.Errorf("%s: status %d, %q, %q; want %q", line, status, stdout, stderr, want)
		}
	}
	_, _, stderr := eterm(t, "build", "ipv4", "tll=5")
	if !strings.HasSuffix(stderr, "\nipv4 tll=5\n     ^^^\n") {
		t.Errorf("no caret in %q", stderr)
	}
}

// TestBuildLines gives the results in order, and ends at the first wrong line.
func TestBuildLines(t *testing.T) {
	var in, want strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&in, "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x88b5 / hex %08x\n", i)
		fmt.Fprintf(&want, "02000000000202000000000188b5%08x%s\n", i, strings.Repeat("00", 42))
		if i == 10000 {
			in.WriteString("\n# a comment\n")
		}
	}
	status, stdout, stderr := etermWith(t, t.Context(), in.String(), "build", "-")
	if status != 0 || stdout != want.String() || stderr != "" {
		t.Errorf("status %d, %d of %d bytes, %s", status, len(stdout), want.Len(), stderr)
	}
	in.WriteString("eth foo=1\neth\n")
	status, stdout, stderr = etermWith(t, t.Context(), in.String(), "build", "-")
	if status != exit.StatusUsage || stdout != want.String() || !strings.HasPrefix(stderr, "eterm: line 20003: unknown field \"foo\"") {
		t.Errorf("wrong line: status %d, %d of %d bytes, %s", status, len(stdout), want.Len(), stderr)
	}
}

// TestDecodeBuildRoundTrip takes a capture apart and builds it again.
func TestDecodeBuildRoundTrip(t *testing.T) {
	path := capturedFrames(t, "x.pcap", someNotations)
	_, notation, _ := eterm(t, "decode", "-r", path)
	again := filepath.Join(t.TempDir(), "again.pcapng")
	if status, _, stderr := etermWith(t, t.Context(), notation, "build", "-", "-w", again); status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	want, _ := capturedFile(t, path)
	got, _ := capturedFile(t, again)
	if fmt.Sprintf("%x", got) != fmt.Sprintf("%x", want) {
		t.Errorf("built %x, want %x", got, want)
	}
}

func TestDiff(t *testing.T) {
	path := capturedFrames(t, "x.pcap", someNotations)
	frames, _ := capturedFile(t, path)
	same := hex.EncodeToString(frames[1])
	for _, c := range []struct {
		a, b   string
		status int
	}{
		{path + "#2", same, 0},
		{someNotations[1], same, 0},
		{someNotations[1], strings.Replace(someNotations[1], "/ vlan id=10 pcp=3 ", "", 1), 1},
		{someNotations[1], strings.Replace(someNotations[1], "pcp=3", "pcp=5", 1), 1},
		{path, path + "#3", 1},
		{"hex 0102", "hex 010203", 1},
	} {
		status, stdout, stderr := eterm(t, "diff", c.a, c.b)
		if status != c.status || stderr != "" || (status == 0) != (stdout == "") {
			t.Errorf("diff %s %s: status %d, %q, %s", c.a, c.b, status, stdout, stderr)
		}
	}
	_, stdout, _ := eterm(t, "diff", someNotations[1], strings.Replace(someNotations[1], "/ vlan id=10 pcp=3 ", "", 1))
	golden.Check(t, "diff-tag.txt", stdout)
	_, stdout, _ = eterm(t, "diff", "--json", someNotations[1], strings.Replace(someNotations[1], "pcp=3", "pcp=5", 1))
	golden.Check(t, "diff-json.txt", stdout)
}

func TestDiffUsage(t *testing.T) {
	path := capturedFrames(t, "x.pcap", someNotations)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"eth"}, "diff takes two frames and was given 1: put each into quotes"},
		{[]string{path + "#9", "00"}, path + " has 4 frames, not 9"},
		{[]string{path + "#x", "00"}, fmt.Sprintf("%q: want FILE#N with the number of a frame, from 1", path+"#x")},
		{[]string{"/none#1", "00"}, "open /none: no such file or directory"},
		{[]string{"00", os.DevNull + "#1"}, os.DevNull + ": empty: want pcap, pcapng or hex text"},
	} {
		status, stdout, stderr := eterm(t, append([]string{"diff"}, c.args...)...)
		if status != exit.StatusUsage || stdout != "" || stderr != "eterm: "+c.want+"\n" {
			t.Errorf("diff %v: status %d, %q, %q; want %q", c.args, status, stdout, stderr, c.want)
		}
	}
}

// fullWriter fails as a full disk does.
type fullWriter struct{ bytes.Buffer }

func (w *fullWriter) Write(p []byte) (int, error) { return 0, os.ErrClosed }

func TestOutputErrorsEndTheRun(t *testing.T) {
	var stderr bytes.Buffer
	for _, args := range [][]string{{"build", "eth"}, {"build", "-"}, {"decode"}, {"build", "-w", "-", "eth"}} {
		stderr.Reset()
		status := run(t.Context(), append([]string{"eterm"}, args...), strings.NewReader("hex 00\n"), &fullWriter{}, &stderr)
		if args[0] == "decode" {
			status = run(t.Context(), []string{"eterm", "decode"}, strings.NewReader("ff\n"), &fullWriter{}, &stderr)
		}
		if status != exit.StatusUsage || !strings.Contains(stderr.String(), os.ErrClosed.Error()) {
			t.Errorf("%v: status %d, %s", args, status, &stderr)
		}
	}
}

// TestOutputErrorsOfEveryCommand: what cannot print its help, or its result, has
// not done its work.
func TestOutputErrorsOfEveryCommand(t *testing.T) {
	lines := []string{"--help", "version", "man", "interfaces", "interfaces --json", "completion bash", "completion fish",
		"decode 0000", "decode --json 0000", "diff --json 00 00", "diff 0000 0001", "switch check --list", "switch check --list --json",
		"send -S eth", "send -S --json eth", "build hex 00"}
	var walk func(path string, commands []*cli.Command)
	walk = func(path string, commands []*cli.Command) {
		for _, c := range commands {
			lines = append(lines, path+c.Name+" --help")
			walk(path+c.Name+" ", c.Subcommands)
		}
	}
	walk("", commands())
	for _, line := range lines {
		var stderr bytes.Buffer
		status := run(t.Context(), append([]string{"eterm"}, strings.Fields(line)...), strings.NewReader(""), &fullWriter{}, &stderr)
		if status != exit.StatusUsage || strings.Count(stderr.String(), os.ErrClosed.Error()) != 1 || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%s: status %d, %s", line, status, &stderr)
		}
	}
}

// TestBuildFix puts pasted hex right and says what was wrong.
func TestBuildFix(t *testing.T) {
	_, right, _ := eterm(t, "build", "--format", "hex", "eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp id=1 / count 40")
	_, wrong, _ := eterm(t, "build", "--format", "hex", "eth src=02:00:00:00:00:01 / ipv4 length=999 src=192.0.2.1 dst=192.0.2.2 checksum=0x0001 / icmp id=1 checksum=0x0002 / count 40")
	status, stdout, stderr := eterm(t, "build", "--fix", "--format", "hex", strings.TrimSpace(wrong))
	if status != 0 || stdout != right {
		t.Errorf("status %d, %s, want %s", status, stdout, right)
	}
	for _, said := range []string{"frame 1: put right: ipv4.length at 16: length beyond the frame: 999, should be 68", "ipv4.checksum at 24: bad checksum: 0x0001", "icmp.checksum at 36: bad checksum: 0x0002"} {
		if !strings.Contains(stderr, said) {
			t.Errorf("%s lacks %q", stderr, said)
		}
	}
	if status, stdout, stderr := eterm(t, "build", "--fix", "--format", "hex", strings.TrimSpace(right)); status != 0 || stdout != right || stderr != "" {
		t.Errorf("a right frame: status %d, %s, %s", status, stdout, stderr)
	}
	if status, _, stderr := eterm(t, "build", "--fix", "-c", "2", "ff"); status != exit.StatusUsage || !strings.Contains(stderr, "--fix takes frames as they are") {
		t.Errorf("status %d, %s", status, stderr)
	}
}
