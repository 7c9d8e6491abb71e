package main

import (
	"encoding/hex"
	"hash/crc32"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab/labtest"
)

// TestSendWithItsOwnFCS: a veth carries the four bytes as bytes of the frame, which is
// said, and so they are seen at its other end; they are not with a dry run only.
func TestSendWithItsOwnFCS(t *testing.T) {
	left, right, _ := switched(t)
	seen := on(t, right, "listen", "-c", "3", "-t", "0x88b5", "--json")
	for _, fcs := range []string{"", "bad", "deadbeef"} {
		args := []string{"send", "-c", "1", "-s", "64"}
		if fcs != "" {
			args = append(args, "--fcs", fcs)
		}
		p := on(t, left, args...)
		if status := p.end(t); status != exit.StatusDone || strings.Contains(p.stderr.String(), "carries the 4 bytes of --fcs as ordinary bytes") != (fcs != "") {
			t.Errorf("%q: status %d, %s", fcs, status, &p.stderr)
		}
	}
	if status := seen.end(t); status != 0 {
		t.Fatalf("status %d: %s", status, &seen.stderr)
	}
	var frames [][]byte
	for _, o := range objects(t, seen.stdout.String()) {
		if o.Type == "frame" {
			b, err := hex.DecodeString(o.Hex)
			must(t, err)
			frames = append(frames, b)
		}
	}
	if len(frames) != 3 || len(frames[0]) != 60 || len(frames[1]) != 64 || len(frames[2]) != 64 {
		t.Fatalf("%x", frames)
	}
	if got := crc32.ChecksumIEEE(frames[1][:60]); got != ^(uint32(frames[1][60]) | uint32(frames[1][61])<<8 | uint32(frames[1][62])<<16 | uint32(frames[1][63])<<24) {
		t.Errorf("not the inverted FCS %08x: %x", got, frames[1])
	}
	if hex.EncodeToString(frames[2][60:]) != "deadbeef" {
		t.Errorf("%x", frames[2])
	}
	status, out, _ := eterm(t, "send", "-S", "-c", "1", "-s", "64", "--fcs", "deadbeef")
	if status != 0 || !strings.Contains(out, "2d de ad") || !strings.Contains(out, "003e  be ef") {
		t.Errorf("dry run: %s", out)
	}
}

// TestErroredFramesAreRefusedPolitely: what a driver cannot do is said, with what can.
func TestErroredFramesAreRefusedPolitely(t *testing.T) {
	host := labtest.Host(t, "tester")
	labtest.Run(t, host, "ip", "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
	for _, name := range []string{"a", "b"} {
		labtest.Run(t, host, "ip", "link", "set", "dev", name, "up")
	}
	for _, name := range []string{"d0", "d1"} {
		labtest.Run(t, host, "ip", "link", "add", name, "type", "bridge")
		labtest.Run(t, host, "ip", "link", "set", "dev", name, "up")
	}
	for line, want := range map[string]string{
		"send -i d0 --fcs bad":                               "the driver sends every frame with its own FCS: protocol not supported: use a NIC whose driver can (SO_NOFCS)",
		"send -i d0 --fcs 00":                                "want bad, or 8 hex digits",
		"switch check --a a --b b --errored":                 "a is a veth, which carries an FCS as ordinary bytes and has no least size",
		"switch check --a d0 --b d1 --errored":               "d0: its driver bridge cannot hand over errored frames (rx-all)",
		"switch check --a a --b b --errored --only sizes":    "--errored and --only contradict each other",
		"switch check --to 02:00:00:00:00:01 -i a --errored": "contradict each other",
	} {
		p := on(t, host, strings.Fields(line)...)
		if status := p.end(t); status != exit.StatusUsage || p.stdout.Len() > 0 || !strings.Contains(p.stderr.String(), want) || strings.Count(p.stderr.String(), "\n") != 1 {
			t.Errorf("%s: status %d, printed %q, said %q", line, status, &p.stdout, &p.stderr)
		}
	}
}
