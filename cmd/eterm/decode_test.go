package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/internal/golden"
	"eterm/frame"
	"eterm/frame/capture"
)

// someNotations are frames of several layers, as they are printed.
var someNotations = []string{
	"eth dst=ff:ff:ff:ff:ff:ff src=02:00:00:00:00:01 / count 16",
	"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=10 pcp=3 / ipv4 src=192.0.2.1 dst=192.0.2.2 ttl=5 / icmp echo-request id=7 seq=1 / text \"hello\"",
	"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 checksum=0x1234 / udp sport=53 dport=5353 / hex 00",
	"hex 0200",
}

// capturedFrames writes the frames of notations to a file, one a millisecond.
func capturedFrames(t *testing.T, name string, notations []string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	c, err := capture.Create(path, capture.RecorderOptions{About: capture.Interface{Name: `eth"0`}})
	must(t, err)
	at := time.Date(2026, 1, 2, 3, 4, 5, 60_007, time.Local)
	for i, n := range notations {
		template, err := frame.Parse(n)
		must(t, err)
		r := capture.Record{Bytes: template.Append(nil), Time: at.Add(time.Duration(i) * time.Millisecond)}
		if i == 1 {
			r.Length, r.Comments, r.Direction, r.Dropped = 1514, []string{"cut \x1b[31m\""}, capture.Outbound, 2
		}
		must(t, c.Write(&r))
	}
	must(t, c.Close())
	return path
}

func TestDecodeFormats(t *testing.T) {
	path := capturedFrames(t, "x.pcapng", someNotations)
	for _, format := range []string{"notation", "line", "dump", "tree"} {
		status, stdout, stderr := eterm(t, "decode", "-r", path, "--format", format)
		if status != 0 || stderr != "" {
			t.Errorf("%s: status %d, %s", format, status, stderr)
		}
		golden.Check(t, "decode-"+format+".txt", stdout)
		if strings.ContainsRune(stdout, 0x1b) {
			t.Errorf("%s: escape sequence of a comment reaches the terminal", format)
		}
	}
	_, notation, _ := eterm(t, "decode", "-r", path)
	if notation != strings.Join(someNotations, "\n")+"\n" {
		t.Errorf("decoded to\n%s", notation)
	}
}

func TestDecodeJSON(t *testing.T) {
	path := capturedFrames(t, "x.pcapng", someNotations)
	status, stdout, stderr := eterm(t, "decode", "-r", path, "--json")
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, %s", status, stderr)
	}
	type object struct {
		Type, Time, Interface, Direction, Notation string
		Number, Length, Captured, Frames, Faulty   int
		DroppedBefore                              int `json:"dropped_before"`
		Comments                                   []string
		Layers                                     []map[string]any
		Faults                                     []struct {
			Field, Got, Want, Problem string
			Offset                    int
		}
	}
	var all []object
	for line := range strings.Lines(stdout) {
		var o object
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		all = append(all, o)
	}
	if len(all) != 5 {
		t.Fatalf("%d objects", len(all))
	}
	if o := all[1]; o.Type != "frame" || o.Number != 2 || o.Length != 1514 || o.Captured != 60 || o.Interface != `eth"0` ||
		o.Direction != "sent" || o.DroppedBefore != 2 || len(o.Comments) != 1 || o.Comments[0] != "cut \x1b[31m\"" ||
		o.Notation != someNotations[1] || o.Layers[0]["layer"] != "eth" || o.Layers[2]["ttl"] != 5.0 {
		t.Errorf("%+v", o)
	}
	if f := all[2].Faults; len(f) == 0 || f[0].Field != "ipv4.checksum" || f[0].Offset != 24 || f[0].Got != "0x1234" {
		t.Errorf("faults %+v", f)
	}
	if o := all[4]; o.Type != "summary" || o.Frames != 4 || o.Faulty < 2 {
		t.Errorf("summary %+v", o)
	}
}

// TestDecodeFindsTheForm gives decode the same frame in several forms.
func TestDecodeFindsTheForm(t *testing.T) {
	const want = "eth dst=ff:ff:ff:ff:ff:ff src=02:00:00:00:00:01 / hex 0001 / pad 0\n"
	template, err := frame.Parse(want)
	must(t, err)
	b := template.Append(nil)
	digits := hex.EncodeToString(b)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(digits))
	z.Close()
	for stdin, args := range map[string][]string{
		digits + "\n": {"decode"},
		hex.Dump(b):   {"decode", "-r", "-"},
		string(frame.Decode(b).AppendDump(nil, frame.DumpOptions{})): {"decode"},
		zipped.String(): {"decode"},
		"":              {"decode", digits},
		" ":             {"decode", digits[:12], digits[12:24], digits[24:]},
		"  ":            {"decode", hex.Dump(b)},
	} {
		if status, stdout, stderr := etermWith(t, t.Context(), stdin, args...); status != 0 || stdout != want || stderr != "" {
			t.Errorf("%v with %q: status %d, %q, %s", args, stdin, status, stdout, stderr)
		}
	}
}

