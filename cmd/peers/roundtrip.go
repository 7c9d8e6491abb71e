package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"eterm/frame/arp"
	framefile "eterm/frame/capture"
	"eterm/frame/ether"
	"eterm/icmp"
	"eterm/iface/lab"
	"eterm/ipv4"
)

// peerIP is the host on the right, whose kernel answers.
const peerIP = "10.99.1.2"

// roundtrip fills the table of round trips: what each tool reports, against
// what tcpdump saw at the same time on the same interface.
func (b *bench) roundtrip(ctx context.Context) error {
	if why := noCapture(); why != "" {
		fmt.Fprintf(b.out, "\n### Round trip: left out, for %s\n", why)
		return nil
	}
	p, err := b.newPath("roundtrip", bridged)
	if err != nil {
		return err
	}
	if err := p.right.Do(func() error {
		return os.WriteFile("/proc/sys/net/ipv4/icmp_ratelimit", []byte("0"), 0)
	}); err != nil {
		return err
	}
	n := max(50, int(1250*b.each.Seconds())) // 1000, as long as a round is by default
	all, err := b.interleave(ctx, b.present(
		command("eterm ping --json", fmt.Sprintf("%s ping -i %s -c %d --interval 1ms --json %s", b.eterm, port, n, peerIP)),
		command("eterm ping", fmt.Sprintf("%s ping -i %s -c %d --interval 1ms %s", b.eterm, port, n, peerIP)),
		command("ping -i 0.001", fmt.Sprintf("ping -n -c %d -i 0.001 %s", n, peerIP)),
		command("fping -p 1", fmt.Sprintf("fping -c %d -p 1 %s", n, peerIP)),
		command("nping --icmp --delay 1ms", fmt.Sprintf("nping --icmp -e %s -c %d --delay 1ms %s", port, n, peerIP)),
		command("arping -c 3", fmt.Sprintf("arping -I %s -c 3 %s", port, peerIP)),
	), func(ctx context.Context, t tool) (sample, error) { return b.roundtripOnce(ctx, p, t) })
	if err != nil {
		return err
	}
	b.print(fmt.Sprintf("Round trip through a Linux bridge, %d probes, in µs", n),
		[]string{"tool", "reported median", "captured median", "median error", "p99 of |error|", "probes compared"}, all, func(m measured) []string {
			var cells []string
			for i := range 4 {
				cells = append(cells, fmt.Sprintf("%.2f", m.median(i)))
			}
			return append(cells, fmt.Sprintf("%.0f", m.median(4)))
		})
	return nil
}

// noCapture says why tcpdump, the referee, cannot be had.
func noCapture() string {
	if !installed("tcpdump") {
		return "tcpdump, which is the referee, is not installed"
	}
	// As root of its namespace tcpdump insists on setting its groups.
	if b, err := os.ReadFile("/proc/self/setgroups"); err == nil && strings.TrimSpace(string(b)) == "deny" {
		return "tcpdump cannot capture in namespaces that an ordinary user made: run as root"
	}
	return ""
}

// roundtripOnce runs one tool beside a capture and compares probe by probe.
func (b *bench) roundtripOnce(ctx context.Context, p *path, t tool) (sample, error) {
	file := filepath.Join(b.workDir, "rtt.pcap")
	defer os.Remove(file)
	stop, err := startCapture(ctx, p.left, file)
	if err != nil {
		return nil, err
	}
	t.out = filepath.Join(b.workDir, "rtt.txt")
	defer os.Remove(t.out)
	proc, err := start(ctx, p.left, t)
	if err != nil {
		stop()
		return nil, err
	}
	if !proc.wait(30 * time.Second) {
		proc.stop(time.Second)
	}
	if err := stop(); err != nil {
		return nil, err
	}
	said, err := os.ReadFile(t.out)
	if err != nil {
		return nil, err
	}
	truth, err := captured(file)
	if err != nil {
		return nil, err
	}
	return compare(reported(string(said)), truth)
}

// retire is after how long libpcap takes what waits in a block that is not
// full. Interrupted earlier, tcpdump loses it.
const retire = 1200 * time.Millisecond

// startCapture starts tcpdump and waits until it captures. What it returns
// ends it. It is not told to hand frames over at once (--immediate-mode): it
// would be woken between its own timestamp of a sent frame and the interface's,
// which are the two that are compared, and part them by some µs.
func startCapture(ctx context.Context, h *lab.Host, file string) (stop func() error, err error) {
	cmd := exec.CommandContext(ctx, "tcpdump", "-Z", "root", "-i", port, "--time-stamp-precision=nano", "-s", "96", "-B", "8192", "-w", file, "icmp or arp")
	says, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := h.Start(cmd); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(says)
	for {
		line, err := lines.ReadString('\n')
		if strings.Contains(line, "listening on") {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("tcpdump: %w: %s", err, line)
		}
	}
	return func() error {
		time.Sleep(retire)
		cmd.Process.Signal(syscall.SIGINT)
		io.Copy(io.Discard, lines)
		return cmd.Wait()
	}, nil
}

