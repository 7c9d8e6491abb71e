package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

func TestSendRefuses(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"", "no interface given"},
		{"-i nosuch", "nosuch"},
		{"-i lo -b 0pps", "want a rate above zero"},
		{"-i lo -b -5pps", "want a rate above zero"},
		{"-i lo -b 101%", "no line is that fast: at most 100%"},
		{"-i lo -b 10%", "the line's speed is unknown"},
		{"-i lo -b quick", "want a rate such as 1000pps, 100Mbit, 10% or max"},
		{"-i lo -b max", "--rate max needs an end: give -c or -d"},
		{"-i lo -b max -c 0", "--rate max needs an end: give -c or -d"},
		{"-i lo -b 1pps..2pps", "a ramp needs an end: give -c or -d"},
		{"-i lo -b 1pps..max -c 5", "a ramp to or from max has no slope"},
		{"-i lo --burst 5", "--burst and --gap go together: give all of them or none"},
		{"-i lo --gap 5ms", "--burst and --gap go together: give all of them or none"},
		{"-i lo -s 63", "want sizes in bytes with FCS, 64 to 9216"},
		{"-i lo -s 64 --imix a", "--size and --imix contradict each other: give one"},
		{"-i lo --imix k", `no size has letter 'k'`},
		{"-i lo --threads 0", "--threads: want 1 to 64"},
		{"-i lo --engine magic", "want auto, socket or xdp"},
		{"-i lo --speed 2", "--speed is nothing without --read"},
		{"-i lo --from 01:00:00:00:00:01", "group address"},
	} {
		status, stdout, stderr := eterm(t, append([]string{"send"}, strings.Fields(c.line)...)...)
		if status != exit.StatusUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("send %s: status %d, stdout %q, stderr %q; want 2, none, %q", c.line, status, stdout, stderr, c.want)
		}
	}
}

func TestSendDryRun(t *testing.T) {
	status, stdout, stderr := eterm(t, strings.Fields("send -S -c 2 -b 10pps --to 02:00:00:00:00:02 -Q 3:10 --payload hi --no-pad")...)
	want := `# frame 1 at +0.000000 s: 02:00:00:00:00:01 > 02:00:00:00:00:02, vlan 10 p 3, ethertype 0x88b5, length 20: data 2 bytes
`
	if status != exit.StatusDone || stderr != "" || !strings.HasPrefix(stdout, want) ||
		strings.Count(stdout, "\n0000  02 00 00 00 00 02 02 00") != 2 || !strings.Contains(stdout, "frame 2 at +0.100000 s") {
		t.Errorf("status %d, stderr %q, stdout\n%s", status, stderr, stdout)
	}
	status, stdout, _ = eterm(t, strings.Fields("send -S --json -b 2pps -s 64,128 -d 1s --payload-hex ff")...)
	lengths := ""
	for line := range strings.Lines(stdout) {
		var f show.Frame
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		lengths += fmt.Sprintf("%d@%d ", f.Length, *f.DueNS)
	}
	if status != exit.StatusDone || !strings.HasPrefix(lengths, "60@0 124@500000000 60@1000000000 ") {
		t.Errorf("status %d, frames %s", status, lengths)
	}
}

// summaryOf reads the JSON result of a run.
func summaryOf(t *testing.T, stdout string) (s *result.Send) {
	t.Helper()
	d := documentIn(t, stdout)
	s, ok := d.Result.(*result.Send)
	if !ok {
		t.Fatalf("the document is of kind %s", d.Kind)
	}
	if s.Offered != s.Sent+s.Skipped || s.Attempts != s.Sent+s.Refused.Total() {
		t.Errorf("the account does not add up: %s", stdout)
	}
	return s
}

// receivedBy is how many frames an interface of a host has received.
func receivedBy(t *testing.T, h *lab.Host) uint64 {
	t.Helper()
	link, err := h.Netlink().LinkByName("eth0")
	must(t, err)
	return link.Attrs().Statistics.RxPackets
}

// TestSendExactCounts: whatever the pace and the mechanism, the interface at
// the other end gets exactly as many frames as were asked for.
func TestSendExactCounts(t *testing.T) {
	left, right := labtest.Pair(t)
	for _, c := range []struct {
		line string
		want uint64
	}{
		{"-c 1", 1},
		{"-c 1000 -b 20kpps", 1000},
		{"-d 100ms -b 5kpps", 500},
		{"-c 4999 -b max", 4999},
		{"-c 4999 -b max --threads 2", 4999},
		{"-c 1001 -b 50kpps --threads 3", 1001},
		{"-c 640 --burst 64 --gap 1ms", 640},
		{"-c 777 -b 1kpps..100kpps", 777},
		{"-c 100 -b 100Mbit -s 64..1518/100", 100},
		{"-c 300 -b max --imix 7a4dg", 300},
		{"-c 33 -b 10% -Q 5", 33},
		{"-c 33 -b 1kpps --src-ip 192.0.2.1 --dst-ip 192.0.2.9", 33},
	} {
		before := receivedBy(t, right)
		status, stdout, stderr := runOn(t, left, append([]string{"send", "--json", "--engine", "socket", "--to", "02:00:00:00:00:99"}, strings.Fields(c.line)...)...)
		s := summaryOf(t, stdout)
		if status != exit.StatusDone && !strings.Contains(stderr, "the asked rate was missed") {
			t.Errorf("send %s: status %d, %s", c.line, status, stderr)
		}
		if got := receivedBy(t, right) - before; got != c.want || s.Sent != c.want || s.Interface.TxPackets != c.want {
			t.Errorf("send %s: %d sent, %d left, %d arrived, want %d", c.line, s.Sent, s.Interface.TxPackets, got, c.want)
		}
	}
}

