package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/ether/vendors"
	"eterm/iface/reach"
)

// scanner is eterm scan: everybody in a range.
type scanner struct {
	stationFlags
	hostFlags
	askFlags
	noNames bool
	verbose bool
}

func scanCommand() *cli.Command {
	s := &scanner{}
	s.tries, s.timeout = 2, args.Duration(300*time.Millisecond)
	return &cli.Command{
		Name:      "scan",
		Usage:     "list a whole range: who is up, MAC address, vendor, name, echo time",
		ArgsUsage: "[CIDR...]",
		UsageText: "eterm scan -i eth0                       the interface's own network\n" +
			"eterm scan -i eth0 192.0.2.0/24 -n       a range, without looking for names\n" +
			"eterm scan -i eth0 -Q 10 --src-ip 192.0.2.1 192.0.2.0/24 --json   in VLAN 10, where we have no address",
		Description: "Asks every address by ARP (IPv6: neighbour discovery), 1000 a second unless the range is so\n" +
			"large that it takes more to be done in a minute. Who answers gets two echo requests. Names\n" +
			"come from reverse DNS and from the hosts themselves by multicast DNS. Only your own networks.",
		Flags: append(append(append(s.stationFlags.flags(), s.askFlags.flags()...), s.hostFlags.flags()...),
			&cli.BoolFlag{Name: "no-names", Aliases: []string{"n"}, Destination: &s.noNames, Usage: "do not look for names"},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Destination: &s.verbose, Usage: "list the addresses that are not up too"},
		),
		Action: s.run,
	}
}

// scanned is one address of a scan.
type scanned struct {
	Type    string `json:"type"`
	Address string `json:"address"`
	Up      bool   `json:"up"`
	MAC     string `json:"mac,omitempty"`
	Vendor  string `json:"vendor,omitempty"`
	Name    string `json:"name,omitempty"`
	Source  string `json:"name_source,omitempty"` // dns or mdns
	ARP     *int64 `json:"arp_ns,omitempty"`      // round trip of the question
	RTT     *int64 `json:"rtt_ns,omitempty"`      // round trip of an echo; left out where none was answered
	Clock   string `json:"clock,omitempty"`
	// Others are further stations that claim the address.
	Others []string `json:"conflicting_macs,omitempty"`

	ip netip.Addr
}

func (s *scanner) run(c *cli.Context) error {
	at, err := s.open(c)
	if err != nil {
		return err
	}
	defer at.port.Close()
	words := c.Args().Slice()
	if len(words) == 0 {
		if words, err = s.ownNetwork(at); err != nil {
			return err
		}
	}
	operands, err := s.parse(c.Context, words, at)
	if err == nil {
		err = unicastOnly(operands, at)
	}
	if err != nil {
		return err
	}
	ranges := rangesOf(operands)
	at.sources(ranges)
	began := time.Now()
	hosts, err := s.who(c, at, ranges)
	if err == nil && len(hosts) > 0 {
		resolved := s.resolve(c.Context, hosts)
		err = s.echo(c, at, hosts)
		s.names(c.Context, at, hosts, resolved)
	}
	if err != nil {
		return pingError(err)
	}
	return s.print(c.App.Writer, at, ranges, hosts, time.Since(began))
}

// ownNetwork is the range where none was given.
func (s *scanner) ownNetwork(at *place) (words []string, err error) {
	for _, p := range at.local.Prefixes {
		if p.Addr().Is4() && !s.v6 {
			words = append(words, p.Masked().String())
		}
	}
	if len(words) == 0 {
		return nil, exit.Usage("%s has no IPv4 network of its own to scan: give a range, such as 192.0.2.0/24", at.port.Name())
	}
	return words, nil
}

// who asks the ranges.
func (s *scanner) who(c *cli.Context, at *place, ranges []reach.Range) ([]*scanned, error) {
	d, err := s.discovery(at, ranges)
	if err != nil {
		return nil, err
	}
	bar := newProgress(c.App.ErrWriter)
	defer bar.clear()
	count := make(chan int, 1)
	count <- 0
	d.Found = func(reach.Found) { count <- <-count + 1 }
	d.Progress = func(sent, all int) {
		n := <-count
		count <- n
		bar.show("%d%% asked, %d up", 100*min(sent, all*d.Tries)/(all*d.Tries), n)
	}
	found, _, err := reach.Discover(c.Context, at.port, d)
	if err != nil {
		return nil, err
	}
	names := vendors.Load(vendors.Files)
	var hosts []*scanned
	for _, f := range found {
		if f.Conflict {
			last := hosts[len(hosts)-1]
			last.Others = append(last.Others, f.MAC.String())
			continue
		}
		ns := f.RTT.Nanoseconds()
		hosts = append(hosts, &scanned{Type: "host", Address: f.IP.String(), Up: true, MAC: f.MAC.String(), Vendor: names.Name(f.MAC), ARP: &ns, ip: f.IP})
	}
	return hosts, nil
}

