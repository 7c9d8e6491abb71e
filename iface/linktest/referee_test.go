package linktest_test

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame"
	"eterm/frame/capture"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/lab/labtest"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
)

// offered are the frames a load puts on a wire, plan and end frames included.
func offered(t *testing.T, l linktest.Load) (frames [][]byte) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tx, rx := ifacetest.Wire()
		l.Src, l.Dst = tx.HardwareAddr(), rx.HardwareAddr()
		if _, err := linktest.Send(t.Context(), tx, l, linktest.SendOptions{Session: 0xabcdef, Clock: pace.Timers()}); err != nil {
			t.Fatal(err)
		}
		for all := make([]iface.Received, 4096); ; {
			if err := rx.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
				t.Fatal(err)
			}
			n, err := rx.Receive(all)
			for _, r := range all[:n] {
				frames = append(frames, append([]byte{}, r.Bytes...))
			}
			if err != nil {
				return
			}
		}
	})
	return frames
}

// TestChecksumsStayRight: whatever number and time a mark has, tshark finds the
// checksums of IPv4, UDP and ICMP around it right, and the frames whole.
func TestChecksumsStayRight(t *testing.T) {
	labtest.Tool(t, "tshark")
	ip := &linktest.IP{Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2")}
	icmp := *ip
	icmp.ICMP = true
	for name, l := range map[string]linktest.Load{
		"udp":         {IP: ip, Sizes: []int{64, 65, 200, 1518}, Streams: 3},
		"icmp":        {IP: &icmp, Sizes: []int{64, 65, 200, 1518}},
		"tagged udp":  {IP: ip, Sizes: []int{68, 1522}, VLANs: []frame.VLAN{{PCP: 5, ID: 7}}},
		"tagged icmp": {IP: &icmp, Sizes: []int{72, 1522}, VLANs: []frame.VLAN{{TPID: 0x88a8, ID: 7}, {ID: 8}}},
	} {
		l.Count, l.Rate = 300, 1000
		if name == "tagged icmp" {
			l.Sizes = []int{72, 1518}
		}
		frames := offered(t, l)
		if len(frames) < 300 {
			t.Fatalf("%s: %d frames", name, len(frames))
		}
		lines := shark(t, frames, "ip.checksum.status", "udp.checksum.status", "icmp.checksum.status", "ip.len")
		for i, line := range lines {
			if f := strings.Split(line, "\t"); f[0] != "1" || f[1]+f[2] != "1" {
				t.Fatalf("%s, frame %d: tshark says %q of\n%x", name, i, line, frames[i])
			}
		}
	}
}

// shark dissects frames and returns a line of the fields asked for of each.
func shark(t *testing.T, frames [][]byte, fields ...string) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.pcap")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w, err := capture.NewWriter(out, capture.FormatOf(path), capture.Interface{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if err := w.Write(&capture.Record{Bytes: f, Length: len(f), Time: time.Unix(1, 0)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(nil); err != nil {
		t.Fatal(err)
	}
	args := []string{"-r", path, "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T", "fields"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	text, err := exec.Command("tshark", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) != len(frames) {
		t.Fatalf("tshark shows %d of %d frames", len(lines), len(frames))
	}
	return lines
}
