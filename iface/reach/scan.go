package reach

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"time"

	"eterm/iface"
)

// Host is an address of a range, and who has it.
type Host struct {
	IP  netip.Addr
	MAC net.HardwareAddr // nil: nobody replied
	// ARP is the round-trip time of the ARP or neighbour discovery request.
	ARP time.Duration
	// Echoed says whether an echo was answered; RTT is then its round-trip
	// time, the shorter of two, by Clock.
	Echoed bool
	RTT    time.Duration
	Clock  iface.Clock
	// Name is what the host is called, and NameSource says by whom: "dns" is
	// this host's resolver, "mdns" the host itself. It comes from the network.
	Name, NameSource string
	// Others are further stations that claim the address.
	Others []net.HardwareAddr
}

// Up says whether the host replied.
func (h Host) Up() bool { return h.MAC != nil }

// ScanConfig says whom Scan asks.
type ScanConfig struct {
	Discovery
	// Timeout is also how long is waited for echoes.
	// Names says whether names are looked for.
	Names bool
}

// How long names are looked for.
const (
	dnsTime  = 600 * time.Millisecond
	mdnsTime = 400 * time.Millisecond
)

// Scan finds who has an address of the ranges, measures an echo to each, and
// looks for their names meanwhile. The hosts come by address. From says from
// where an address is asked, as Place.From does; the zero Addr: not at all.
func Scan(ctx context.Context, port iface.Port, c ScanConfig, from func(netip.Addr) netip.Addr) ([]Host, error) {
	found, _, err := Discover(ctx, port, c.Discovery)
	if err != nil {
		return nil, err
	}
	hosts := hostsOf(found)
	if len(hosts) == 0 {
		return nil, nil
	}
	resolved := c.resolve(ctx, hosts)
	err = c.echo(ctx, port, hosts, from)
	c.names(ctx, port, hosts, resolved)
	return hosts, err
}

// hostsOf puts the stations that claim one address together.
func hostsOf(found []Found) (hosts []Host) {
	for _, f := range found {
		if n := len(hosts); f.Conflict && n > 0 && hosts[n-1].IP == f.IP {
			hosts[n-1].Others = append(hosts[n-1].Others, f.MAC)
			continue
		}
		hosts = append(hosts, Host{IP: f.IP, MAC: f.MAC, ARP: f.RTT})
	}
	return hosts
}

// echo measures a round trip to each host; not all answer.
func (c ScanConfig) echo(ctx context.Context, port iface.Port, hosts []Host, from func(netip.Addr) netip.Addr) error {
	p := Config{Station: c.Station, ID: uint16(rand.Uint32()), Count: 2, Timeout: c.Timeout,
		Interval: max(100*time.Millisecond, time.Duration(len(hosts))*time.Millisecond)}
	var asked []*Host
	for i := range hosts {
		h := &hosts[i]
		if from(h.IP).IsValid() {
			p.Targets = append(p.Targets, Target{Name: h.IP.String(), IP: h.IP, MAC: h.MAC})
			asked = append(asked, h)
		}
	}
	if len(asked) == 0 {
		return nil // we have no address to ask from
	}
	p.Event = func(e Event) {
		if h := asked[e.Target]; e.Kind == Answered && (!h.Echoed || e.RTT < h.RTT) {
			h.Echoed, h.RTT, h.Clock = true, e.RTT, e.Clock
		}
	}
	_, err := Ping(ctx, port, p)
	return err
}

// resolve asks the resolver for names while other things are done; nil if no
// names are wanted.
func (c ScanConfig) resolve(ctx context.Context, hosts []Host) <-chan map[netip.Addr]string {
	if !c.Names {
		return nil
	}
	names := make(chan map[netip.Addr]string, 1)
	addresses := addressesOf(hosts) // before echoes are counted in hosts
	go func() {
		ctx, cancel := context.WithTimeout(ctx, dnsTime)
		defer cancel()
		names <- LookupDNS(ctx, addresses)
	}()
	return names
}

func addressesOf(hosts []Host) (all []netip.Addr) {
	for _, h := range hosts {
		all = append(all, h.IP)
	}
	return all
}

// names gives the hosts their names: the resolver's first, then what they call
// themselves.
func (c ScanConfig) names(ctx context.Context, port iface.Port, hosts []Host, resolver <-chan map[netip.Addr]string) {
	if resolver == nil {
		return
	}
	own := LookupMDNS(ctx, port, c.Station, addressesOf(hosts), mdnsTime)
	resolved := <-resolver
	for i := range hosts {
		h := &hosts[i]
		if name := resolved[h.IP]; name != "" {
			h.Name, h.NameSource = name, "dns"
		} else if name := own[h.IP]; name != "" {
			h.Name, h.NameSource = name, "mdns"
		}
	}
}

// WithSilent puts the addresses of the ranges that did not reply between the
// hosts that did.
func WithSilent(ranges []Range, hosts []Host) []Host {
	found := map[netip.Addr]bool{}
	for _, h := range hosts {
		found[h.IP] = true
	}
	all := slices.Clone(hosts)
	for _, r := range ranges {
		ip := r.First
		for range r.Count {
			if !found[ip] {
				all = append(all, Host{IP: ip})
			}
			ip = ip.Next()
		}
	}
	slices.SortFunc(all, func(a, b Host) int { return a.IP.Compare(b.IP) })
	return all
}
