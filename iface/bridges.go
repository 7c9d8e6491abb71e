package iface

import (
	"os"
	"path/filepath"
	"strings"
)

// BridgeSettings is where the kernel has the settings of bridges (br_netfilter).
const BridgeSettings = "/proc/sys/net/bridge"

// BridgesFilter says whether bridges of this namespace hand IP packets to the
// firewall, by the settings in a directory: they then cut off what is behind a packet,
// padding too, and drop packets with a wrong header. Where nothing can be read it is
// false.
func BridgesFilter(settings string) bool {
	for _, name := range []string{"bridge-nf-call-iptables", "bridge-nf-call-ip6tables"} {
		b, err := os.ReadFile(filepath.Join(settings, name))
		if value := strings.TrimSpace(string(b)); err == nil && value != "0" && value != "" {
			return true
		}
	}
	return false
}
