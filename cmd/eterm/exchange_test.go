package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame"
	"eterm/icmp"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
	"eterm/ipv4"
)

var (
	leftMAC  = net.HardwareAddr{2, 0, 0, 0, 0, 0x0a}
	rightMAC = net.HardwareAddr{2, 0, 0, 0, 0, 0x0b}
)

// switched is two hosts with known addresses on a bridge.
func switched(t *testing.T) (left, right, middle *lab.Host) {
	left, right, middle = labtest.Switched(t)
	must(t, left.SetHardwareAddr("eth0", leftMAC))
	must(t, right.SetHardwareAddr("eth0", rightMAC))
	return left, right, middle
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// process is eterm running on a host.
type process struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
}

// on starts eterm on a host and waits until its port is open, or it has ended.
func on(t *testing.T, h *lab.Host, args ...string) *process {
	t.Helper()
	p := &process{Cmd: program(t.Context(), args...)}
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	ready, given, err := os.Pipe()
	must(t, err)
	defer ready.Close()
	p.ExtraFiles = []*os.File{given}
	p.Env = append(p.Env, "ETERM_INTERFACE=eth0", lab.ReadyVar+"=3")
	must(t, h.Start(p.Cmd))
	must(t, given.Close())
	_, err = io.Copy(io.Discard, ready)
	must(t, err)
	return p
}

// end waits for the process and returns its exit status.
func (p *process) end(t *testing.T) int {
	t.Helper()
	if err := p.Wait(); err != nil && p.ProcessState == nil {
		t.Fatal(err)
	}
	return p.ProcessState.ExitCode()
}

// frameObject is a printed frame, read back.
type frameObject struct {
	Type, Direction, Time, Src, Dst, Ethertype, Hex string
	Length                                          int
	VLAN                                            []struct {
		ID, PCP int
		DEI     bool
	}
	Sent, Received, Refused int
}

func (f frameObject) bytes(t *testing.T) []byte {
	b, err := hex.DecodeString(f.Hex)
	must(t, err)
	return b
}

// objects reads JSON lines.
func objects(t *testing.T, out string) (list []frameObject) {
	t.Helper()
	for line := range strings.Lines(out) {
		var o frameObject
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		list = append(list, o)
	}
	return list
}

func TestExchangeReachesTheOtherHost(t *testing.T) {
	left, right, _ := switched(t)
	listen := on(t, right, "listen", "-t", "0x88b5", "-c3", "--json")
	status, stdout, stderr := runOn(t, left, "exchange", "-c", "3", "--interval", "10ms", "-W0", "--json", "-Q", "3:10")
	if status != 0 {
		t.Fatalf("exchange: status %d, %s", status, stderr)
	}
	if status := listen.end(t); status != 0 {
		t.Fatalf("listen: status %d, %s", status, &listen.stderr)
	}
	sent, got := objects(t, stdout), objects(t, listen.stdout.String())
	if len(sent) != 4 || len(got) != 4 {
		t.Fatalf("%d sent and %d received lines, want 3 frames and a summary each:\n%s%s", len(sent), len(got), stdout, &listen.stdout)
	}
	want := "ffffffffffff" + "02000000000a" + "8100600a" + "88b5" + "000102030405060708090a0b0c0d0e0f" + strings.Repeat("00", 26)
	for i := range 3 {
		if sent[i].Hex != want || got[i].Hex != want || sent[i].Direction != "sent" || got[i].Direction != "received" {
			t.Errorf("frame %d: sent %+v, received %+v, want %s", i, sent[i], got[i], want)
		}
		if len(got[i].VLAN) != 1 || got[i].VLAN[0].ID != 10 || got[i].VLAN[0].PCP != 3 || got[i].Ethertype != "0x88b5" || got[i].Length != 60 {
			t.Errorf("frame %d: %+v", i, got[i])
		}
	}
	if s := sent[3]; s.Type != "summary" || s.Sent != 3 {
		t.Errorf("exchange's summary: %+v", s)
	}
	if s := got[3]; s.Type != "summary" || s.Sent != 0 || s.Received != 3 {
		t.Errorf("listen's summary: %+v", s)
	}
}

// runOn runs eterm on a host to its end.
func runOn(t *testing.T, h *lab.Host, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	p := on(t, h, args...)
	status = p.end(t)
	return status, p.stdout.String(), p.stderr.String()
}