func TestDecodeDamage(t *testing.T) {
	path := capturedFrames(t, "x.pcap", someNotations[:2])
	file, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, file[:len(file)-1], 0o600))
	status, stdout, stderr := eterm(t, "decode", "-r", path)
	want := "eterm: " + path + ": after 1 frame: damaged at offset 100: record of 76 bytes is cut short after 75\n"
	if status != exit.StatusNo || stdout != someNotations[0]+"\n" || stderr != want {
		t.Errorf("status %d, %q, %s; want 1 and %s", status, stdout, stderr, want)
	}
	_, stdout, _ = eterm(t, "decode", "-r", path, "--json")
	if !strings.Contains(stdout, `{"type":"summary","frames":1,"bytes":60,"faulty":0,"problem":"damaged at offset 100`) {
		t.Errorf("summary in %s", stdout)
	}
	must(t, os.WriteFile(path, append(append(file[:20:20], 127), file[21:]...), 0o600))
	status, stdout, stderr = eterm(t, "decode", "-r", path)
	if status != exit.StatusUsage || stdout != "" || stderr != "eterm: "+path+": link type 127 (802.11 with radiotap) is not Ethernet (1)\n" {
		t.Errorf("radiotap: status %d, %q, %s", status, stdout, stderr)
	}
}

// TestDecodeOtherLinks: frames of a cooked capture get a header, which every
// format says in its way.
func TestDecodeOtherLinks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sll.pcap")
	cooked := "0000000100060200000000010000" + "0800" + "45000021000000004001f6d8c0000201c0000202" + "0800b4250007000168656c6c6f"
	file, err := hex.DecodeString("d4c3b2a102000400" + "0000000000000000" + "ffff0000" + "71000000" + "07000000080000003100000031000000" + cooked)
	must(t, err)
	must(t, os.WriteFile(path, file, 0o600))
	said := "eterm: " + path + " is of Linux cooked: 1 frame got an Ethernet header made of what the file says\n"
	status, stdout, stderr := eterm(t, "decode", "-r", path)
	if want := "eth dst=00:00:00:00:00:00 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=7 seq=1 / text \"hello\" / pad 0\n"; status != 0 || stdout != want || stderr != said {
		t.Errorf("status %d, %s, %s", status, stdout, stderr)
	}
	if _, stdout, _ := eterm(t, "decode", "-r", path, "--format", "line"); !strings.Contains(stdout, "(header made: the file is of Linux cooked)") {
		t.Error(stdout)
	}
	if _, stdout, _ := eterm(t, "decode", "-r", path, "--json"); !strings.Contains(stdout, `"made_header":"Linux cooked"`) {
		t.Error(stdout)
	}
	file[36]--
	must(t, os.WriteFile(path, file, 0o600))
	if _, stdout, stderr := eterm(t, "decode", "-r", path, "--format", "line"); !strings.Contains(stdout, "# 49 bytes captured of a frame of 48: taken as captured") || !strings.Contains(stderr, "1 record with lengths that contradict") {
		t.Error(stdout, stderr)
	}
}

func TestFailOnFault(t *testing.T) {
	path := capturedFrames(t, "x.pcap", []string{"eth dst=broadcast src=02:00:00:00:00:01 / text \"x\"", "eth dst=broadcast src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 checksum=0x0001 / udp"})
	if status, _, stderr := eterm(t, "decode", "-r", path); status != 0 {
		t.Error(status, stderr)
	}
	status, _, stderr := eterm(t, "decode", "-r", path, "--fail-on-fault")
	if status != exit.StatusNo || stderr != "eterm: "+path+": 1 of 2 frames has faults, frame 2: ipv4.checksum at 24: bad checksum: 0x0001, should be 0xf6cd\n" {
		t.Error(status, stderr)
	}
	if status, _, stderr := eterm(t, "decode", "-r", path, "-c", "1", "--fail-on-fault"); status != 0 {
		t.Error(status, stderr)
	}
}

func TestDecodeUsage(t *testing.T) {
	for line, want := range map[string]string{
		"decode -r /none":        "open /none: no such file or directory",
		"decode -r x ff":         "-r x and hex operands: give one of them",
		"decode --format json":   `invalid value "json" for flag --format: want notation, line, dump, tree, hex, od, c or trafgen`,
		"decode --snaplen -1 ff": `invalid value "-1" for flag --snaplen: want a whole number of 0 or more`,
		"decode hello":           `operands: after 0 frames: no frame in it: want pcap, pcapng or hex text, not "hello"`,
	} {
		status, _, stderr := eterm(t, strings.Fields(line)...)
		if status != exit.StatusUsage || stderr != "eterm: "+want+"\n" {
			t.Errorf("%s: status %d, %q; want %q", line, status, stderr, want)
		}
	}
}

