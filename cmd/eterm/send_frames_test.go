package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/frame"
	"eterm/iface"
	"eterm/iface/lab/labtest"
)

// planned are the frames a dry run shows.
func planned(t *testing.T, args ...string) (frames []show.Frame) {
	t.Helper()
	status, stdout, stderr := eterm(t, append([]string{"send", "-S", "--json"}, args...)...)
	if status != exit.StatusDone {
		t.Fatalf("send %q: status %d: %s", args, status, stderr)
	}
	for line := range strings.Lines(stdout) {
		var f show.Frame
		must(t, json.Unmarshal([]byte(line), &f))
		frames = append(frames, f)
	}
	return frames
}

func TestSendNotations(t *testing.T) {
	words := strings.Fields("eth dst=02:00:00:00:00:0a type=0x88b5 / hex 0102 + eth dst=02:00:00:00:00:0b type=0x88b6 --weights 2,1 -c 6")
	order := ""
	for _, f := range planned(t, words...) {
		order += f.Hex[11:12]
	}
	if order != "abaaba" {
		t.Errorf("weights 2 and 1 give %s", order)
	}
	// Fields that vary, and lengths that follow the size.
	for i, f := range planned(t, strings.Fields("-s 64,200 -c 4 eth dst=02:00:00:00:00:02 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=7..8 dport=9")...) {
		b, err := hex.DecodeString(f.Hex)
		must(t, err)
		wantLen, wantIP, wantPort := 60, 28, 7+i/2
		if i%2 == 1 {
			wantLen, wantIP = 196, 182
		}
		if got := int(binary.BigEndian.Uint16(b[16:])); len(b) != wantLen || got != wantIP || int(b[35]) != wantPort {
			t.Errorf("frame %d: %d bytes, IPv4 length %d, port %d; want %d, %d, %d", i, len(b), got, b[35], wantLen, wantIP, wantPort)
		}
	}
	// Echo requests by flags count up, checksums and all.
	for i, f := range planned(t, strings.Fields("--src-ip 192.0.2.1 --dst-ip 192.0.2.2 -s 100 -c 3")...) {
		b, err := hex.DecodeString(f.Hex)
		must(t, err)
		if d := frame.Decode(b); len(b) != 96 || b[41] != byte(i+1) || b[19] != byte(i+1) || len(d.Faults) != 0 {
			t.Errorf("echo request %d: %s, %v", i+1, d.AppendNotation(nil), d.Faults)
		}
	}
	random := strings.Fields("-c 3 eth dst=02:00:00:00:00:02 type=0x88b5 / random 30 --seed")
	one, again, other := planned(t, append(random, "5")...), planned(t, append(random, "5")...), planned(t, append(random, "6")...)
	if one[2].Hex != again[2].Hex || one[2].Hex == other[2].Hex {
		t.Error("the seed does not decide")
	}
}

func TestSendNotationRefuses(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"eth / ipv4 tll=5", "eterm: notation: unknown field \"tll\""},
		{"eth / arp +", "no notation beside \"+\""},
		{"+ eth / arp", "no notation beside \"+\""},
		{"eth / arp --weights 1,2", "2 weights for 1 notations: give one for each"},
		{"eth / arp --weights 0", "want a weight of 1 to 1000"},
		{"eth / arp -Q 5", "--vlan describes frames, which the notation already does"},
		{"eth / arp -r x.pcap", "a notation and -r contradict each other"},
		{"eth / zeros 100 -s 64", "a frame of 114 bytes does not fit size 64: at most 60"},
		{"hex 0102", "eterm: frame is shorter than an Ethernet header: it has 2 bytes, want 14 or more"},
		{"-r nosuch.pcap", "nosuch.pcap: no such file"},
		{"-r x -s 64", "--read and --size contradict each other: give one"},
		{"-r x -b 5pps --speed 2", "--speed and --rate contradict each other: give one"},
		{"-r x --speed nan", "want a number such as 2 or 0.5"},
	} {
		status, stdout, stderr := eterm(t, append([]string{"send", "-S"}, strings.Fields(c.line)...)...)
		if status != exit.StatusUsage || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("send %s: status %d, stdout %q, stderr %q; want 2, none, %q", c.line, status, stdout, stderr, c.want)
		}
	}
}

// pcapOf is a capture of frames at the given times, in the classic format.
func pcapOf(frames [][]byte, at []time.Duration) []byte {
	var b bytes.Buffer
	w := func(v ...uint32) { binary.Write(&b, binary.LittleEndian, v) }
	w(0xa1b23c4d, 2|4<<16, 0, 0, 65535, 1) // with nanoseconds
	for i, f := range frames {
		w(1000+uint32(at[i]/time.Second), uint32(at[i]%time.Second), uint32(len(f)), uint32(len(f)))
		b.Write(f)
	}
	return b.Bytes()
}

