package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"eterm/frame/capture"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// wiresharkWith is a tshark whose folder of extcap programs has eterm alone.
func wiresharkWith(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	labtest.Tool(t, "tshark")
	// What names another folder in the environment is not heard by root.
	_, place, _ := strings.Cut(tsharkFolders(t), "Extcap path:")
	place, _, _ = strings.Cut(strings.TrimSpace(place), "\n")
	folder := t.TempDir()
	self, err := os.Executable()
	must(t, err)
	must(t, os.Symlink(self, filepath.Join(folder, "eterm")))
	if err := syscall.Mount(folder, place, "", syscall.MS_BIND, ""); err != nil {
		t.Skip("nothing can be mounted here:", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(place, syscall.MNT_DETACH)) })
	cmd := exec.CommandContext(t.Context(), "tshark", args...)
	cmd.Env = append(os.Environ(), programVar+"=1", "HOME="+t.TempDir(), "TMPDIR="+t.TempDir())
	return cmd
}

func tsharkFolders(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "tshark", "-G", "folders").Output()
	must(t, err)
	return string(out)
}

// outputOn runs a command on a host.
func outputOn(t *testing.T, h *lab.Host, cmd *exec.Cmd) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	must(t, h.Start(cmd))
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %v: %s", cmd.Args, err, &errs)
	}
	return out.String()
}

// TestExtcapLists: tshark finds the ports, their link type and their options.
func TestExtcapLists(t *testing.T) {
	_, right := labtest.Pair(t)
	if got := outputOn(t, right, wiresharkWith(t, "-D")); !strings.Contains(got, "eterm-eth0 (eterm on eth0: ") || !strings.Contains(got, "eterm-lo (eterm on lo: ") {
		t.Errorf("ports: %s", got)
	}
	if got := outputOn(t, right, wiresharkWith(t, "-L", "-i", "eterm-eth0")); !strings.Contains(got, "EN10MB") {
		t.Errorf("link types: %s", got)
	}
	status, options, _ := runOn(t, right, "--extcap-interface=eterm-eth0", "--extcap-config")
	for _, want := range []string{"{call=--promisc}", "{call=--vlan}", "{type=boolflag}"} {
		if status != 0 || !strings.Contains(options, want) {
			t.Errorf("options: status %d: %s", status, options)
		}
	}
	for filter, want := range map[string]string{"icmp or arp": "", "ether foo": "filter \"ether foo\": tcpdump: can't parse filter expression: syntax error\n"} {
		if status, said, _ := runOn(t, right, "--extcap-interface", "eterm-eth0", "--extcap-capture-filter", filter); said != want || (status == 0) != (want == "") {
			t.Errorf("filter %q: status %d, %q", filter, status, said)
		}
	}
	for _, wrong := range []string{"--extcap-nothing", "--extcap-dlts", "--capture --extcap-interface eterm-eth0", "--capture --extcap-interface eterm-eth0 --fifo /nowhere/fifo"} {
		if status, _, said := runOn(t, right, strings.Fields(wrong)...); status != 2 || !strings.HasPrefix(said, "eterm: ") {
			t.Errorf("%s: status %d, %q", wrong, status, said)
		}
	}
}

// TestExtcapCaptures: what tshark captures through eterm is what eterm records
// itself: VLAN tags, directions and drops.
func TestExtcapCaptures(t *testing.T) {
	left, right, _ := switched(t)
	dir := t.TempDir()
	through, direct := dir+"/through.pcapng", dir+"/direct.pcapng"
	listen := on(t, right, "listen", "--promisc", "--sent", "-w", direct, "ether proto 0x88b5 or vlan")
	shark := wiresharkWith(t, "-i", "eterm-eth0", "-f", "ether proto 0x88b5 or vlan", "-w", through, "-P", "-l", "-T", "fields", "-e", "frame.len")
	lines, err := shark.StdoutPipe()
	must(t, err)
	var stderr bytes.Buffer
	shark.Stderr = &stderr
	must(t, right.Start(shark))
	// What is sent until it listens comes to it or not.
	shown := bufio.NewScanner(lines)
	begun := make(chan struct{})
	go func() {
		defer close(begun)
		shown.Scan()
	}()
	for waiting := true; waiting; {
		say(t, left, "-c1", "-t", "0x88b5", "--payload", "before")
		select {
		case <-begun:
			waiting = false
		case <-t.Context().Done():
			t.Fatalf("nothing captured: %s", &stderr)
		default:
		}
	}
	say(t, left, "-c3", "-t", "0x88b5", "-Q", "3:10")
	say(t, left, "-c3", "-t", "0x88b5", "-Q", "5:100,7", "--to", "02:00:00:00:00:99")
	say(t, right, "-c2", "-t", "0x88b5", "--payload", "sent by the capturing host")
	say(t, left, "-c1", "-t", "0x88b5", "-s", "1000")
	for shown.Scan() && shown.Text() != "996" {
	}
	must(t, shark.Process.Signal(syscall.SIGINT))
	_, _ = io.Copy(io.Discard, lines)
	if err := shark.Wait(); err != nil {
		t.Errorf("tshark: %v: %s", err, &stderr)
	}
	must(t, listen.Process.Signal(syscall.SIGINT))
	listen.end(t)
	got, want := recordsBehind(t, through), recordsBehind(t, direct)
	if len(got) != len(want) || len(want) != 9 {
		t.Fatalf("%d frames through Wireshark, %d recorded: %s", len(got), len(want), &stderr)
	}
	for i := range want {
		if !bytes.Equal(got[i].Bytes, want[i].Bytes) || got[i].Direction != want[i].Direction || got[i].Length != want[i].Length {
			t.Errorf("frame %d: % x (%v), recorded % x (%v)", i, got[i].Bytes, got[i].Direction, want[i].Bytes, want[i].Direction)
		}
	}
	info := exec.Command("tshark", "-r", through, "-X", "read_format:MIME Files Format", "-V", "-O", "file-pcapng")
	if text, err := info.Output(); err != nil || !strings.Contains(string(text), "Number of Dropped Packets by OS: 0") {
		t.Errorf("no account of drops in what tshark wrote: %v", err)
	}
}

// recordsBehind are the frames of a capture that were sent after "before".
func recordsBehind(t *testing.T, path string) (all []capture.Record) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	r, err := capture.NewReader(bytes.NewReader(b))
	must(t, err)
	var rec capture.Record
	for r.Next(&rec) == nil {
		if !bytes.Contains(rec.Bytes, []byte("before")) {
			rec.Bytes = bytes.Clone(rec.Bytes)
			all = append(all, rec)
		}
	}
	return all
}
