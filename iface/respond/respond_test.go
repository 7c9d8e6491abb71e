package respond

import (
	"bytes"
	"maps"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"eterm/frame/arp"
	"eterm/frame/cfm"
	"eterm/frame/ether"
	"eterm/frame/icmpv6"
	"eterm/frame/inband"
	"eterm/frame/ipv6"
	"eterm/frame/llc"
	"eterm/icmp"
	"eterm/iface/ifacetest"
	"eterm/ipv4"
)

var (
	us    = net.HardwareAddr{2, 0, 0, 0, 0, 2}
	them  = net.HardwareAddr{2, 0, 0, 0, 0, 1}
	all   = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	ours  = netip.MustParseAddr("192.0.2.2")
	asker = netip.MustParseAddr("192.0.2.1")
	our6  = netip.MustParseAddr("2001:db8::2")
	ask6  = netip.MustParseAddr("2001:db8::1")
	noon  = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
)

func responder(t testing.TB, c Config) *Responder {
	port, other := ifacetest.Wire()
	t.Cleanup(func() { port.Close(); other.Close() })
	c.Addresses = []netip.Prefix{netip.PrefixFrom(ours, 32), netip.PrefixFrom(our6, 128)}
	c.MAC = us
	return New(port, c)
}

func frameOf(dst, src net.HardwareAddr, kind uint16, payload []byte) []byte {
	return append(ether.Header{Dst: dst, Src: src, Type: kind}.Append(nil), payload...)
}

func echo4(id uint16, data string) []byte {
	m := icmp.NewEcho(id, 1, []byte(data)).Append(nil)
	b, _ := ipv4.Header{TOS: 4, TTL: 9, Protocol: 1, Src: asker, Dst: ours}.Append(nil, len(m))
	return append(b, m...)
}

func packet6(src, dst netip.Addr, hops uint8, m icmpv6.Message) []byte {
	body := m.Append(nil, src, dst)
	b, _ := ipv6.Header{NextHeader: icmpv6.Protocol, HopLimit: hops, Src: src, Dst: dst}.Append(nil, len(body))
	return append(b, body...)
}

// questions are one of each kind that is answered.
func questions() map[string][]byte {
	llcInfo := append(llc.Test().Append(nil), "who?"...)
	solicit := icmpv6.Neighbor{Target: our6, Link: them}.Solicitation(nil)
	group := net.HardwareAddr(icmpv6.MulticastMAC(nil, icmpv6.SolicitedNode(our6)))
	return map[string][]byte{
		"echo":     frameOf(us, them, inband.EtherType, inband.Echo{ID: 7, Seq: 8, Data: []byte("abc")}.Append(nil, inband.EchoRequest)),
		"llc-test": frameOf(us, them, uint16(len(llcInfo)), llcInfo),
		"lbm":      frameOf(us, them, cfm.EtherType, cfm.AppendLoopback(nil, 5, 99, []byte("abc"))),
		"arp":      frameOf(all, them, arp.EtherType, arp.NewRequest(them, asker, ours).Append(nil)),
		"icmp":     frameOf(us, them, 0x0800, echo4(7, "abc")),
		"icmpv6":   frameOf(us, them, ipv6.EtherType, packet6(ask6, our6, 64, icmpv6.NewEcho(7, 8, []byte("abc")))),
		"nd":       frameOf(group, them, ipv6.EtherType, packet6(ask6, icmpv6.SolicitedNode(our6), 255, solicit)),
		"time": frameOf(us, them, 0x0800, func() []byte {
			m := icmp.Message{Type: icmp.Timestamp, Rest: 7<<16 | 8, Body: []byte{3: 5, 11: 0}}.Append(nil)
			b, _ := ipv4.Header{TTL: 9, Protocol: 1, Src: asker, Dst: ours}.Append(nil, len(m))
			return append(b, m...)
		}()),
	}
}