// TestSendFile replays a capture: the same bytes, at the same times or faster.
func TestSendFile(t *testing.T) {
	var frames [][]byte
	for i := range 3 {
		f := append(append(append([]byte{}, rightMAC...), leftMAC...), 0x88, 0xb5, byte(i))
		frames = append(frames, append(f, make([]byte, 50+i)...))
	}
	file := filepath.Join(t.TempDir(), "three.pcap")
	must(t, os.WriteFile(file, pcapOf(frames, []time.Duration{0, 40 * time.Millisecond, 60 * time.Millisecond}), 0o600))
	due := func(args ...string) (at []int64) {
		for _, f := range planned(t, append(args, "-r", file)...) {
			at = append(at, *f.DueNS/1e6)
		}
		return at
	}
	for _, c := range []struct {
		args []string
		want []int64
	}{
		{nil, []int64{0, 40, 60}},
		{[]string{"--speed", "2", "-c", "5"}, []int64{0, 20, 30, 45, 65}},
		{[]string{"-b", "100pps"}, []int64{0, 10, 20}},
	} {
		if got := due(c.args...); !slices.Equal(got, c.want) {
			t.Errorf("send -r %q: due at %v ms, want %v", c.args, got, c.want)
		}
	}

	left, right, _ := switched(t)
	var port iface.Port
	must(t, right.Do(func() (err error) {
		port, err = iface.Open("eth0", iface.Options{})
		return err
	}))
	defer port.Close()
	if status, _, stderr := runOn(t, left, "send", "-r", file); status != exit.StatusDone && !strings.Contains(stderr, "missed") {
		t.Fatalf("status %d: %s", status, stderr)
	}
	must(t, port.SetReadDeadline(time.Now().Add(5*time.Second)))
	for i := 0; i < len(frames); {
		rx := make([]iface.Received, 1)
		_, err := port.Receive(rx)
		must(t, err)
		if !bytes.Equal(rx[0].Bytes[:12], frames[0][:12]) {
			continue // some other frame on this switch
		}
		if !bytes.Equal(rx[0].Bytes, frames[i]) {
			t.Errorf("frame %d arrived as %x, want %x", i, rx[0].Bytes, frames[i])
		}
		i++
	}
}

// TestSendMemoryIsConstant: a run of many frames needs no more of anything than
// a run of few. ETERM_SEND_FRAMES says how many.
func TestSendMemoryIsConstant(t *testing.T) {
	left, right := labtest.Pair(t)
	p := on(t, left, strings.Fields("send --json -b max -d 1h --engine socket")...)
	sample := func(after uint64) (memory, threads, descriptors int) {
		start := receivedBy(t, right)
		for now := start; now < start+after; now = receivedBy(t, right) {
			waitUntil(t, func() bool { return receivedBy(t, right) > now }) // it goes on
		}
		return usedBy(t, p.Process.Pid)
	}
	memory, threads, descriptors := sample(20_000)
	many := uint64(200_000)
	if n, err := strconv.ParseUint(os.Getenv("ETERM_SEND_FRAMES"), 10, 64); err == nil {
		many = n
	}
	memoryLater, threadsLater, descriptorsLater := sample(many)
	must(t, p.Process.Signal(os.Interrupt))
	p.end(t)
	if s := summaryOf(t, p.stdout.String()); s.Sent != receivedBy(t, right) {
		t.Errorf("%d frames sent, %d arrived", s.Sent, receivedBy(t, right))
	}
	t.Logf("%d KiB, then %d; %d threads, then %d; %d descriptors", memory, memoryLater, threads, threadsLater, descriptors)
	if descriptorsLater != descriptors || threadsLater > threads+2 || memoryLater > memory+4<<10 {
		t.Errorf("after 20,000 frames %d KiB, %d threads, %d descriptors; %d later %d, %d, %d",
			memory, threads, descriptors, many, memoryLater, threadsLater, descriptorsLater)
	}
}

// usedBy is what a process holds: memory in KiB, threads, and descriptors.
func usedBy(t *testing.T, pid int) (memory, threads, descriptors int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	must(t, err)
	for line := range strings.Lines(string(status)) {
		fmt.Sscanf(line, "VmRSS: %d kB", &memory)
		fmt.Sscanf(line, "Threads: %d", &threads)
	}
	fds, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	must(t, err)
	return memory, threads, len(fds)
}
