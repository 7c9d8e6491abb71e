package main

import (
	"path/filepath"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
)

// TestBuildSaysFaults: what is built with a fault is built all the same, and the
// fault is named on standard error, in every format and into a file; decode names
// it too where its format does not show it.
func TestBuildSaysFaults(t *testing.T) {
	const ip4, ip6 = "eth dst=broadcast / ipv4 src=192.0.2.1 dst=192.0.2.2 / ", "eth dst=broadcast / ipv6 src=2001:db8::1 dst=2001:db8::2 / "
	for _, c := range []struct{ notation, build, decode string }{
		{ip4 + "icmp type=99", "fault: icmp.type at 34: unassigned type: 99", "fault: icmp.type at 34: unassigned type: 99"},
		{ip4 + "icmp type=8 code=9", "fault: icmp.code at 35: unassigned code: 9", "fault: icmp.code at 35: unassigned code: 9"},
		{ip6 + "icmpv6 type=99", "fault: icmpv6.type at 54: unassigned type: 99", "fault: icmpv6.type at 54: unassigned type: 99"},
		{ip4 + "icmpv6 echo-request", "icmpv6 in ipv4: nothing in ipv4 announces it, so no receiver takes it for icmpv6\neterm: fault: ipv4.protocol at 23: icmpv6 is not for ipv4: 58", "fault: ipv4.protocol at 23: icmpv6 is not for ipv4: 58"},
		{ip6 + "icmp echo-request", "icmp in ipv6: nothing in ipv6 announces it, so no receiver takes it for icmp\neterm: fault: ipv6.next at 20: icmp is not for ipv6: 1", "fault: ipv6.next at 20: icmp is not for ipv6: 1"},
		{"eth dst=broadcast / icmp echo-request", "icmp in eth: nothing in eth announces it, so no receiver takes it for icmp", ""},     // its type says that it is something else
		{ip4 + "icmp type=99 checksum=1", "fault: icmp.type at 34: unassigned type: 99", "fault: icmp.type at 34: unassigned type: 99"}, // checksum=1 says the other
		{"eth src=broadcast / ipv4 / icmp type=99", "faults: eth.src at 6: group address as source: ff:ff:ff:ff:ff:ff; icmp.type at 34: unassigned type: 99",
			"faults: eth.src at 6: group address as source: ff:ff:ff:ff:ff:ff; icmp.type at 34: unassigned type: 99"},
		{ip4 + "icmp echo-request / text sound", "", ""},
	} {
		said := func(want string) string {
			if want == "" {
				return ""
			}
			return "eterm: " + want + "\n"
		}
		hex := ""
		for _, format := range []string{"dump", "c", "notation", "hex"} {
			status, stdout, stderr := eterm(t, append([]string{"build", "--format", format}, strings.Fields(c.notation)...)...)
			if status != exit.StatusDone || stdout == "" || stderr != said(c.build) {
				t.Errorf("build --format %s %s: status %d, %q, want %q", format, c.notation, status, stderr, said(c.build))
			}
			hex = stdout
		}
		into := filepath.Join(t.TempDir(), "x.pcap")
		if status, _, stderr := eterm(t, append([]string{"build", "-w", into}, strings.Fields(c.notation)...)...); status != exit.StatusDone || stderr != said(c.build) {
			t.Errorf("build -w %s: status %d, %q, want %q", c.notation, status, stderr, said(c.build))
		}
		for _, format := range []string{"notation", "hex", "od", "c", "trafgen"} {
			if status, _, stderr := eterm(t, "decode", "--format", format, strings.TrimSpace(hex)); status != exit.StatusDone || stderr != said(c.decode) {
				t.Errorf("decode --format %s of %s: status %d, %q, want %q", format, c.notation, status, stderr, said(c.decode))
			}
		}
		for _, format := range []string{"line", "dump", "tree"} { // they show it
			status, stdout, stderr := eterm(t, "decode", "--format", format, strings.TrimSpace(hex))
			if strings.Contains(stdout, "unassigned") != strings.Contains(c.decode, "unassigned") || status != exit.StatusDone || stderr != "" {
				t.Errorf("decode --format %s of %s: status %d, %q:\n%s", format, c.notation, status, stderr, stdout)
			}
		}
	}
}

// TestFaultsOfMany: of many frames the count is said, and what is wrong with the
// first, by its number or its line.
func TestFaultsOfMany(t *testing.T) {
	const many = "eth / ipv4 / icmp type=8..27"
	want := "9 of 20 frames have faults, first frame 12: icmp.type at 34: unassigned type: 19\n"
	status, stdout, stderr := eterm(t, append([]string{"build", "-c", "20", "--format", "notation"}, strings.Fields(many)...)...)
	if status != exit.StatusDone || stderr != "eterm: "+want {
		t.Errorf("build: status %d, %q", status, stderr)
	}
	status, hex, stderr := etermWith(t, t.Context(), "# a comment\n"+stdout, "build", "-")
	if byLine := strings.Replace(want, "frame 12", "line 13", 1); status != exit.StatusDone || stderr != "eterm: "+byLine {
		t.Errorf("build -: status %d, %q", status, stderr)
	}
	if status, _, stderr := etermWith(t, t.Context(), hex, "decode"); status != exit.StatusDone || stderr != "eterm: "+want {
		t.Errorf("decode: status %d, %q", status, stderr)
	}
	if status, _, stderr := etermWith(t, t.Context(), hex, "decode", "--fail-on-fault"); status != exit.StatusNo || stderr != "eterm: standard input: "+want {
		t.Errorf("decode --fail-on-fault: status %d, %q", status, stderr)
	}
	if status, _, stderr := etermWith(t, t.Context(), hex, "build", "--fix", "-"); status != exit.StatusDone || stderr != "eterm: "+want {
		t.Errorf("build --fix: status %d, %q", status, stderr)
	}
	one := strings.Join(strings.SplitAfter(hex, "\n")[10:12], "")
	if status, _, stderr := etermWith(t, t.Context(), one, "decode"); status != exit.StatusDone || stderr != "eterm: 1 of 2 frames has faults, frame 2: icmp.type at 34: unassigned type: 19\n" {
		t.Errorf("decode of two: status %d, %q", status, stderr)
	}
}
