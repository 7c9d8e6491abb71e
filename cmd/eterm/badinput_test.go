package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab/labtest"
)

// TestBadInput: one line on stderr that names the value and the remedy, status
// 2, nothing on stdout and nothing sent.
func TestBadInput(t *testing.T) {
	host, other := labtest.Pair(t)
	must(t, host.SetHardwareAddr("eth0", leftMAC))
	tun := host.Do(func() error { // /dev/net/tun knows only the caller's namespace
		return netlink.LinkAdd(&netlink.Tuntap{LinkAttrs: netlink.LinkAttrs{Name: "tun0"}, Mode: netlink.TUNTAP_MODE_TUN})
	})
	if tun != nil && (!errors.Is(tun, fs.ErrPermission) || os.Geteuid() == 0 && os.Getenv("CI") == "true") {
		t.Fatal(tun)
	}
	labtest.Cable(t, host, "eth1", other, "eth1")
	must(t, host.Down("eth1"))
	for _, c := range []struct{ line, want string }{
		{"exchange -i nope0", "nope0"},
		{"exchange -i nope0", "eth0"}, // those there are
		{"exchange -i eth1", "ip link set dev eth1 up"},
		{"listen -i eth1", "ip link set dev eth1 up"},
		{"exchange -i tun0", "tun0"},
		{"exchange --to 02:00:00:00:00", `"02:00:00:00:00" for flag --to: want a MAC address of six bytes`},
		{"exchange --to 02:00:00:00:00:00:00:01", "six bytes"},
		{"exchange --from zz", "six bytes"},
		{"exchange --from ff:ff:ff:ff:ff:ff", "group address, which no station may send from: --force"},
		{"exchange --from 01:00:5e:00:00:01", "01:00:5e:00:00:01 is a group address"},
		{"exchange -t 0x05ff", "0x05ff is a length, not an EtherType: those begin at 0x0600"},
		{"exchange -t nonsense", "want an EtherType"},
		{"exchange -t 0x10000", "want an EtherType"},
		{"exchange -Q 4095", `vlan "4095": want 0 to 4094`},
		{"exchange -Q -1", `vlan "-1": want 0 to 4094`},
		{"exchange -Q 8:10", `priority "8": want 0 to 7`},
		{"exchange -Q 10,", `vlan "": want 0 to 4094`},
		{"exchange --payload-hex abc", "odd number of hex digits"},
		{"exchange --payload-hex xy", "want hex digits"},
		{"exchange -s 63", "64 to 9216"},
		{"exchange -s 9217", "64 to 9216"},
		{"exchange -s 1519", "its MTU is 1500, so at most 1514"},
		{"exchange -s 64 --payload-hex " + strings.Repeat("00", 47), "payload of 47 bytes does not fit size 64: at most 46"},
		{"exchange --payload-hex " + strings.Repeat("00", 1501), "frame of 1515 bytes is longer than eth0 takes: its MTU is 1500"},
		{"exchange -s 64 --no-pad", "contradict"},
		{"exchange --src-ip 192.0.2.1", "go together"},
		{"exchange --src-ip 192.0.2.1 --dst-ip 2001:db8::1", "want an IPv4 address"},
		{"exchange --src-ip 192.0.2.1 --dst-ip 192.0.2.2 -t 0x88b5", "IPv4 is 0x0800"},
		{"exchange --src-ip 192.0.2.1 --dst-ip 192.0.2.2 --ttl 256", "\"256\" for flag --ttl: want 0 to 255"},
		{"exchange --interval 0", "interval 0"},
		{"exchange --interval x", "want a time such as 0.2"},
		{"exchange -c -1", "want a whole number of frames"},
		{"exchange -d -1", "want a time"},
		{"listen -w /tmp", "/tmp is a directory: name a file in it"},
		{"listen -t nonsense", "want an EtherType such as 0x88b5, or its name in the notation, such as ipv4"},
		{"broadcast stray", `takes no operand, but was given "stray"`},
		{"exchange --to broadcast eth / arp", "--to describes frames, which the notation already does"},
		{"broadcast --to 02:00:00:00:00:01", "unknown flag --to"},
		{"listen --snaplen -1", "\"-1\" for flag --snaplen: want a whole number of 0 or more"},
		{"listen --format nonsense", "want dump, line"},
		{"listen --color sometimes", "want auto, always or never"},
	} {
		if tun != nil && strings.Contains(c.line, "tun0") {
			continue // an ordinary user may be denied the device
		}
		args := strings.Fields(c.line)
		status, stdout, stderr := runOn(t, host, args...)
		if status != exit.StatusUsage || stdout != "" || !strings.Contains(stderr, c.want) ||
			!strings.HasPrefix(stderr, "eterm: ") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("eterm %s: status %d, stdout %q, stderr %q; want 2 and %q", c.line, status, stdout, stderr, c.want)
		}
	}
	link, err := host.Netlink().LinkByName("eth0")
	must(t, err)
	if n := link.Attrs().Statistics.TxPackets; n != 0 {
		t.Errorf("%d frames were sent", n)
	}
}

func TestInterfaceIsNeverGuessed(t *testing.T) {
	t.Setenv("ETERM_INTERFACE", "")
	for _, line := range []string{"exchange", "listen", "broadcast"} {
		status, _, stderr := eterm(t, line)
		if status != exit.StatusUsage || !strings.HasPrefix(stderr, "eterm: no interface given") {
			t.Errorf("%s: status %d, stderr %q", line, status, stderr)
		}
	}
}
