// Package linktest offers a known load to a port and judges what arrives: link
// tests, in one direction or both. Every frame is accounted for, and what was
// lost is lost somewhere.
package linktest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"time"

	"eterm/frame"
	"eterm/frame/ether"
	"eterm/frame/probe"
	"eterm/frame/seal"
	"eterm/frame/udp"
	"eterm/icmp"
	"eterm/iface/load"
	"eterm/ipv4"
)

// Load is what a sender offers.
type Load struct {
	Dst, Src  net.HardwareAddr
	VLANs     []frame.VLAN // outermost first
	EtherType uint16       // 0 is probe.EtherType; not with IP
	IP        *IP          // nil: the mark comes right behind the Ethernet header
	// Sizes of frames on the wire with FCS, in bytes, sent in turn.
	Sizes   []int
	Streams int // 1 to 256; 0 is 1
	Pattern probe.Pattern
	// Rate in frames a second; +Inf is as fast as the port takes them.
	Rate float64
	// Count and Duration bound the run; 0 is no limit.
	Count    uint64
	Duration time.Duration
	// Key seals the marks; the zero Key does not.
	Key seal.Key
}

// IP puts the mark into IPv4 packets.
type IP struct {
	Src, Dst netip.Addr
	ICMP     bool // in echo requests rather than UDP datagrams
}

// The UDP ports of test frames, the first of those that are nobody's (RFC
// 6335, 6), and the rest of what Linux leaves alone by default.
const (
	sourcePort      = 49152
	destinationPort = 49153
)

// template is a test frame of one size and stream, ready but for its number
// and time.
type template struct {
	frame  []byte
	at     int // of the mark
	writer probe.Writer
}

// Check says what is wrong with a load, before anything is sent.
func (l Load) Check(mtu int) error {
	if len(l.Sizes) == 0 {
		return errors.New("a load needs a frame size")
	}
	if l.Streams < 0 || l.Streams > 256 {
		return fmt.Errorf("%d streams: want 1 to 256", l.Streams)
	}
	if n := l.streams() * len(l.Sizes); n > mostTemplates {
		return fmt.Errorf("%d sizes in %d streams: want at most %d together", len(l.Sizes), l.streams(), mostTemplates)
	}
	if !(l.Rate > 0) {
		return fmt.Errorf("rate %v: want more than no frames a second", l.Rate)
	}
	if err := l.CheckSizes(mtu); err != nil {
		return err
	}
	_, err := l.build(0, l.Sizes[0], l.plan(l.Sizes[0]), 0)
	return err
}

// CheckSizes says whether frames of the load's sizes have room for what they
// carry, and fit an MTU.
func (l Load) CheckSizes(mtu int) error {
	for _, s := range l.Sizes {
		if s < load.MinSize || s > load.MaxSize {
			return fmt.Errorf("frame size %d: want %d to %d bytes with FCS", s, load.MinSize, load.MaxSize)
		}
		if need := l.markSize(); l.payload(s) < need {
			return fmt.Errorf("frame size %d leaves %d bytes behind the headers: the mark needs %d%s: at least %d", s, l.payload(s), need, l.withSeal(), s+need-l.payload(s))
		}
		if most := ether.MaxFrame(mtu, tagged(l.VLANs)); s-ether.FCSLen > most {
			return fmt.Errorf("frame size %d is more than an MTU of %d carries: at most %d", s, mtu, most+ether.FCSLen)
		}
	}
	return nil
}

// markSize is what a mark takes, with its seal if there is a key.
func (l Load) markSize() int {
	if l.Key.IsZero() {
		return probe.Size
	}
	return probe.Size + probe.SealSize
}

func (l Load) withSeal() string {
	if l.Key.IsZero() {
		return ""
	}
	return " with the seal of the key"
}

// mostTemplates bounds the memory of a sender: every stream has a frame of
// every size ready.
const mostTemplates = 16384

// tagged says whether the outermost tag is one that ether.MaxFrame counts.
func tagged(tags []frame.VLAN) bool {
	return len(tags) > 0 && (tags[0].TPID == 0 || tags[0].TPID == ether.TypeVLAN)
}

func (l Load) streams() int { return max(1, l.Streams) }

// payload is what a frame of a size has behind its headers.
func (l Load) payload(size int) int {
	n := size - ether.FCSLen - ether.HeaderLen - ether.TagLen*len(l.VLANs)
	if l.IP != nil {
		n -= ipv4.HeaderLen + 8
	}
	return n
}

