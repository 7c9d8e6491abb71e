package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/capture"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// captured reads a capture file.
func captured(t *testing.T, in io.Reader) (frames [][]byte, about capture.Interface) {
	t.Helper()
	r, err := capture.NewReader(in)
	must(t, err)
	var rec capture.Record
	for {
		err := r.Next(&rec)
		if errors.Is(err, io.EOF) {
			return frames, about
		}
		must(t, err)
		frames = append(frames, bytes.Clone(rec.Bytes))
		about, _ = r.Interface(rec.Interface)
	}
}

func capturedFile(t *testing.T, path string) (frames [][]byte, about capture.Interface) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return captured(t, bytes.NewReader(b))
}

// say sends frames from a host.
func say(t *testing.T, h *lab.Host, args ...string) {
	t.Helper()
	args = append([]string{"exchange", "-W0", "--interval", "1ms"}, args...)
	if status, _, stderr := runOn(t, h, args...); status != 0 {
		t.Fatalf("%v: status %d: %s", args, status, stderr)
	}
}

func TestListenRecords(t *testing.T) {
	left, right, _ := switched(t)
	path := filepath.Join(t.TempDir(), "x.pcapng")
	listen := on(t, right, "listen", "-w", path, "-c", "3", "ether", "proto", "0x88b5", "and", "vlan", "10")
	say(t, left, "-c2", "-t", "0x88b5")
	say(t, left, "-c3", "-t", "0x88b5", "-Q", "3:10")
	if status := listen.end(t); status != 0 || listen.stdout.Len() > 0 {
		t.Fatalf("status %d: %s%s", status, &listen.stdout, &listen.stderr)
	}
	if want := "eterm: 3 frames in " + path; !strings.Contains(listen.stderr.String(), want) {
		t.Errorf("stderr %q, want %q", &listen.stderr, want)
	}
	frames, about := capturedFile(t, path)
	if len(frames) != 3 || !bytes.Equal(frames[0][12:18], []byte{0x81, 0, 0x60, 0x0a, 0x88, 0xb5}) {
		t.Errorf("frames % x", frames)
	}
	if about.Name != "eth0" || about.Filter != "ether proto 0x88b5 and vlan 10" || about.OS == "" || about.Hardware == "" ||
		!strings.HasPrefix(about.Description, rightMAC.String()) || !strings.HasPrefix(about.Application, "eterm ") {
		t.Errorf("interface %+v", about)
	}
	shown, err := exec.Command("tshark", "-r", path, "-X", "read_format:MIME Files Format", "-V").Output()
	if err != nil {
		t.Skip("no tshark:", err)
	}
	for _, want := range []string{"Direction: Inbound", "Number of Dropped Packets by OS: 0", "Number of Delivered to the User Packets: 3", "the kernel dropped 0 of 3 frames"} {
		if !strings.Contains(string(shown), want) {
			t.Errorf("tshark does not show %q", want)
		}
	}
}

func TestListenRotates(t *testing.T) {
	left, right, _ := switched(t)
	dir := t.TempDir()
	listen := on(t, right, "listen", "-w", dir+"/x.pcapng", "-c", "100", "-t", "0x88b5", "--rotate", "2kB,1h", "--keep", "3")
	say(t, left, "-c100", "-t", "0x88b5")
	if status := listen.end(t); status != 0 {
		t.Fatalf("status %d: %s", status, &listen.stderr)
	}
	files, err := filepath.Glob(dir + "/x-*.pcapng")
	must(t, err)
	if len(files) != 3 || !strings.Contains(listen.stderr.String(), " files, of which "+files[0]+" to "+files[2]+" are kept\n") {
		t.Errorf("%v are there: %s", files, &listen.stderr)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		must(t, err)
		if counts := lastCounts(t, f); info.Size() > 2000 || counts[8] == 0 {
			t.Errorf("%s has %d bytes, and the account %v", f, info.Size(), counts)
		}
	}
}

