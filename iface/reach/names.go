package reach

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"eterm/frame/ether"
	"eterm/frame/udp"
	"eterm/iface"
	"eterm/ipv4"
)

// LookupDNS asks the host's resolver for the names of addresses, several at a
// time, until ctx ends; those it found are in the map.
func LookupDNS(ctx context.Context, addresses []netip.Addr) map[netip.Addr]string {
	// Go's own resolver in every build: the C library's loads programs, which
	// a process that has given up its privileges cannot.
	resolver := net.Resolver{PreferGo: true}
	names := map[netip.Addr]string{}
	var mu sync.Mutex
	var workers sync.WaitGroup
	unasked := make(chan netip.Addr)
	for range min(32, len(addresses)) {
		workers.Go(func() {
			for a := range unasked {
				found, err := resolver.LookupAddr(ctx, a.String())
				if err == nil && len(found) > 0 {
					mu.Lock()
					names[a] = strings.TrimSuffix(found[0], ".")
					mu.Unlock()
				}
			}
		})
	}
	for _, a := range addresses {
		select {
		case unasked <- a:
		case <-ctx.Done():
		}
	}
	close(unasked)
	workers.Wait()
	return names
}

// Multicast DNS (RFC 6762, 3): where questions go.
const mdnsPort = 5353

var (
	mdnsGroup = netip.AddrFrom4([4]byte{224, 0, 0, 251})
	mdnsMAC   = GroupMAC(mdnsGroup)
)

// questionsPerFrame keeps a question of full IPv4 names within 1000 bytes.
const questionsPerFrame = 20

// LookupMDNS asks the hosts themselves for their names, by multicast DNS from
// a port of our own, which is answered to us alone (RFC 6762, 6.7). IPv4 only.
func LookupMDNS(ctx context.Context, port iface.Port, s Station, addresses []netip.Addr, wait time.Duration) map[netip.Addr]string {
	q := mdnsQuery{station: &s, port: uint16(49152 + rand.IntN(16384)), id: uint16(rand.Uint32()), wanted: map[string]netip.Addr{}, names: map[netip.Addr]string{}}
	for _, a := range addresses {
		if a.Is4() && s.IP4.IsValid() {
			q.wanted[reverseName(a)] = a
		}
	}
	if len(q.wanted) == 0 {
		return nil
	}
	out := newOutbox(port)
	for _, frame := range q.frames() {
		out.send(frame)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	defend := defender(port, &s)
	// A port that fails has given all the names it will.
	_ = iface.Frames(ctx, port, make([]iface.Received, 32), func(rx []iface.Received) error {
		for i := range rx {
			if defend != nil {
				if b := defend.Answer(nil, rx[i].Bytes, rx[i].At); len(b) > 0 {
					out.send(b)
				}
			}
			q.look(rx[i].Bytes)
		}
		if len(q.names) == len(q.wanted) {
			return iface.ErrStop
		}
		return nil
	})
	return q.names
}

// mdnsQuery is the questions of one lookup and the answers so far.
type mdnsQuery struct {
	station  *Station
	port, id uint16
	wanted   map[string]netip.Addr // by reverse name, lower case
	names    map[netip.Addr]string
}

// reverseName is the name under which an IPv4 address is looked up (RFC 1035,
// 3.5).
func reverseName(a netip.Addr) string {
	b := a.As4()
	return netip.AddrFrom4([4]byte{b[3], b[2], b[1], b[0]}).String() + ".in-addr.arpa."
}

// frames are the questions.
func (q *mdnsQuery) frames() (all [][]byte) {
	var questions []dnsmessage.Question
	flush := func() {
		m := dnsmessage.Message{Header: dnsmessage.Header{ID: q.id}, Questions: questions}
		if body, err := m.Pack(); err == nil && len(questions) > 0 {
			all = append(all, q.frame(body))
		}
		questions = nil
	}
	for name := range q.wanted {
		n, err := dnsmessage.NewName(name)
		if err != nil {
			continue
		}
		questions = append(questions, dnsmessage.Question{Name: n, Type: dnsmessage.TypePTR, Class: dnsmessage.ClassINET})
		if len(questions) == questionsPerFrame {
			flush()
		}
	}
	flush()
	return all
}

// frame puts a question into UDP (RFC 768) and IPv4, TTL 255 as RFC 6762, 11
// wants.
func (q *mdnsQuery) frame(body []byte) []byte {
	b := q.station.header(mdnsMAC, 0x0800).Append(nil)
	b, err := ipv4.Header{TTL: 255, Protocol: ipv4.ProtocolUDP, Src: q.station.IP4, Dst: mdnsGroup}.Append(b, udp.HeaderLen+len(body))
	if err != nil {
		return nil
	}
	if b, err = (udp.Header{Src: q.port, Dst: mdnsPort}).Append(b, q.station.IP4, mdnsGroup, body); err != nil {
		return nil
	}
	return pad(b, 0)
}

// look takes the answers of one frame in. Only to what was asked, and from the
// address itself: a host speaks for itself.
func (q *mdnsQuery) look(frame []byte) {
	h, payload, err := ether.Parse(frame)
	if err != nil || h.Type != 0x0800 || !sameVLAN(h.Tags, q.station.Tags) {
		return
	}
	ip, n, total, err := ipv4.Parse(payload)
	if err != nil || ip.Protocol != ipv4.ProtocolUDP || total > len(payload) || ip.FragmentOffset != 0 || ip.MoreFragments {
		return
	}
	from, answer, err := udp.Parse(payload[n:total])
	if err != nil || from.Src != mdnsPort || from.Dst != q.port {
		return
	}
	var p dnsmessage.Parser
	head, err := p.Start(answer)
	if err != nil || !head.Response || p.SkipAllQuestions() != nil {
		return
	}
	for range 64 { // answers in one packet that are looked at
		r, err := p.Answer()
		if err != nil {
			return
		}
		ptr, ok := r.Body.(*dnsmessage.PTRResource)
		a, asked := q.wanted[strings.ToLower(r.Header.Name.String())]
		if ok && asked && ip.Src == a {
			q.names[a] = strings.TrimSuffix(ptr.PTR.String(), ".")
		}
	}
}