// echo measures a round trip to each host; not all answer.
func (s *scanner) echo(c *cli.Context, at *place, hosts []*scanned) error {
	config := reach.Config{Station: at.Station, ID: uint16(rand.Uint32()), Count: 2, Interval: 100 * time.Millisecond, Timeout: time.Duration(s.timeout)}
	config.Interval = max(config.Interval, time.Duration(len(hosts))*time.Millisecond)
	var asked []*scanned
	for _, h := range hosts {
		mac, err := args.ParseMAC(h.MAC)
		if err == nil && at.from(h.ip).IsValid() {
			config.Targets = append(config.Targets, reach.Target{Name: h.Address, IP: h.ip, MAC: mac})
			asked = append(asked, h)
		}
	}
	if len(asked) == 0 {
		return nil // we have no address to ask from
	}
	config.Event = func(e reach.Event) {
		h, ns := asked[e.Target], e.RTT.Nanoseconds()
		if e.Kind == reach.Answered && (h.RTT == nil || ns < *h.RTT) {
			h.RTT, h.Clock = &ns, clockNames[e.Clock]
		}
	}
	_, err := reach.Ping(c.Context, at.port, config)
	return err
}

// How long names are looked for.
const (
	dnsTime  = 600 * time.Millisecond
	mdnsTime = 400 * time.Millisecond
)

// resolve asks the resolver for names while other things are done; nil if no
// names are wanted.
func (s *scanner) resolve(ctx context.Context, hosts []*scanned) <-chan map[netip.Addr]string {
	if s.noNames {
		return nil
	}
	names := make(chan map[netip.Addr]string, 1)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, dnsTime)
		defer cancel()
		names <- reach.LookupDNS(ctx, addressesOf(hosts))
	}()
	return names
}

func addressesOf(hosts []*scanned) (all []netip.Addr) {
	for _, h := range hosts {
		all = append(all, h.ip)
	}
	return all
}

// names gives the hosts their names: the resolver's first, then what they call
// themselves.
func (s *scanner) names(ctx context.Context, at *place, hosts []*scanned, resolver <-chan map[netip.Addr]string) {
	if resolver == nil {
		return
	}
	own := reach.LookupMDNS(ctx, at.port, at.Station, addressesOf(hosts), mdnsTime)
	resolved := <-resolver
	for _, h := range hosts {
		if name := resolved[h.ip]; name != "" {
			h.Name, h.Source = oneLine(name), "dns"
		} else if name := own[h.ip]; name != "" {
			h.Name, h.Source = oneLine(name), "mdns"
		}
	}
}

// print prints the table or the objects, and returns the status.
func (s *scanner) print(out io.Writer, at *place, ranges []reach.Range, hosts []*scanned, elapsed time.Duration) error {
	all := 0
	for _, r := range ranges {
		all += r.Count
	}
	up := len(hosts)
	if s.verbose {
		hosts = withSilent(ranges, hosts)
	}
	var err error
	if s.json {
		err = s.printJSON(out, hosts, all, up, elapsed)
	} else {
		err = s.printTable(out, at, hosts, all, up, elapsed)
	}
	if err == nil && up == 0 {
		return exit.Quietly(exit.StatusNo)
	}
	return err
}

// withSilent puts the addresses that did not answer between those that did.
func withSilent(ranges []reach.Range, hosts []*scanned) []*scanned {
	found := map[netip.Addr]bool{}
	for _, h := range hosts {
		found[h.ip] = true
	}
	for _, r := range ranges {
		ip := r.First
		for range r.Count {
			if !found[ip] {
				hosts = append(hosts, &scanned{Type: "host", Address: ip.String(), ip: ip})
			}
			ip = ip.Next()
		}
	}
	slices.SortFunc(hosts, func(a, b *scanned) int { return a.ip.Compare(b.ip) })
	return hosts
}

func (s *scanner) printJSON(out io.Writer, hosts []*scanned, all, up int, elapsed time.Duration) error {
	e := json.NewEncoder(out)
	for _, h := range hosts {
		if err := e.Encode(h); err != nil {
			return err
		}
	}
	return e.Encode(struct {
		Type    string `json:"type"`
		Asked   int    `json:"addresses"`
		Up      int    `json:"hosts_up"`
		Elapsed int64  `json:"elapsed_ns"`
	}{"summary", all, up, elapsed.Nanoseconds()})
}

func (s *scanner) printTable(out io.Writer, at *place, hosts []*scanned, all, up int, elapsed time.Duration) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(hosts) > 0 {
		fmt.Fprintln(w, "ADDRESS\tMAC\tECHO\tNAME\tVENDOR")
	}
	for _, h := range hosts {
		if !h.Up {
			fmt.Fprintf(w, "%s\t-\tnot up\t\t\n", h.Address)
			continue
		}
		echo := "no echo"
		if h.RTT != nil {
			echo = milliseconds(time.Duration(*h.RTT)) + " ms"
		}
		mac := h.MAC
		if len(h.Others) > 0 {
			mac += " CONFLICT " + strings.Join(h.Others, " ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", h.Address, mac, echo, h.Name, strings.Trim(vendorText(h.Vendor), "()"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "%d of %d addresses up, %.1f s\n", up, all, elapsed.Seconds())
	return err
}