// TestListenFlagsSelect shows the flags that need no tcpdump.
func TestListenFlagsSelect(t *testing.T) {
	left, right, _ := switched(t)
	for _, c := range []struct{ flags, send, not string }{
		{"-Q 10", "-Q 3:10", "-Q 11"},
		{"-Q 3:10", "-Q 3:10", "-Q 4:10"},
		{"-Q 3:10,20", "-Q 3:10,20", "-Q 10"},
		{"-t 0x88b6", "-t 0x88b6 -Q 5", "-t 0x88b5"},
		{"--to own", "--to 02:00:00:00:00:0b", "--to broadcast"},
		{"--from 02:00:00:00:00:0a", "--from own", "--from 02:00:00:00:00:99"},
		{"--to broadcast -t 0x88b5 -Q 7", "--to broadcast -Q 7", "--to 02:00:00:00:00:0b -Q 7"},
	} {
		listen := on(t, right, append([]string{"listen", "--json", "-c1"}, strings.Fields(c.flags)...)...)
		say(t, left, append([]string{"-c2", "--payload", "no"}, strings.Fields(c.not)...)...)
		say(t, left, append([]string{"-c1", "--payload", "yes"}, strings.Fields(c.send)...)...)
		if status := listen.end(t); status != 0 {
			t.Errorf("%s: status %d: %s", c.flags, status, &listen.stderr)
		}
		if got := objects(t, listen.stdout.String()); len(got) != 2 || !bytes.Contains(got[0].bytes(t), []byte("yes")) {
			t.Errorf("%s takes %s", c.flags, &listen.stdout)
		}
	}
}

// TestListenToPipe reads a capture while it is made, and then goes away.
func TestListenToPipe(t *testing.T) {
	left, right, _ := switched(t)
	in, out, err := os.Pipe()
	must(t, err)
	p := program(t.Context(), "listen", "-i", "eth0", "-w", "-", "-t", "0x88b5")
	var stderr bytes.Buffer
	p.Stdout, p.Stderr = out, &stderr
	must(t, right.Start(p))
	must(t, out.Close())
	r, err := capture.NewReader(in) // its head is there, so its port is open
	must(t, err)
	say(t, left, "-c1", "-t", "0x88b5", "--payload", "first")
	var rec capture.Record
	must(t, r.Next(&rec))
	if !bytes.Contains(rec.Bytes, []byte("first")) || rec.Time.IsZero() || rec.Direction != capture.Inbound {
		t.Errorf("record %+v", rec)
	}
	must(t, in.Close())
	say(t, left, "-c1", "-t", "0x88b5")
	must(t, p.Wait())
	if !strings.Contains(stderr.String(), "eterm: the reader of the capture is gone: it ends here\n") {
		t.Errorf("stderr %q", &stderr)
	}
}

// TestListenOnFullDisk fills a file system of 64 KiB.
func TestListenOnFullDisk(t *testing.T) {
	left, right, _ := switched(t)
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("no file system can be mounted here:", err)
	}
	defer syscall.Unmount(dir, 0)
	path := filepath.Join(dir, "x.pcapng")
	listen := on(t, right, "listen", "-w", path, "-t", "0x88b5")
	say(t, left, "-c100", "-s", "1518", "--payload", "x")
	if status := listen.end(t); status != exit.StatusUsage {
		t.Errorf("status %d", status)
	}
	if !strings.Contains(listen.stderr.String(), "no space left on device; its ") || !strings.Contains(listen.stderr.String(), " received, ") {
		t.Errorf("stderr %q", &listen.stderr)
	}
	frames, _ := capturedFile(t, path)
	if len(frames) < 39 || len(frames) > 43 {
		t.Errorf("%d whole frames in 64 KiB, want some 41", len(frames))
	}
	if !strings.Contains(listen.stderr.String(), fmt.Sprintf("%d frames in %s", len(frames), path)) {
		t.Errorf("%d frames are in the file: %q", len(frames), &listen.stderr)
	}
	received := regexp.MustCompile(`(\d+) received`).FindStringSubmatch(listen.stderr.String())
	if n, err := strconv.Atoi(received[1]); err != nil || n < len(frames) {
		t.Errorf("%q received, %d recorded", received, len(frames))
	}
}