func TestSendPrintsTheResult(t *testing.T) {
	left, _ := labtest.Pair(t)
	_, stdout, stderr := runOn(t, left, "send", "-c5", "-b", "100pps", "-v")
	want := regexp.MustCompile(`^sent 5 of 5 frames, 300 bytes, in [\d.]+ms
rate [\d.]+ frames/s of 100.00 asked \([+-][\d.]+ %\), [\d.]+ [kM]?bit/s of frames, [\d.]+ [kM]?bit/s on the wire
refused none
pacing error p50 [\d.]+[nµm]s, p99 [\d.]+[nµm]s, max [\d.]+[nµm]s
cpu [\d.]+ s, \d+ ns a frame, by .+
$`)
	said := strings.Count(stderr, "\n") - strings.Count(stderr, "the asked rate was missed") // on a busy host
	if !want.MatchString(stdout) || !strings.HasPrefix(stderr, "eterm: sandbox: ") || said != 3 || !strings.Contains(stderr, "\neterm: sending on eth0 at up to 100 frames a second, up to 5 frames\n") || !strings.Contains(stderr, "\neterm: frames were sent by ") {
		t.Errorf("stdout\n%sstderr %s", stdout, stderr)
	}
	if _, stdout, stderr := runOn(t, left, "send", "-q", "-c1"); stdout != "" || stderr != "" {
		t.Errorf("-q printed %q and %q", stdout, stderr)
	}
}

func TestSendRefusesFramesAboveTheMTU(t *testing.T) {
	left, right := labtest.Pair(t)
	before := receivedBy(t, right)
	status, stdout, stderr := runOn(t, left, "send", "-s", "1519")
	want := "eterm: frame of 1515 bytes is longer than eth0 takes: its MTU is 1500, so at most 1514\n"
	if status != exit.StatusUsage || stdout != "" || stderr != want || receivedBy(t, right) != before {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	if status, _, stderr := runOn(t, left, "send", "-c1", "-s", "1522", "-Q", "7"); status != exit.StatusDone {
		t.Errorf("a tagged frame of 1522: status %d, %s", status, stderr)
	}
}

// TestSendToAFullQueue shapes the interface so that its queue refuses frames,
// and compares the refusals with the queue's own count.
func TestSendToAFullQueue(t *testing.T) {
	left, right := labtest.Pair(t)
	tc(t, left, "qdisc add dev eth0 root tbf rate 1mbit burst 2000 limit 5000")
	status, stdout, stderr := runOn(t, left, "send", "--json", "-c", "500", "-b", "100kpps", "--engine", "socket")
	s := summaryOf(t, stdout)
	if status != exit.StatusUntrusted || s.Offered != 500 || s.Skipped == 0 || s.Refused.QueueFull != s.Skipped ||
		!strings.Contains(stderr, "this host refused") {
		t.Errorf("status %d, %+v, %s", status, s, stderr)
	}
	// A refused frame may be offered twice to learn why it was.
	if n := droppedByQueue(t, left); n < s.Skipped {
		t.Errorf("the queue dropped %d frames, refused were %d", n, s.Skipped)
	}
	before := receivedBy(t, right)
	// More than an empty queue holds, whatever it had time to send before.
	status, stdout, stderr = runOn(t, left, "send", "--json", "-c", "400", "-b", "max", "--engine", "socket")
	if s = summaryOf(t, stdout); status != exit.StatusDone || s.Sent != 400 || s.Refused.QueueFull == 0 {
		t.Errorf("at full speed: status %d, %+v, %s", status, s, stderr)
	}
	// What the queue holds leaves it at its own rate.
	for limit := time.Now().Add(5 * time.Second); receivedBy(t, right)-before < 400; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Errorf("%d of 400 frames arrived", receivedBy(t, right)-before)
			break
		}
	}
}

func tc(t *testing.T, h *lab.Host, line string) string {
	t.Helper()
	labtest.Tool(t, "tc")
	var said []byte
	must(t, h.Do(func() (err error) {
		said, err = exec.Command("tc", strings.Fields(line)...).CombinedOutput()
		return err
	}))
	return string(said)
}

func droppedByQueue(t *testing.T, h *lab.Host) (n uint64) {
	t.Helper()
	out := tc(t, h, "-s qdisc show dev eth0")
	if _, err := fmt.Sscanf(out[strings.Index(out, "(dropped "):], "(dropped %d,", &n); err != nil {
		t.Fatal(err, out)
	}
	return n
}

