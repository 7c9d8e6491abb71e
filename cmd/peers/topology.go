package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"eterm/iface/lab"
)

// path is two hosts and what joins them.
type path struct {
	name        string
	left, right *lab.Host
}

// Addresses. Nobody has the target's, so that no stack answers or spends time.
const (
	sourceMAC = "02:00:00:00:01:0a"
	farMAC    = "02:00:00:00:01:0b"
	targetMAC = "02:00:00:00:00:99"
	port      = "eth0"
)

// kind is what joins the hosts of a path.
type kind uint8

const (
	cable      kind = iota
	cableWith2      // two queues: AF_XDP takes one for each thread
	bridged         // a Linux bridge that knows where the target is
)

// newPath joins two new hosts.
func (b *bench) newPath(name string, by kind) (*path, error) {
	p := &path{name: name}
	var err error
	if p.left, err = b.host(name + "-left"); err != nil {
		return nil, err
	}
	if p.right, err = b.host(name + "-right"); err != nil {
		return nil, err
	}
	switch by {
	case bridged:
		err = b.bridge(p)
	case cableWith2:
		err = p.left.AddCable(p.right, &netlink.Veth{PeerName: port, PeerNumTxQueues: 2, PeerNumRxQueues: 2,
			LinkAttrs: netlink.LinkAttrs{Name: port, TxQLen: -1, NumTxQueues: 2, NumRxQueues: 2}})
	default:
		err = lab.Cable(p.left, port, p.right, port)
	}
	for _, h := range []struct {
		*lab.Host
		mac, ip string
	}{{p.left, sourceMAC, "10.99.1.1/24"}, {p.right, farMAC, "10.99.1.2/24"}} {
		if err == nil {
			mac, _ := net.ParseMAC(h.mac)
			err = h.SetHardwareAddr(port, mac)
		}
		if err == nil {
			err = h.AddAddress(port, h.ip)
		}
	}
	return p, err
}

func (b *bench) bridge(p *path) error {
	middle, err := b.host(p.name + "-middle")
	if err != nil {
		return err
	}
	if err := middle.Switch("br0"); err != nil {
		return err
	}
	for name, h := range map[string]*lab.Host{"left": p.left, "right": p.right} {
		if err := lab.Cable(h, port, middle, name); err != nil {
			return err
		}
		if err := middle.AddPort("br0", name); err != nil {
			return err
		}
	}
	link, err := middle.Netlink().LinkByName("right")
	if err != nil {
		return err
	}
	mac, _ := net.ParseMAC(targetMAC)
	return middle.Netlink().NeighSet(&netlink.Neigh{LinkIndex: link.Attrs().Index, Family: unix.AF_BRIDGE,
		State: unix.NUD_NOARP, Flags: unix.NTF_MASTER, HardwareAddr: mac})
}

func (b *bench) host(name string) (*lab.Host, error) {
	h, err := lab.NewHost(name)
	if err == nil {
		b.hosts = append(b.hosts, h)
	}
	return h, err
}

// arrived is how many frames have reached the right host's interface.
func (p *path) arrived() (uint64, error) {
	link, err := p.right.Netlink().LinkByName(port)
	if err != nil {
		return 0, err
	}
	return link.Attrs().Statistics.RxPackets, nil
}

// machine says where and when the figures were taken.
func machine() string {
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	model := "unknown processor"
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%s, Linux %s, %d processors (%s), %s", time.Now().UTC().Format("2006-01-02 15:04 UTC"),
		strings.TrimSpace(string(release)), runtime.NumCPU(), model, runtime.Version())
}

// installed says whether a program is there.
func installed(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}
