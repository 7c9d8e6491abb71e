package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/frame"
	"eterm/frame/ether"
	"eterm/icmp"
	"eterm/ipv4"
)

// content is what the frames of a run hold, as flags say it: a payload right
// behind the Ethernet header, or an ICMP echo request in IPv4.
type content struct {
	to, from     args.MAC
	etherType    args.EtherType
	vlans        args.VLANs
	payload      args.Payload
	size         args.Size
	noPad, force bool
	srcIP, dstIP string
	ttl          int

	src, dst netip.Addr
}

// The demo's EtherType, IEEE 802 local experimental 1 (RFC 9542, B.2).
const localExperimental1 = 0x88b5

func (k *content) flags() []cli.Flag {
	return append(k.partFlags(), args.SizeFlag(&k.size), args.ForceFlag(&k.force, "allow a group address as source"))
}

// partFlags are the flags that say what is in a frame, but for its size.
func (k *content) partFlags() []cli.Flag {
	k.ttl = 64
	return append(append([]cli.Flag{args.FromFlag(&k.from),
		&cli.GenericFlag{Name: "ethertype", Aliases: []string{"t"}, Value: &k.etherType, DefaultText: "0x88b5", Usage: "send frames of EtherType `TYPE`"},
		args.VLANFlag(&k.vlans)}, args.PayloadFlags(&k.payload)...),
		&cli.BoolFlag{Name: "no-pad", Destination: &k.noPad, Usage: "do not pad to the minimum of 60 bytes"},
		&cli.StringFlag{Name: "src-ip", Destination: &k.srcIP, Usage: "with --dst-ip: send ICMP echo requests from `ADDRESS`"},
		&cli.StringFlag{Name: "dst-ip", Destination: &k.dstIP, Usage: "with --src-ip: send ICMP echo requests to `ADDRESS`"},
		&cli.IntFlag{Name: "ttl", Destination: &k.ttl, Value: k.ttl, Usage: "time to live of IPv4 packets, 0 to 255"},
	)
}

// check refuses what no interface could send.
func (k *content) check() error {
	if (k.srcIP == "") != (k.dstIP == "") {
		return exit.Usage("--src-ip and --dst-ip go together: give both for ICMP echo requests")
	}
	for _, a := range []struct {
		flag, text string
		addr       *netip.Addr
	}{{"--src-ip", k.srcIP, &k.src}, {"--dst-ip", k.dstIP, &k.dst}} {
		if a.text == "" {
			continue
		}
		addr, err := netip.ParseAddr(a.text)
		if err != nil || !addr.Is4() {
			return exit.Usage("%s %q: want an IPv4 address such as 192.0.2.1", a.flag, a.text)
		}
		*a.addr = addr
	}
	switch {
	case k.echo() && k.etherType != 0 && k.etherType != 0x0800:
		return exit.Usage("--ethertype %s does not go with --src-ip: IPv4 is 0x0800", k.etherType.String())
	case k.ttl < 0 || k.ttl > 255:
		return exit.Usage("ttl %d: want 0 to 255", k.ttl)
	case k.noPad && k.size != 0:
		return exit.Usage("--no-pad and --size %d contradict each other: give one", k.size)
	case !k.force && len(k.from.Addr) > 0 && k.from.Addr[0]&1 != 0:
		return exit.Usage("source %s is a group address, which no station may send from: --force sends it all the same", k.from.Addr)
	}
	return nil
}

func (k *content) echo() bool { return k.srcIP != "" }

// frameSource makes the frames of a run, one after the other. A frame is valid
// until the next call.
type frameSource interface{ next() []byte }

// A station is what frames need to know of the interface they leave by. Every
// iface.Port is one.
type station interface {
	Name() string
	HardwareAddr() net.HardwareAddr
	MTU() int
}

// source builds the first frame, so that what cannot be sent on this port is
// refused before anything is.
func (k *content) source(port station) (frameSource, error) {
	own := port.HardwareAddr()
	m := &maker{content: k, header: frame.Ethernet{
		Dst: k.to.Or(own, own), Src: k.from.Or(own, own), VLANs: k.vlans, EtherType: localExperimental1,
	}}
	switch {
	case k.echo():
		m.header.EtherType = 0x0800
		m.id, m.sequence = uint16(rand.Uint32()), 1
	case k.etherType != 0:
		m.header.EtherType = uint16(k.etherType)
	}
	if len(m.header.Src) != 6 {
		m.header.Src = net.HardwareAddr{0, 0, 0, 0, 0, 0} // lo has none of its own
	}
	first, err := m.build()
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	if limit := ether.MaxFrame(port.MTU(), ether.Tagged(first)); len(first) > limit {
		return nil, exit.Usage("frame of %d bytes is longer than %s takes: its MTU is %d, so at most %d", len(first), port.Name(), port.MTU(), limit)
	}
	return m, nil
}

// maker builds the frames of one run.
type maker struct {
	*content
	header       frame.Ethernet
	id, sequence uint16
	packet, buf  []byte
}

func (m *maker) next() []byte {
	b, err := m.build()
	if err != nil {
		panic(err) // the same build succeeded for the first frame
	}
	m.sequence++
	return b
}

func (m *maker) build() ([]byte, error) {
	headers := ether.HeaderLen + ether.TagLen*len(m.header.VLANs)
	packet, err := m.layer3(headers)
	if err != nil {
		return nil, err
	}
	m.buf, err = m.header.Append(m.buf[:0], packet)
	if err != nil {
		return nil, err
	}
	if !m.noPad {
		m.buf = frame.Pad(m.buf, max(ether.MinFrame, int(m.size)-ether.FCSLen))
	}
	return m.buf, nil
}

const (
	ipv4Header = 20
	echoHeader = 8
)

// layer3 is what follows the Ethernet header: the payload, or an IPv4 packet
// around it.
func (m *maker) layer3(headers int) ([]byte, error) {
	if m.echo() {
		headers += ipv4Header + echoHeader
	}
	payload, err := m.fill(headers)
	if err != nil || !m.echo() {
		return payload, err
	}
	message := icmp.NewEcho(m.id, m.sequence, payload).Append(nil)
	h := ipv4.Header{ID: m.sequence, TTL: uint8(m.ttl), Protocol: ipv4.ProtocolICMP, Src: m.src, Dst: m.dst}
	m.packet, err = h.Append(m.packet[:0], len(message))
	return append(m.packet, message...), err
}

// fill is the payload given, or the demo's 00 01 .. 0f, which goes on counting
// up to the size asked for.
func (m *maker) fill(headers int) ([]byte, error) {
	room := int(m.size) - ether.FCSLen - headers
	if m.payload == nil {
		return counting(max(16, room)), nil
	}
	if m.size != 0 && len(m.payload) > room {
		return nil, fmt.Errorf("payload of %d bytes does not fit size %d: at most %d", len(m.payload), m.size, room)
	}
	return bytes.Clone(m.payload), nil
}

// counting is the bytes 00 01 02 .. of the length given.
func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}
