package args

import (
	"net/netip"
	"strings"

	"eterm/cmd/eterm/internal/exit"
)

// ParseNetworks reads addresses and networks of hosts, several in a word
// with commas between them; an address is a network of one.
func ParseNetworks(texts []string) (all []netip.Prefix, err error) {
	for _, text := range texts {
		for word := range strings.SplitSeq(text, ",") {
			p, err := netip.ParsePrefix(word)
			if err != nil {
				var a netip.Addr
				if a, err = netip.ParseAddr(word); err == nil {
					p = netip.PrefixFrom(a.WithZone("").Unmap(), a.Unmap().BitLen())
				}
			}
			if err != nil || p.Addr().IsMulticast() || p.Addr().IsUnspecified() || p.Addr().IsLoopback() {
				return nil, exit.Usage("--ip %q: want an address such as 192.0.2.2, or a network such as 192.0.2.0/24", word)
			}
			all = append(all, p.Masked())
		}
	}
	return all, nil
}