// plan is what frames of one size say of the run.
func (l Load) plan(size int) probe.Plan {
	p := probe.Plan{
		Length: uint16(l.payload(size)), Pattern: l.Pattern, Streams: uint8(l.streams() - 1), TCI: probe.Untagged,
		Total: l.total(),
	}
	for _, s := range l.Sizes {
		p.Mixed = p.Mixed || s != l.Sizes[0]
	}
	if !math.IsInf(l.Rate, 1) {
		p.Interval = uint64(1e12 / l.Rate)
	}
	if len(l.VLANs) > 0 {
		v := l.VLANs[0]
		p.TCI = uint16(v.PCP)<<13 | v.ID
		if v.DEI {
			p.TCI |= 1 << 12
		}
	}
	return p
}

// total is how many frames the run has by its plan; 0 if that is not known.
func (l Load) total() uint64 {
	if l.Duration <= 0 || math.IsInf(l.Rate, 1) {
		if l.Duration > 0 {
			return 0
		}
		return l.Count
	}
	limit := uint64(math.MaxUint64)
	if l.Count > 0 {
		limit = l.Count
	}
	return l.schedule().Within(l.Duration, limit)
}

// build makes the frame of one stream and size.
func (l Load) build(stream uint8, size int, p probe.Plan, session uint32) (template, error) {
	payload, kind := p.AppendPayload(nil)
	if !l.Key.IsZero() {
		payload, kind = p.AppendSealedPayload(nil)
	}
	return l.wrap(payload, stream, kind, session, l.EtherType)
}

// roomForSeal appends to the payload of a plan or end frame room for a seal, if
// there is a key.
func (l Load) roomForSeal(payload []byte) []byte {
	if l.Key.IsZero() {
		return payload
	}
	return append(payload, make([]byte, probe.SealSize)...)
}

// wrap puts headers around a payload and a mark into it.
func (l Load) wrap(payload []byte, stream uint8, kind probe.Kind, session uint32, etherType uint16) (template, error) {
	e := frame.Ethernet{Dst: l.Dst, Src: l.Src, VLANs: l.VLANs, EtherType: etherType}
	if e.EtherType == 0 {
		e.EtherType = probe.EtherType
	}
	body := payload
	if l.IP != nil {
		e.EtherType = frame.TypeIPv4
		var err error
		if body, err = l.IP.packet(payload, stream); err != nil {
			return template{}, err
		}
	}
	f, err := e.Append(nil, body)
	if err != nil {
		return template{}, err
	}
	f = frame.Pad(f, ether.MinFrame)
	packet := ether.HeaderLen + ether.TagLen*len(l.VLANs)
	at := packet + len(body) - len(payload)
	w := probe.NewSealedWriter(f, at, kind, stream, session, l.Key)
	if l.IP != nil {
		l.IP.seal(f[packet : packet+len(body)])
	}
	return template{f, at, w}, nil
}

// packet is a payload in IPv4 and UDP or ICMP.
func (ip IP) packet(payload []byte, stream uint8) ([]byte, error) {
	h := ipv4.Header{TTL: 64, Protocol: ipv4.ProtocolUDP, Src: ip.Src, Dst: ip.Dst}
	if ip.ICMP {
		h.Protocol = ipv4.ProtocolICMP
	}
	b, err := h.Append(nil, udp.HeaderLen+len(payload)) // ICMP's header is as long
	if err != nil {
		return nil, err
	}
	if ip.ICMP {
		return icmp.NewEcho(0xe73d, uint16(stream), payload).Append(b), nil
	}
	return udp.Header{Src: sourcePort + uint16(stream), Dst: destinationPort}.Append(b, ip.Src, ip.Dst, payload)
}

// seal completes a packet whose payload was changed. It stays right whatever
// marks are written.
func (ip IP) seal(packet []byte) {
	body := packet[ipv4.HeaderLen:]
	if ip.ICMP {
		body[2], body[3] = 0, 0
		binary.BigEndian.PutUint16(body[2:], ipv4.Checksum(body))
		return
	}
	udp.Seal(body, ip.Src, ip.Dst)
}

// IsTestFrame says whether a frame is of the load of some run, and not of what
// goes with it.
func IsTestFrame(b []byte) bool {
	f, ok := probe.Find(b)
	return ok && (f.Kind == probe.KindMark || f.Kind == probe.KindMarkPlan)
}
