package main

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryLinkType: captures of each link type that an Ethernet header can be
// put in front of are decoded, compared and sent, with the addresses asked for.
func TestEveryLinkType(t *testing.T) {
	const packet = "45000021000000004001f6d8c0000201c0000202" + "0800b4250007000168656c6c6f"
	for _, c := range []struct {
		kind         byte
		high         byte // of the link type
		header, name string
	}{
		{113, 0, "0000000100060200000000010000" + "0800", "Linux cooked"},
		{20, 1, "0800" + "0000" + "00000003" + "0001" + "00" + "06" + "0200000000010000", "Linux cooked v2"}, // 276
		{101, 0, "", "raw IP"},
		{12, 0, "", "raw IP"},
		{14, 0, "", "raw IP"},
		{228, 0, "", "IPv4"},
		{0, 0, "02000000", "BSD loopback"},
		{108, 0, "00000002", "OpenBSD loopback"},
	} {
		record, err := hex.DecodeString(c.header + packet)
		must(t, err)
		n := byte(len(record))
		file := []byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, c.kind, c.high, 0, 0,
			7, 0, 0, 0, 8, 0, 0, 0, n, 0, 0, 0, n, 0, 0, 0}
		path := filepath.Join(t.TempDir(), "x.pcap")
		must(t, os.WriteFile(path, append(file, record...), 0o600))
		status, stdout, stderr := eterm(t, "decode", "-r", path, "--json")
		if status != 0 || !strings.Contains(stdout, `"made_header":"`+c.name+`"`) || !strings.Contains(stdout, packet) {
			t.Errorf("decode %s: status %d, %s%s", c.name, status, stdout, stderr)
		}
		const src, dst = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
		status, stdout, stderr = eterm(t, "send", "-S", "--json", "-r", path, "-c1", "--from", src, "--to", dst)
		if status != 0 || !strings.Contains(stdout, `"hex":"02000000000b02000000000a0800`+packet) || !strings.Contains(stderr, " is of "+c.name+": ") {
			t.Errorf("send %s: status %d, %s%s", c.name, status, stdout, stderr)
		}
		status, stdout, stderr = eterm(t, "diff", path+"#1", "eth dst=00:00:00:00:00:00 src=00:00:00:00:00:00 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=7 seq=1 / text hello / pad 0")
		if status > 1 || !strings.Contains(stderr, " is of "+c.name+": ") || status == 1 && !strings.Contains(stdout, "src") {
			t.Errorf("diff %s: status %d, %s%s", c.name, status, stdout, stderr)
		}
	}
}

// TestPromiscuousIsPromisc: both spellings are one flag.
func TestPromiscuousIsPromisc(t *testing.T) {
	left, right, _ := switched(t)
	for _, spelling := range []string{"--promisc", "--promiscuous"} {
		listen := on(t, right, "listen", spelling, "-c1", "--json", "-t", "0x88b5")
		say(t, left, "-c1", "-t", "0x88b5", "--to", "02:00:00:00:00:99")
		if status := listen.end(t); status != 0 || !strings.Contains(listen.stdout.String(), "02:00:00:00:00:99") {
			t.Errorf("%s: status %d, %s", spelling, status, &listen.stdout)
		}
	}
}