// TestSendThroughInterfaceThatGoesDown: the run goes on, and counts.
func TestSendThroughInterfaceThatGoesDown(t *testing.T) {
	left, right := labtest.Pair(t)
	p := on(t, left, "send", "--json", "-c", "400", "-b", "500pps", "--engine", "socket")
	waitUntil(t, func() bool { return receivedBy(t, right) > 20 })
	must(t, left.Down("eth0"))
	must(t, left.Up("eth0"))
	status := p.end(t)
	s := summaryOf(t, p.stdout.String())
	if s.Offered != 400 || s.Refused.Down != s.Skipped || s.Sent+s.Skipped != 400 {
		t.Errorf("status %d: %s", status, &p.stdout)
	}
	if status != exit.StatusUntrusted || !strings.Contains(p.stderr.String(), "the interface went down once") {
		t.Errorf("status %d with %d frames skipped: %s", status, s.Skipped, &p.stderr)
	}
}

func TestSendThroughInterfaceThatIsRemoved(t *testing.T) {
	left, right := labtest.Pair(t)
	p := on(t, left, "send", "--json", "-c", "0", "-b", "500pps", "--engine", "socket")
	waitUntil(t, func() bool { return receivedBy(t, right) > 20 })
	link, err := left.Netlink().LinkByName("eth0")
	must(t, err)
	must(t, left.Netlink().LinkDel(link))
	status := p.end(t)
	s := summaryOf(t, p.stdout.String())
	if status != exit.StatusUntrusted || s.Refused.Gone != 1 || !strings.Contains(p.stderr.String(), iface.ErrGone.Error()) {
		t.Errorf("status %d: %s%s", status, &p.stdout, &p.stderr)
	}
}

func TestSendCountsFramesAboveALoweredMTU(t *testing.T) {
	left, right := labtest.Pair(t)
	p := on(t, left, "send", "--json", "-c", "200", "-b", "500pps", "-s", "1518", "--engine", "socket")
	waitUntil(t, func() bool { return receivedBy(t, right) > 20 })
	link, err := left.Netlink().LinkByName("eth0")
	must(t, err)
	must(t, left.Netlink().LinkSetMTU(link, 1000))
	status := p.end(t)
	s := summaryOf(t, p.stdout.String())
	if status != exit.StatusUntrusted || s.Offered != 200 || s.Refused.TooLong == 0 || s.Refused.TooLong != s.Skipped {
		t.Errorf("status %d: %s%s", status, &p.stdout, &p.stderr)
	}
}

// TestSendIsInterrupted: Ctrl-C ends a run with its summary, and what was sent
// so far can be trusted.
func TestSendIsInterrupted(t *testing.T) {
	left, right := labtest.Pair(t)
	for _, line := range []string{"-c 0 -b 100pps", "-b max -d 1h --engine socket"} {
		before := receivedBy(t, right)
		p := on(t, left, append([]string{"send", "--json"}, strings.Fields(line)...)...)
		waitUntil(t, func() bool { return receivedBy(t, right) > before+3 })
		must(t, p.Process.Signal(syscall.SIGINT))
		status := p.end(t)
		s := summaryOf(t, p.stdout.String())
		if status != exit.StatusDone && !strings.Contains(p.stderr.String(), "the asked rate was missed") {
			t.Errorf("send %s: status %d: %s", line, status, &p.stderr)
		}
		if got := receivedBy(t, right) - before; got != s.Sent {
			t.Errorf("send %s: %d sent, %d arrived", line, s.Sent, got)
		}
	}
}

// TestSendAsksBeforeFlooding: where the default route leads, more than 1000
// frames/s need --force.
func TestSendAsksBeforeFlooding(t *testing.T) {
	left, _ := labtest.Pair(t)
	must(t, left.AddAddress("eth0", "192.0.2.1/24"))
	link, err := left.Netlink().LinkByName("eth0")
	must(t, err)
	must(t, left.Netlink().RouteAdd(&netlink.Route{LinkIndex: link.Attrs().Index, Gw: net.IPv4(192, 0, 2, 2)}))
	for line, want := range map[string]int{
		"-c 5 -b 1001pps": exit.StatusUsage, "-c 5 -b max": exit.StatusUsage, "-c 5 --burst 5 --gap 1ms": exit.StatusUsage,
		"-c 5 -b 1kpps": exit.StatusDone, "-c 5 -b max --force": exit.StatusDone, "-c 5 --burst 5 --gap 1s": exit.StatusDone,
	} {
		status, _, stderr := runOn(t, left, append([]string{"send", "-q"}, strings.Fields(line)...)...)
		if status != want && !strings.Contains(stderr, "the asked rate was missed") {
			t.Errorf("send %s: status %d, want %d: %s", line, status, want, stderr)
		}
		if want == exit.StatusUsage && !strings.Contains(stderr, "eth0 carries the default route: more than 1000 frames/s there need --force") {
			t.Errorf("send %s: %s", line, stderr)
		}
	}
}

// waitUntil waits for something that the kernel says only when asked.
func waitUntil(t *testing.T, what func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !what(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited 10 s in vain")
		}
	}
}
