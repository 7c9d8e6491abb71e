package vmtest

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// bridged makes a bridge with two ports whose other ends are h0 and h1.
func bridged(t *testing.T, kind string) {
	t.Helper()
	guest(t)
	needs(t, "veth", "bridge")
	ip(t, "link add br0 type bridge "+kind)
	t.Cleanup(func() { ip(t, "link del br0") })
	for i := range 2 {
		ip(t, fmt.Sprintf("link add h%d type veth peer name p%[1]d", i))
		t.Cleanup(func() { ip(t, fmt.Sprintf("link del h%d", i)) })
		ip(t, fmt.Sprintf("link set p%d master br0 up", i))
		ip(t, fmt.Sprintf("link set h%d up", i))
	}
	ip(t, "link set br0 up")
	for _, port := range []string{"p0", "p1"} {
		await(t, port+" forwards", func() bool {
			return strings.Contains(must(t, "bridge", "link", "show", "dev", port), "state forwarding")
		})
	}
}

// verdicts asks the switch between h0 and h1.
func verdicts(t *testing.T, args ...string) map[string]string {
	t.Helper()
	p := run(t, append([]string{"switch", "check", "--a", "h0", "--b", "h1", "--json", "--drain", "200ms"}, args...)...)
	all := map[string]string{}
	for line := range strings.Lines(p.out.String()) {
		if !strings.HasPrefix(line, `{"type":"case"`) {
			continue
		}
		var c struct{ Case, Verdict string }
		decode(t, line, &c)
		all[c.Case] = c.Verdict
	}
	return all
}

// differ says which verdicts are not pass, or what they are said to be.
func differ(t *testing.T, got, want map[string]string) {
	t.Helper()
	if len(got) == 0 {
		t.Fatal("no verdicts")
	}
	maps.DeleteFunc(got, func(_, v string) bool { return v == "pass" })
	if !maps.Equal(got, want) {
		t.Errorf("not passed: %v, want %v", got, want)
	}
}

// TestKernelVLANBridge: a bridge that knows VLANs passes those it is in, and no other.
func TestKernelVLANBridge(t *testing.T) {
	bridged(t, "vlan_filtering 1 vlan_default_pvid 1")
	for _, vid := range []string{"10", "20"} {
		for _, port := range []string{"p0", "p1"} {
			must(t, "bridge", "vlan", "add", "dev", port, "vid", vid)
		}
	}
	differ(t, verdicts(t, "--only", "forwarding,flooding,vlan,learning.vlan", "--vlans", "10,20"), map[string]string{})
}

// TestKernelGroupForwardMask: one group forwarded that should not be is one failure.
func TestKernelGroupForwardMask(t *testing.T) {
	bridged(t, "group_fwd_mask 0x4000")
	differ(t, verdicts(t, "--only", "reserved"), map[string]string{"reserved.00-stp": "note", "reserved.0e-lldp-ptp": "fail"})
}

// TestKernelProviderBridge: a bridge of a provider may forward its customers' groups.
func TestKernelProviderBridge(t *testing.T) {
	bridged(t, "vlan_filtering 1 vlan_protocol 802.1ad")
	differ(t, verdicts(t, "--only", "reserved"), map[string]string{})
}

// TestKernelHub: two cards on QEMU's hub are not sixty cases of a switch.
func TestKernelHub(t *testing.T) {
	guest(t)
	p := run(t, "switch", "check", "--a", "ca", "--b", "cb", "--only", "forwarding,learning,reserved,addresses", "--skip", "learning.capacity,learning.rate", "--drain", "200ms")
	if p.status != 1 || !strings.Contains(p.out.String(), " 1 fail,") || !strings.Contains(p.out.String(), "a hub or a cable") {
		t.Errorf("status %d, want 1 and one failure, which says that it is a hub", p.status)
	}
}
