package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"eterm/cmd/internal/result"
	"eterm/iface/lab"
)

// answerNames answers each question for a name that comes to conn with what
// answer returns, from the port that through returns, until the test ends.
func answerNames(t *testing.T, conn *net.UDPConn, answer func(dnsmessage.Question) []dnsmessage.Resource, through func(dnsmessage.Question) *net.UDPConn) {
	t.Helper()
	t.Cleanup(func() { conn.Close() })
	go func() {
		b := make([]byte, 9000)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || m.Response {
				continue
			}
			for _, q := range m.Questions {
				reply := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true, RecursionAvailable: true},
					Questions: []dnsmessage.Question{q}, Answers: answer(q)}
				if b, err := reply.Pack(); err == nil && through(q) != nil {
					_, _ = through(q).WriteToUDPAddrPort(b, from)
				}
			}
		}
	}()
}

// pointer is the answer that an address has this name.
func pointer(q dnsmessage.Question, name string) []dnsmessage.Resource {
	return []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 10}, Body: &dnsmessage.PTRResource{PTR: dnsmessage.MustNewName(name)}}}
}

// resolverOf makes a server for names at the address at which this machine's
// programs look for one, which in the host's network is the host's own.
func resolverOf(t *testing.T, h *lab.Host, answer func(dnsmessage.Question) []dnsmessage.Resource) {
	t.Helper()
	at := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	about, _ := os.ReadFile("/etc/resolv.conf") // without one it is this address
	for line := range strings.Lines(string(about)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "nameserver" {
			var err error
			if at, err = netip.ParseAddr(words[1]); err != nil || at.Zone() != "" {
				t.Skipf("a resolver at %s", words[1])
			}
			break
		}
	}
	if !at.IsLoopback() {
		must(t, h.AddAddress("lo", netip.PrefixFrom(at, at.BitLen()).String()))
	}
	must(t, h.Do(func() error {
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(at, 53)))
		if err == nil {
			answerNames(t, conn, answer, func(dnsmessage.Question) *net.UDPConn { return conn })
		}
		return err
	}))
}

// TestHostileHosts: hosts that call themselves by names which would take a
// terminal over, by multicast DNS, and a resolver that gives such names, are
// shown harmlessly.
func TestHostileHosts(t *testing.T) {
	left, right, _ := numbered(t)
	names, own := map[string]string{}, map[string]*net.UDPConn{} // by the name of the question
	for i, text := range hostile {
		must(t, right.AddAddress("eth0", fmt.Sprintf("192.0.2.%d/24", 3+i)))
		reverse := fmt.Sprintf("%d.2.0.192.in-addr.arpa.", 3+i)
		names[reverse] = text + ".local."
		must(t, right.Do(func() error { // a host speaks for itself, from its own address
			beside := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error { // the socket that hears the group
				var err error
				failed := c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1) })
				return errors.Join(failed, err)
			}}
			conn, err := beside.ListenPacket(t.Context(), "udp4", fmt.Sprintf("192.0.2.%d:5353", 3+i))
			if err == nil {
				own[reverse] = conn.(*net.UDPConn)
			}
			return err
		}))
		t.Cleanup(func() { own[reverse].Close() })
	}
	hostileName := func(q dnsmessage.Question) []dnsmessage.Resource { return pointer(q, names[q.Name.String()]) }
	must(t, right.Do(func() error {
		eth0, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		group, err := net.ListenMulticastUDP("udp4", eth0, &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353})
		if err == nil {
			answerNames(t, group, hostileName, func(q dnsmessage.Question) *net.UDPConn { return own[q.Name.String()] })
		}
		return err
	}))
	resolverOf(t, left, func(q dnsmessage.Question) []dnsmessage.Resource {
		switch {
		case q.Type == dnsmessage.TypePTR && q.Name.String() == "2.2.0.192.in-addr.arpa.":
			return pointer(q, "good.example.")
		case q.Type == dnsmessage.TypePTR:
			return hostileName(q)
		case q.Type == dnsmessage.TypeA: // an alias that is hostile
			alias := dnsmessage.MustNewName(strings.Join(hostile, ".") + ".")
			return []dnsmessage.Resource{
				{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 10}, Body: &dnsmessage.CNAMEResource{CNAME: alias}},
				{Header: dnsmessage.ResourceHeader{Name: alias, Class: dnsmessage.ClassINET, TTL: 10}, Body: &dnsmessage.AResource{A: [4]byte{192, 0, 2, 2}}},
			}
		}
		return nil
	})

	document := filepath.Join(t.TempDir(), "scan.json")
	status, stdout, stderr := runOn(t, left, "scan", "--json", "-o", document, "192.0.2.0/28")
	shownHarmless(t, "scan --json", stdout, stderr)
	found := map[string]string{}
	for _, o := range jsonLines[result.Station](t, stdout) {
		found[o.Source+" "+o.Address] = o.Name
	}
	if status != 0 || found["dns 192.0.2.2"] != "good.example" {
		t.Errorf("status %d, %q: %s", status, found, stderr)
	}
	for i, text := range hostile {
		if got, want := found[fmt.Sprintf("mdns 192.0.2.%d", 3+i)], strings.ToValidUTF8(text, "\ufffd"); !strings.HasPrefix(got, want[:2]) || !strings.HasSuffix(got, "b.local") && !strings.HasSuffix(got, "line.local") {
			t.Errorf("the name %q was found as %q", text, got)
		}
	}
	kept, err := os.ReadFile(document)
	must(t, err)
	shownHarmless(t, "scan -o", string(kept))
	for _, line := range []string{"scan 192.0.2.0/28", "scan -v 192.0.2.0/28", "ping -c 1 host.example", "ping -c 1 --json host.example", "arp -W 0.1 host.example"} {
		status, stdout, stderr := runOn(t, left, strings.Fields(line)...)
		if status != 0 {
			t.Errorf("%s: status %d: %s", line, status, stderr)
		}
		shownHarmless(t, line, stdout, stderr)
		if strings.HasPrefix(line, "scan") && strings.Count(stdout, ".local") != len(hostile) {
			t.Errorf("%s: not all names in %q", line, stdout)
		}
	}
	status, stdout, stderr = eterm(t, "report", document)
	shownHarmless(t, "report", stdout, stderr)
	if status != 0 || !strings.Contains(stdout, "good.example") {
		t.Errorf("report: status %d, %q, %s", status, stdout, stderr)
	}
}