func TestRecordingRefuses(t *testing.T) {
	_, right, _ := switched(t)
	dir := t.TempDir()
	there := filepath.Join(dir, "there.pcap")
	must(t, os.WriteFile(there, []byte("x"), 0o600))
	for line, want := range map[string]string{
		"-w " + there:                       there + " is there already: --force overwrites it",
		"-w - --json":                       "-w - writes the capture to standard output, so nothing else can be printed there",
		"-w - --print":                      "-w - writes the capture to standard output, so nothing else can be printed there",
		"-w - --rotate 1MB":                 "standard output cannot be rotated: give -w a file's name",
		"-w x.pcap -q":                      "--quiet and --write contradict each other: give one",
		"--keep 3":                          "--keep is nothing without --rotate: give both, or neither",
		"-w x.pcap --keep 3":                "--keep is nothing without --rotate: give both, or neither",
		"-w x.pcap --rotate 5":              `invalid value "5" for flag --rotate: want a size such as 100MB, a time such as 10m, or both with a comma`,
		"-w " + dir + "/new.pcap ether foo": `filter "ether foo": tcpdump: can't parse filter expression: syntax error`,
		"-Q 4096":                           `invalid value "4096" for flag -Q: vlan "4096": want 0 to 4095`,
	} {
		status, stdout, stderr := runOn(t, right, append([]string{"listen"}, strings.Fields(line)...)...)
		if status != exit.StatusUsage || stdout != "" || stderr != "eterm: "+want+"\n" {
			t.Errorf("listen %s: status %d, stdout %q, stderr %q; want %q", line, status, stdout, stderr, want)
		}
	}
	if b, err := os.ReadFile(there); err != nil || string(b) != "x" {
		t.Errorf("the file that was there holds %q, %v", b, err)
	}
	if _, err := os.Stat(dir + "/new.pcap"); err == nil {
		t.Error("a wrong filter left a file")
	}
}

// lastCounts are the counts in the block of statistics that ends a pcapng file,
// by the code of their option (draft-ietf-opsawg-pcapng, section 4.6).
func lastCounts(t *testing.T, path string) map[uint16]uint64 {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	block := b[len(b)-int(binary.LittleEndian.Uint32(b[len(b)-4:])):]
	if kind := binary.LittleEndian.Uint32(block); kind != 5 {
		t.Fatalf("the file ends with a block of type %d", kind)
	}
	counts := map[uint16]uint64{}
	for o := block[20 : len(block)-4]; len(o) >= 12; {
		code, n := binary.LittleEndian.Uint16(o), int(binary.LittleEndian.Uint16(o[2:]))
		if n == 8 {
			counts[code] = binary.LittleEndian.Uint64(o[4:])
		}
		o = o[4+(n+3)&^3:]
	}
	return counts
}

// TestRecordingAccountsForDrops stops the recorder until its socket is full.
func TestRecordingAccountsForDrops(t *testing.T) {
	left, right := labtest.Pair(t)
	path := filepath.Join(t.TempDir(), "x.pcapng")
	listen := on(t, right, "listen", "-w", path, "-t", "0x88b5")
	must(t, listen.Process.Signal(syscall.SIGSTOP))
	const sent = 200_000
	status, _, stderr := runOn(t, left, "send", "-q", "-b", "max", "-c", strconv.Itoa(sent), "--engine", "socket")
	must(t, listen.Process.Signal(syscall.SIGCONT))
	if status != 0 {
		t.Fatalf("send: status %d, %s", status, stderr)
	}
	must(t, listen.Process.Signal(syscall.SIGINT))
	if status := listen.end(t); status != exit.StatusUntrusted {
		t.Errorf("status %d: %s", status, &listen.stderr)
	}
	frames, _ := capturedFile(t, path)
	counts := lastCounts(t, path)
	accepted, dropped, delivered := counts[6], counts[7], counts[8]
	if dropped == 0 || delivered+dropped != accepted || accepted > sent || uint64(len(frames)) > delivered {
		t.Errorf("accepted %d, dropped %d, delivered %d, %d in the file; %d were sent", accepted, dropped, delivered, len(frames), sent)
	}
}
