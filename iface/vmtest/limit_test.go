package vmtest

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/vishvananda/netlink/nl"
)

// What ip of the same release as 6.1 does not know yet: the attribute of rtnetlink
// that bounds the addresses a bridge learns (Linux 6.7, IFLA_BR_FDB_MAX_LEARNED).
const fdbMaxLearned = 49

// since skips a test on kernels before a version.
func since(t *testing.T, major, minor int) {
	t.Helper()
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		t.Fatal(err)
	}
	var is [2]int
	if _, err := fmt.Sscanf(string(b), "%d.%d", &is[0], &is[1]); err != nil {
		t.Fatal(err)
	}
	if is[0] < major || is[0] == major && is[1] < minor {
		t.Skipf("Linux %s has it not yet: since %d.%d", strings.TrimSpace(string(b)), major, minor)
	}
}

// limitTable bounds the addresses that a bridge learns.
func limitTable(t *testing.T, bridge string, most uint32) {
	t.Helper()
	i, err := net.InterfaceByName(bridge)
	if err != nil {
		t.Fatal(err)
	}
	const newLink, ack, linkInfo, infoKind, infoData = 16, 4, 18, 1, 2 // RTM_NEWLINK, NLM_F_ACK, IFLA_LINKINFO, ..., rtnetlink(7)
	msg := nl.NewIfInfomsg(0)
	msg.Index = int32(i.Index)
	info := nl.NewRtAttr(linkInfo, nil)
	info.AddRtAttr(infoKind, []byte("bridge"))
	info.AddRtAttr(infoData, nil).AddRtAttr(fdbMaxLearned, binary.NativeEndian.AppendUint32(nil, most))
	req := nl.NewNetlinkRequest(newLink, ack)
	req.AddData(msg)
	req.AddData(info)
	if _, err := req.Execute(0, 0); err != nil {
		t.Fatal(err)
	}
}

// TestKernelTableLimit: a bridge that may learn so many addresses has a table of
// that size: what it knew before counts too.
func TestKernelTableLimit(t *testing.T) {
	since(t, 6, 7)
	bridged(t, "")
	limitTable(t, "br0", 200)
	p := run(t, "switch", "check", "--a", "h0", "--b", "h1", "--json", "--drain", "200ms", "--only", "learning.capacity", "--max-macs", "1024")
	for line := range strings.Lines(p.out.String()) {
		var c struct{ Type, Case, Value string }
		if decode(t, line, &c); c.Type == "case" {
			t.Logf("%+v", c)
			if c.Case != "learning.capacity" || c.Value != "200" {
				t.Errorf("%s: %s, want 200", c.Case, c.Value)
			}
		}
	}
}
