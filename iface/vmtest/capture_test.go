package vmtest

import (
	"bufio"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// capture records with tcpdump what a device receives. The function it gives
// ends that, and reads the frames.
func capture(t *testing.T, device string) func() [][]byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.pcap")
	cmd := exec.Command("tcpdump", "--immediate-mode", "-s", "512", "-Z", "root", "-i", device, "-Q", "in", "-B", "16384", "-U", "-w", file)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "listening on") {
	}
	return func() [][]byte {
		t.Helper()
		size := int64(-1)
		await(t, "tcpdump has written all", func() bool { // what it has not read when it ends is not in the file
			time.Sleep(300 * time.Millisecond)
			was := size
			if info, err := os.Stat(file); err == nil {
				size = info.Size()
			}
			return size == was
		})
		_ = cmd.Process.Signal(syscall.SIGINT)
		for lines.Scan() {
			if strings.HasSuffix(lines.Text(), "dropped by kernel") && !strings.HasPrefix(lines.Text(), "0 ") {
				t.Errorf("tcpdump: %s", lines.Text())
			}
		}
		if err := cmd.Wait(); err != nil {
			t.Fatalf("tcpdump: %v", err)
		}
		return pcap(t, file)
	}
}

// pcap reads a capture in this machine's order of bytes.
func pcap(t *testing.T, file string) (frames [][]byte) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for b = b[24:]; len(b) >= 16; {
		n := binary.NativeEndian.Uint32(b[8:])
		frames = append(frames, b[16:16+n])
		b = b[16+n:]
	}
	return frames
}

// testLength is the length of the test frames that a capture is searched for: no
// other frame of a link test has it.
const testLength = 200

func testFrames(all [][]byte) (found [][]byte) {
	for _, f := range all {
		if len(f) == testLength {
			found = append(found, f)
		}
	}
	return found
}

// sequence is a test frame's number: in the mark behind Ethernet, IPv4 and UDP.
func sequence(f []byte) uint32 { return binary.BigEndian.Uint32(f[14+20+8+8:]) }

// intact says that a test frame from card to card has no wrong bit: its Ethernet
// header is known, and checksums cover the rest.
func intact(f []byte) bool {
	const header = "\x02\x00\x00\x00\x00\x0b\x02\x00\x00\x00\x00\x0a\x08\x00"
	packet := f[14:]
	pseudo := append(append([]byte{}, packet[12:20]...), 0, packet[9], packet[24], packet[25])
	return string(f[:14]) == header && sum(packet[:20]) == 0xffff && sum(append(pseudo, packet[20:]...)) == 0xffff
}

// sum is the one's complement sum of RFC 1071.
func sum(b []byte) uint32 {
	n := uint32(0)
	for i := 0; i+1 < len(b); i += 2 {
		n += uint32(b[i])<<8 | uint32(b[i+1])
	}
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return n
}