// TestDecodeStream gives each frame when it is there: the input stays open.
func TestDecodeStream(t *testing.T) {
	in, feed := pipe(t)
	out, text := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int)
	go func() {
		status := run(ctx, []string{"eterm", "decode"}, in, text, io.Discard)
		text.Close()
		ended <- status
	}()
	lines := bufio.NewReader(out)
	digits := "ffffffffffff02000000000188b5" + strings.Repeat("00", 46)
	for i := range 3 {
		_, err := io.WriteString(feed, digits+"\n")
		must(t, err)
		if line, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, "eth dst=ff") {
			t.Fatalf("frame %d: %q, %v", i, line, err)
		}
	}
	stop()
	feed.Close()
	if status := <-ended; status != 0 {
		t.Errorf("status %d", status)
	}
}

func TestDecodeCount(t *testing.T) {
	path := capturedFrames(t, "x.pcap", someNotations)
	if _, stdout, _ := eterm(t, "decode", "-c", "2", "-r", path); stdout != strings.Join(someNotations[:2], "\n")+"\n" {
		t.Errorf("two frames are\n%s", stdout)
	}
}

func TestDecodeOperandDash(t *testing.T) {
	status, stdout, stderr := etermWith(t, t.Context(), "ffffffffffff02000000000188b50001\n", "decode", "-")
	if status != exit.StatusDone || stderr != "" || !strings.HasPrefix(stdout, "eth dst=ff:ff:ff:ff:ff:ff src=02:00:00:00:00:01 / hex 0001") {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
}

// TestDecodeForOthers: what is printed for other programs is read by them, and
// here again, with every frame whole.
func TestDecodeForOthers(t *testing.T) {
	path := capturedFrames(t, "x.pcap", someNotations)
	_, want, _ := eterm(t, "decode", "-r", path)
	for _, format := range []string{"hex", "od", "c", "trafgen", "dump"} {
		_, text, _ := eterm(t, "decode", "-r", path, "--format", format)
		if status, got, stderr := etermWith(t, t.Context(), text, "decode"); status != 0 || got != want {
			t.Errorf("%s: status %d, %s\ngot  %swant %s", format, status, stderr, got, want)
		}
	}
	if _, err := exec.LookPath("text2pcap"); err != nil {
		t.Skip(err)
	}
	dump, back := filepath.Join(t.TempDir(), "d.txt"), filepath.Join(t.TempDir(), "back.pcap")
	for _, format := range []string{"od", "dump"} {
		_, text, _ := eterm(t, "decode", "-r", path, "--format", format)
		must(t, os.WriteFile(dump, []byte(text), 0o600))
		if out, err := exec.Command("text2pcap", "-q", dump, back).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if _, got, stderr := eterm(t, "decode", "-r", back); got != want {
			t.Errorf("text2pcap of %s: %s\ngot  %swant %s", format, stderr, got, want)
		}
	}
}

func TestDecodeLayer(t *testing.T) {
	path := capturedFrames(t, "x.pcap", []string{"eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp id=7 seq=1 / text \"hi\"", "eth src=02:00:00:00:00:01 / text \"x\""})
	if status, got, stderr := eterm(t, "decode", "-r", path, "--format", "hex", "--layer", "icmp"); status != 0 || got != "08008f8e00070001\n" {
		t.Errorf("status %d, %q, %s", status, got, stderr)
	}
	for line, want := range map[string]string{"--layer icmp": "is for --format hex", "--layer icpm --format hex": "did you mean icmp?"} {
		if status, _, stderr := eterm(t, append([]string{"decode", "-r", path}, strings.Fields(line)...)...); status != exit.StatusUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, %s", line, status, stderr)
		}
	}
}

// TestDecodeGivesUp: a file of few bytes that holds very many frames is read as
// far as was said, and the rest is not said to be none.
func TestDecodeGivesUp(t *testing.T) {
	var file bytes.Buffer
	z := gzip.NewWriter(&file)
	line := []byte("ffffffffffff02000000000188b5\n")
	for range 20_000 {
		_, err := z.Write(line)
		must(t, err)
	}
	must(t, z.Close())
	path := filepath.Join(t.TempDir(), "x.gz")
	must(t, os.WriteFile(path, file.Bytes(), 0o600))
	for flags, want := range map[string]struct {
		status int
		lines  int
		stderr string
	}{
		"--max-frames 1000":           {exit.StatusUntrusted, 1000, "eterm: " + path + ": after 1000 frames: there are more: see --max-frames\n"},
		"--max-frames 1000 -c 1000":   {exit.StatusDone, 1000, ""},
		"--max-frames 20000":          {exit.StatusDone, 20_000, ""},
		"--max-frames 19999":          {exit.StatusUntrusted, 19_999, "eterm: " + path + ": after 19999 frames: there are more: see --max-frames\n"},
		"--max-frames 30000 -c 20000": {exit.StatusDone, 20_000, ""},
		"--max-frames 5 -c 7":         {exit.StatusUntrusted, 5, "eterm: " + path + ": after 5 frames: there are more: see --max-frames\n"},
	} {
		status, stdout, stderr := eterm(t, append([]string{"decode", "--format", "hex", "-r", path}, strings.Fields(flags)...)...)
		if n := strings.Count(stdout, "\n"); status != want.status || n != want.lines || stderr != want.stderr {
			t.Errorf("%s: status %d, %d lines, %s", flags, status, n, stderr)
		}
	}
}