// TestKernelAnswersOurEcho: the other host's own stack takes a request made by
// hand for a good one, and its reply's checksums verify.
func TestKernelAnswersOurEcho(t *testing.T) {
	left, right, _ := switched(t)
	must(t, left.AddAddress("eth0", "192.0.2.1/24"))
	must(t, right.AddAddress("eth0", "192.0.2.2/24"))
	status, stdout, stderr := runOn(t, left, "exchange", "-c2", "--interval", "0.01", "-W", "0.3", "--json",
		"--src-ip", "192.0.2.1", "--dst-ip", "192.0.2.2", "--payload", "hello")
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	var sequences []uint16
	for _, o := range objects(t, stdout) {
		if o.Direction != "received" || o.Ethertype != "0x0800" {
			continue
		}
		b := o.bytes(t)
		h, headerLen, total, err := ipv4.Parse(b[14:])
		must(t, err)
		if h.Protocol != ipv4.ProtocolICMP {
			continue
		}
		packet := b[14:][:total]
		m, err := icmp.Parse(packet[headerLen:])
		must(t, err)
		if m.Type != icmp.EchoReply {
			continue
		}
		if !ipv4.Valid(packet[:headerLen]) || !ipv4.Valid(packet[headerLen:]) || string(packet[headerLen+8:]) != "hello" {
			t.Errorf("reply % x does not verify", packet)
		}
		if faults := frame.Decode(b).Faults; len(faults) > 0 && len(b) >= 60 {
			t.Errorf("faults in the kernel's reply: %v", faults)
		}
		sequences = append(sequences, uint16(packet[headerLen+6])<<8|uint16(packet[headerLen+7]))
	}
	if !slices.Equal(sequences, []uint16{1, 2}) {
		t.Errorf("replies to %v, want 1 and 2:\n%s", sequences, stdout)
	}
}

// TestTcpdumpSeesTheSameBytes compares what exchange says it sent with what an
// independent capture of the bridge saw.
func TestTcpdumpSeesTheSameBytes(t *testing.T) {
	left, _, middle := switched(t)
	for _, args := range [][]string{
		{"--payload", "hello"},
		{"-t", "0x88b6", "-s", "512", "--to", "0200.0000.000b"},
		{"--payload-hex", "cafe", "--no-pad"},
		{"--src-ip", "192.0.2.1", "--dst-ip", "192.0.2.2", "-s", "1518"},
	} {
		dump := labtest.Tcpdump(t, "--immediate-mode", "-i", "left", "-c", "2", "-xx", "-nn", "-q", "-t", "ether src 02:00:00:00:00:0a")
		captured := startTcpdump(t, middle, dump)
		status, stdout, stderr := runOn(t, left, append([]string{"exchange", "-c2", "--interval", "1ms", "-W0", "--json"}, args...)...)
		if status != 0 {
			t.Fatalf("%v: status %d: %s", args, status, stderr)
		}
		var sent []string
		for _, o := range objects(t, stdout) {
			if o.Direction == "sent" {
				sent = append(sent, o.Hex)
			}
		}
		if got := captured(); !slices.Equal(got, sent) {
			t.Errorf("%v:\ntcpdump saw %v\neterm sent  %v", args, got, sent)
		}
	}
}

// startTcpdump starts a capture and waits until it has begun. The function
// returned waits for its end and returns the frames in hex.
func startTcpdump(t *testing.T, h *lab.Host, cmd *exec.Cmd) func() []string {
	t.Helper()
	stderr, err := cmd.StderrPipe()
	must(t, err)
	var out bytes.Buffer
	cmd.Stdout = &out
	must(t, h.Start(cmd))
	waitFor(t, stderr, "listening on")
	return func() (frames []string) {
		must(t, cmd.Wait())
		for line := range strings.Lines(out.String()) {
			text, isHex := strings.CutPrefix(line, "\t0x")
			if !isHex {
				frames = append(frames, "")
				continue
			}
			_, digits, _ := strings.Cut(text, ":")
			frames[len(frames)-1] += strings.Join(strings.Fields(digits), "")
		}
		return frames
	}
}

// waitFor reads until the text has come, then goes on reading in the
// background so that the writer never blocks.
func waitFor(t *testing.T, r io.Reader, text string) {
	t.Helper()
	lines := bufio.NewReader(r)
	for all := ""; !strings.Contains(all, text); {
		line, err := lines.ReadString('\n')
		all += line
		if err != nil {
			t.Fatalf("no %q before the end: %v in %q", text, err, all)
		}
	}
	go io.Copy(io.Discard, lines)
}

// TestExchangeNotation: the operands are frames as send takes them, in turn,
// and a wrong one is pointed at before anything is sent.
func TestExchangeNotation(t *testing.T) {
	left, _, _ := switched(t)
	status, stdout, stderr := runOn(t, left, strings.Fields("exchange -i eth0 -c 3 --interval 1ms --timeout 0 --format notation "+
		"eth dst=02:00:00:00:00:0b type=0x88b5 / hex 0102 + eth / arp spa=192.0.2.1 tpa=192.0.2.7..192.0.2.8")...)
	var sent []string
	for line := range strings.Lines(stdout) {
		if strings.Contains(line, "src="+leftMAC.String()) {
			sent = append(sent, strings.TrimSpace(line))
		}
	}
	if status != exit.StatusDone || len(sent) != 3 || sent[0] != sent[2] || !strings.Contains(sent[0], "/ hex 0102") || !strings.Contains(sent[1], "arp") {
		t.Errorf("status %d, %s, sent\n%s", status, stderr, strings.Join(sent, "\n"))
	}
	status, stdout, stderr = runOn(t, left, strings.Fields("exchange -i eth0 eth / ipv4 tll=5")...)
	if status != exit.StatusUsage || stdout != "" || !strings.Contains(stderr, "\neth / ipv4 tll=5\n           ^^^\n") {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
}