func TestEveryQuestionIsAnsweredOnce(t *testing.T) {
	r, back := responder(t, Config{}), responder(t, Config{})
	back.own = them
	for name, q := range questions() {
		a := r.Answer(nil, q, noon)
		h, _, err := ether.Parse(a)
		if err != nil || !bytes.Equal(h.Dst, them) || !bytes.Equal(h.Src, us) || len(a) < ether.MinFrame {
			t.Errorf("%s: answer %x", name, a)
		}
		if again := back.Answer(nil, a, noon); len(again) > 0 {
			t.Errorf("%s: the answer is answered: %x", name, again)
		}
	}
	got := r.Account()
	if got.Total() != 8 || got.Answered["icmp"] != 2 || got.Answered["lbm"] != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAnswers(t *testing.T) {
	r, q := responder(t, Config{}), questions()
	payload := func(name string) []byte {
		_, p, _ := ether.Parse(r.Answer(nil, q[name], noon))
		return p
	}
	if k, body, _ := inband.Parse(payload("echo")); k != inband.EchoReply || !bytes.Contains(body, []byte("abc")) {
		t.Error("echo", k, body)
	}
	if a, _ := arp.Parse(payload("arp")); a.Op != arp.Reply || !bytes.Equal(a.SenderMAC, us) || a.SenderIP != ours || a.TargetIP != asker {
		t.Errorf("arp %+v", a)
	}
	p := payload("icmp")
	ip, n, total, _ := ipv4.Parse(p)
	m, _ := icmp.Parse(p[n:total])
	if !ipv4.Valid(p[:n]) || !ipv4.Valid(p[n:total]) || ip.Src != ours || ip.Dst != asker || ip.TOS != 4 || ip.TTL != 64 ||
		m.Type != icmp.EchoReply || m.ID() != 7 || string(m.Body) != "abc" {
		t.Errorf("icmp %+v %+v", ip, m)
	}
	p = payload("time")
	m, _ = icmp.Parse(p[20:40])
	if times, ok := m.Times(); !ok || times != (icmp.Times{Originate: 5, Receive: 43200000, Transmit: 43200000}) {
		t.Errorf("times %+v", times)
	}
	p = payload("nd")
	h6, n, _ := ipv6.Parse(p)
	m6, _ := icmpv6.Parse(p[40 : 40+n])
	nb, ok := m6.Neighbor()
	if !ok || nb.Target != our6 || !bytes.Equal(nb.Link, us) || !nb.Solicited || h6.HopLimit != 255 || !icmpv6.Valid(p[40:40+n], h6.Src, h6.Dst) {
		t.Errorf("nd %+v %+v", h6, nb)
	}
	p = payload("lbm")
	if l, err := cfm.Parse(p); err != nil || l.Opcode != cfm.LBR || l.Transaction != 99 || l.Level != 5 {
		t.Errorf("lbm %+v %v", l, err)
	}
	// Tags come back as they were.
	tagged := append(bytes.Clone(q["icmp"][:12]), append([]byte{0x81, 0, 0x60, 5}, q["icmp"][12:]...)...)
	if a := r.Answer(nil, tagged, noon); len(a) < 16 || !bytes.Equal(a[12:16], []byte{0x81, 0, 0x60, 5}) {
		t.Errorf("tagged %x", a)
	}
}

// A host without an address yet asks whether ours is taken.
func TestDuplicateAddressDetection(t *testing.T) {
	m := icmpv6.Neighbor{Target: our6}.Solicitation(nil)
	q := frameOf(icmpv6.MulticastMAC(nil, icmpv6.SolicitedNode(our6)), them, ipv6.EtherType,
		packet6(netip.IPv6Unspecified(), icmpv6.SolicitedNode(our6), 255, m))
	a := responder(t, Config{}).Answer(nil, q, noon)
	h, p, _ := ether.Parse(a)
	ip, _, err := ipv6.Parse(p)
	if err != nil || ip.Dst != allNodes || h.Dst.String() != "33:33:00:00:00:01" {
		t.Errorf("%+v %+v %v", h, ip, err)
	}
}

func TestNothingElseIsAnswered(t *testing.T) {
	q := questions()
	edit := func(name string, at int, v ...byte) []byte {
		b := bytes.Clone(q[name])
		copy(b[at:], v)
		return b
	}
	bad := map[string][]byte{
		"arp for another":        edit("arp", 14+27, 9),
		"announcement":           frameOf(all, them, arp.EtherType, arp.NewRequest(them, ours, ours).Append(nil)),
		"arp reply":              edit("arp", 14+7, 2),
		"ip header checksum":     edit("icmp", 14+10, 0, 0),
		"icmp checksum":          edit("icmp", 14+22, 0, 0),
		"fragment":               frameOf(us, them, 0x0800, func() []byte { b := echo4(1, "x"); b[6] |= 0x20; b[10]++; return b }()),
		"neighbour, hop limit 1": edit("nd", 14+7, 1),
		"icmpv6 checksum":        edit("icmpv6", 14+42, 0, 0),
		"llc response":           edit("llc-test", 15, 1),
		"llc XID":                edit("llc-test", 16, 0xbf),
		"CCM":                    edit("lbm", 15, 1),
		"link request":           frameOf(us, them, inband.EtherType, inband.Append(nil, inband.TalkRequest, nil)),
		"no header":              {1, 2, 3},
	}
	for name, b := range q { // and each question from or to where it is not safe
		bad[name+" from a group"] = edit(name, 6, 1)
		bad[name+" from us"] = edit(name, 6, us...)
		bad[name+" from nobody"] = edit(name, 6, 0, 0, 0, 0, 0, 0)
		bad[name+" to another"] = edit(name, 0, 2, 9, 9, 9, 9, 9)
		if name != "arp" && name != "nd" {
			bad[name+" to all"] = edit(name, 0, all...)
		}
		for n := range b {
			if len(b)-n > 1 && n < len(b)-1 {
				bad[name+" cut"+string(rune('A'+n))] = b[:n]
			}
		}
	}
	r := responder(t, Config{})
	for name, b := range bad {
		if a := r.Answer(nil, b, noon); len(a) > 0 {
			t.Errorf("%s: %x is answered by %x", name, b, a)
		}
	}
}

func TestMoreAnswerers(t *testing.T) {
	long := 0
	r := responder(t, Config{More: []Answerer{{Name: "link", Type: inband.EtherType, Answer: func(dst []byte, q *Request) ([]byte, bool) {
		k, body, err := inband.Parse(q.Payload)
		if err != nil || k != inband.TalkRequest {
			return dst, false
		}
		return inband.Append(dst, inband.TalkReply, append(body, make([]byte, long)...)), true
	}}}})
	q := frameOf(us, them, inband.EtherType, inband.Append(nil, inband.TalkRequest, []byte("plan")))
	if a := r.Answer([]byte{0xa5}, q, noon); !bytes.Contains(a, []byte("plan")) || a[0] != 0xa5 {
		t.Errorf("%x", a)
	}
	if b := responder(t, Config{Only: []string{"arp", "nd"}}); len(b.Answer(nil, questions()["arp"], noon)) == 0 || len(b.Answer(nil, questions()["icmp"], noon)) > 0 {
		t.Error("not only arp and nd are answered")
	}
	long = 100
	if a := r.Answer(nil, q, noon); len(a) > 0 || r.Account().TooLong != 1 {
		t.Errorf("a question of %d bytes is answered by %d", len(q), len(a))
	}
}

func TestRate(t *testing.T) {
	r, q := responder(t, Config{Rate: 100}), questions()["echo"]
	answered := func(n int, at time.Time, src byte) (got int) {
		for range n {
			b := bytes.Clone(q)
			b[11] = src
			if len(r.Answer(nil, b, at)) > 0 {
				got++
			}
		}
		return got
	}
	if n := answered(50, noon, 1); n != 10 {
		t.Errorf("at once: %d", n)
	}
	if n := answered(50, noon.Add(50*time.Millisecond), 1); n != 5 {
		t.Errorf("50 ms later: %d", n)
	}
	if n := answered(5, noon.Add(50*time.Millisecond), 9); n != 5 {
		t.Errorf("another peer: %d", n)
	}
	total := 0
	for src := range 200 { // all together
		if src != int(us[5]) {
			total += answered(1, noon.Add(50*time.Millisecond), byte(src))
		}
	}
	if total > 40 {
		t.Errorf("all together: %d", total)
	}
	l := newLimiter(1)
	for i := range 5000 {
		l.allow(net.HardwareAddr{2, 0, 0, 0, byte(i >> 8), byte(i)}, noon)
	}
	if len(l.peers) != maxPeers || l.order.Len() != maxPeers {
		t.Errorf("%d peers kept", len(l.peers))
	}
}

func TestNoAllocations(t *testing.T) {
	r := responder(t, Config{Rate: 1e12})
	buf := make([]byte, 0, 256)
	for name, q := range questions() {
		if name == "nd" || name == "time" {
			continue
		}
		if n := testing.AllocsPerRun(100, func() { r.Answer(buf, q, noon) }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// Asked without a link address, the answer has none; to a group that is no question.
func TestSolicitationsWithoutALinkAddress(t *testing.T) {
	r := responder(t, Config{})
	m := icmpv6.Neighbor{Target: our6}.Solicitation(nil)
	direct := frameOf(us, them, ipv6.EtherType, packet6(ask6, our6, 255, m))
	if a := r.Answer(nil, direct, noon); len(a) != len(direct) {
		t.Errorf("%d bytes are answered by %d", len(direct), len(a))
	}
	group := icmpv6.SolicitedNode(our6)
	if a := r.Answer(nil, frameOf(icmpv6.MulticastMAC(nil, group), them, ipv6.EtherType, packet6(ask6, group, 255, m)), noon); len(a) > 0 {
		t.Errorf("answered by %x", a)
	}
}

// FuzzSequence: who asks in the name of a station that never answers, whatever
// and in whatever order, gets no more bytes sent there than he sends, of any kind
// of question and at any time.
func FuzzSequence(f *testing.F) {
	names := slices.Sorted(maps.Keys(questions()))
	every := make([]byte, 0, 3*len(names))
	for i := range names {
		every = append(every, byte(i), 200, 0)
	}
	f.Add(every)
	f.Add(bytes.Repeat([]byte{6, 50, 1}, 100))
	f.Fuzz(func(t *testing.T, steps []byte) {
		r := responder(t, Config{Rate: 1e12})
		in, out := 0, 0
		for ; len(steps) >= 3; steps = steps[3:] {
			q := bytes.Clone(questions()[names[int(steps[0])%len(names)]])
			if at := int(steps[1]); at < len(q) { // one byte of it is another; the kernel checks no sums for us
				q[at] ^= steps[2]
			}
			in += max(len(q), ether.MinFrame)
			out += len(r.Answer(nil, q, noon))
			if out > in {
				t.Fatalf("%d bytes out for %d in, at last for %x", out, in, q)
			}
		}
	})
}

// TestAmplification says how many bytes go out for each that comes in, by kind.
func TestAmplification(t *testing.T) {
	for name, q := range questions() {
		in, out := max(len(q), ether.MinFrame), len(responder(t, Config{}).Answer(nil, q, noon))
		t.Logf("%s: %d bytes in, %d out, %.2f", name, in, out, float64(out)/float64(in))
		if out == 0 || out > in {
			t.Errorf("%s: %d bytes are answered by %d", name, in, out)
		}
	}
}

// Whatever is received: no panic, and no answer to an answer.
func FuzzAnswer(f *testing.F) {
	for _, q := range questions() {
		f.Add(q)
	}
	r, back := responder(f, Config{Rate: 1e12}), responder(f, Config{Rate: 1e12})
	f.Fuzz(func(t *testing.T, q []byte) {
		a := r.Answer(nil, q, noon)
		if len(a) == 0 {
			return
		}
		if len(a) > max(len(q), ether.MinFrame) {
			t.Fatalf("%d bytes are answered by %d", len(q), len(a))
		}
		back.own = bytes.Clone(a[:6])
		if again := back.Answer(nil, a, noon); len(again) > 0 {
			t.Fatalf("%x\nis answered by %x\nis answered by %x", q, a, again)
		}
	})
}
