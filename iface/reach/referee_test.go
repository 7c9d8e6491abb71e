package reach

import (
	"net/netip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eterm/frame/capture"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/lab/labtest"
	"eterm/iface/respond"
)

// TestTsharkUnderstandsOurFrames: every question we send and every answer we
// give, as an independent dissector names it, with checksums verified.
func TestTsharkUnderstandsOurFrames(t *testing.T) {
	labtest.Tool(t, "tshark")
	near, far := ifacetest.Wire()
	defer near.Close()
	defer far.Close()
	us, them := station(near), Station{MAC: far.HardwareAddr()}
	peer := respond.New(far, respond.Config{Addresses: []netip.Prefix{netip.PrefixFrom(you4, 32), netip.PrefixFrom(you6, 128)}})
	var frames [][]byte
	var want []string
	// ask adds a question and the responder's answer to it.
	ask := func(question []byte, err error, names ...string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		answer := peer.Answer(nil, question, time.Now())
		if len(answer) == 0 {
			t.Fatalf("no answer to %x", question)
		}
		frames, want = append(frames, question, answer), append(want, names...)
	}
	request := func(p Protocol, ip netip.Addr) ([]byte, error) {
		return Shape{Protocol: p, Level: 5, TTL: 9}.appendRequest(nil, &us, request{to: them.MAC, ip: ip, id: 0xbeef, seq: 7, data: fill(nil, 33)})
	}
	b, err := request(ICMP, you4)
	ask(b, err, "Echo (ping) request  id=0xbeef, seq=7/1792, ttl=9", "Echo (ping) reply    id=0xbeef, seq=7/1792, ttl=64")
	b, err = request(ICMP, you6)
	ask(b, err, "Echo (ping) request id=0xbeef, seq=7, hop limit=9", "Echo (ping) reply id=0xbeef, seq=7, hop limit=64")
	b, err = request(LLC, netip.Addr{})
	ask(b, err, "U P, func=TEST", "U F, func=TEST")
	b, err = request(LBM, netip.Addr{})
	ask(b, err, "Type Loopback Message (LBM)", "Type Loopback Reply (LBR)")
	ask(us.appendQuestion(nil, you4), nil, "Who has 192.0.2.2? Tell 192.0.2.1", "192.0.2.2 is at "+far.HardwareAddr().String())
	ask(us.appendQuestion(nil, you6), nil, "Neighbor Solicitation for 2001:db8::2 from "+us.MAC.String(), "Neighbor Advertisement 2001:db8::2 (sol, ovr) is at "+them.MAC.String())
	ask((&Station{MAC: us.MAC}).appendQuestion(nil, you4), nil, "Who has 192.0.2.2? (ARP Probe)", "192.0.2.2 is at "+far.HardwareAddr().String())
	for ip, name := range map[netip.Addr]string{me4: "ARP Announcement for 192.0.2.1", me6: "Neighbor Advertisement 2001:db8::1 (ovr) is at " + us.MAC.String()} {
		frames, want = append(frames, announced(t, &us, near, far, ip)), append(want, name)
	}
	q := mdnsQuery{station: &us, port: 50000, wanted: map[string]netip.Addr{reverseName(you4): you4}}
	frames, want = append(frames, q.frames()...), append(want, "Standard query 0x0000 PTR 2.2.0.192.in-addr.arpa, \"QM\" question")

	lines := dissect(t, frames)
	if len(lines) != len(want) {
		t.Fatalf("%d frames, %d lines", len(want), len(lines))
	}
	for i, line := range lines {
		info, bad, _ := strings.Cut(line, "|")
		if !strings.Contains(info, want[i]) || strings.Contains(info, "Malformed") || strings.ContainsAny(bad, "0") {
			t.Errorf("frame %x\ntshark: %s\nwant:   %s", frames[i], line, want[i])
		}
	}
}

// announced is the frame that announces an address, as it arrives.
func announced(t *testing.T, s *Station, near, far iface.Port, ip netip.Addr) []byte {
	t.Helper()
	if err := s.Announce(near, ip); err != nil {
		t.Fatal(err)
	}
	rx := make([]iface.Received, 1)
	if _, err := far.Receive(rx); err != nil {
		t.Fatal(err)
	}
	return rx[0].Bytes
}

// dissect is tshark's word for each frame, then "|" and the states of its
// checksums: 1 is good, 0 bad.
func dissect(t *testing.T, frames [][]byte) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "frames.pcap")
	c, err := capture.Create(file, capture.RecorderOptions{})
	for _, b := range frames {
		if err == nil {
			err = c.Write(&capture.Record{Bytes: b, Length: len(b), Time: time.Unix(1, 0)})
		}
	}
	if err == nil {
		err = c.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("tshark", "-r", file, "-n", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T", "fields", "-E", "separator=|",
		"-e", "_ws.col.Info", "-e", "ip.checksum.status", "-e", "icmp.checksum.status", "-e", "icmpv6.checksum.status", "-e", "udp.checksum.status")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimRight(string(out), "\n"), "\n")
}