// probes are round trips in nanoseconds by the number of the probe.
type probes map[int]float64

// captured are the round trips between frames in a capture: of echoes by their
// sequence number, of ARP requests by their place, counted from 1.
func captured(file string) (probes, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := framefile.NewReader(f)
	if err != nil {
		return nil, err
	}
	echoes, asked, arps := probes{}, map[int]time.Time{}, 0
	var rec framefile.Record
	for {
		if err := r.Next(&rec); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		number, request, ok := probeOf(rec.Bytes)
		if !ok {
			continue
		}
		if number == arpProbe {
			if request {
				arps++
			}
			number = -arps
		}
		at, wasAsked := asked[number]
		switch {
		case request:
			asked[number] = rec.Time
		case wasAsked:
			echoes[number] = float64(rec.Time.Sub(at))
			delete(asked, number)
		}
	}
	return echoes, nil
}

// arpProbe stands for an ARP packet: it has no number.
const arpProbe = 1 << 20

// probeOf says which probe a frame asks or answers.
func probeOf(b []byte) (number int, request, ok bool) {
	h, payload, err := ether.Parse(b)
	if err != nil {
		return 0, false, false
	}
	if h.Type == arp.EtherType {
		p, err := arp.Parse(payload)
		return arpProbe, p.Op == arp.Request, err == nil
	}
	ip, n, _, err := ipv4.Parse(payload)
	if err != nil || ip.Protocol != ipv4.ProtocolICMP {
		return 0, false, false
	}
	m, err := icmp.Parse(payload[n:])
	if err != nil || m.Type != icmp.Echo && m.Type != icmp.EchoReply {
		return 0, false, false
	}
	return int(m.Seq()), m.Type == icmp.Echo, true
}

// How tools report a probe: its number and the round trip.
var (
	saysJSON   = regexp.MustCompile(`"seq":(\d+).*"rtt_ns":(\d+)`)
	saysPing   = regexp.MustCompile(`icmp_seq=(\d+).*time=([\d.]+) ms`)
	saysFping  = regexp.MustCompile(`\[(\d+)\], \d+ bytes, ([\d.]+) ms`)
	saysSent   = regexp.MustCompile(`SENT \(([\d.]+)s\).*seq=(\d+)`)
	saysRcvd   = regexp.MustCompile(`RCVD \(([\d.]+)s\).*seq=(\d+)`)
	saysArping = regexp.MustCompile(`reply from .* ([\d.]+)ms`)
)

// reported are the round trips in what a tool printed.
func reported(said string) probes {
	all, sent, arps := probes{}, probes{}, 0
	number := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }
	for line := range strings.Lines(said) {
		if m := saysJSON.FindStringSubmatch(line); m != nil {
			all[int(number(m[1]))] = number(m[2])
		} else if m := saysPing.FindStringSubmatch(line); m != nil {
			all[int(number(m[1]))] = number(m[2]) * 1e6
		} else if m := saysFping.FindStringSubmatch(line); m != nil {
			all[int(number(m[1]))] = number(m[2]) * 1e6
		} else if m := saysSent.FindStringSubmatch(line); m != nil {
			sent[int(number(m[2]))] = number(m[1])
		} else if m := saysRcvd.FindStringSubmatch(line); m != nil {
			all[int(number(m[2]))] = (number(m[1]) - sent[int(number(m[2]))]) * 1e9
		} else if m := saysArping.FindStringSubmatch(line); m != nil {
			arps++
			all[-arps] = number(m[1]) * 1e6
		}
	}
	return all
}

// compare is a row of the table, in µs.
func compare(said, truth probes) (sample, error) {
	var reports, truths, errs, sizes []float64
	for i, ns := range said {
		if t, ok := truth[i]; ok {
			reports, truths = append(reports, ns/1e3), append(truths, t/1e3)
			errs, sizes = append(errs, (ns-t)/1e3), append(sizes, math.Abs(ns-t)/1e3)
		}
	}
	if len(errs) == 0 {
		return nil, fmt.Errorf("%d round trips reported and %d captured, none of the same probe", len(said), len(truth))
	}
	return sample{quantile(reports, 0.5), quantile(truths, 0.5), quantile(errs, 0.5), quantile(sizes, 0.99), float64(len(errs))}, nil
}

func quantile(v []float64, q float64) float64 {
	slices.Sort(v)
	return v[int(q*float64(len(v)-1))]
}
