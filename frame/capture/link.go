package capture

import (
	"encoding/binary"
	"fmt"

	"eterm/frame/ether"
)

// LinkTypeError is a capture of something that no Ethernet frame can be made
// of.
type LinkTypeError struct{ LinkType int }

func (e *LinkTypeError) Error() string {
	name, ok := linkTypes[e.LinkType]
	if !ok {
		return fmt.Sprintf("link type %d is not Ethernet (1)", e.LinkType)
	}
	return fmt.Sprintf("link type %d (%s) is not Ethernet (1)", e.LinkType, name)
}

// Link types (draft-ietf-opsawg-pcaplinktype). Raw IP has three numbers, since
// it was written by what systems call DLT_RAW.
const (
	linkNull     = 0
	linkEthernet = 1
	linkRaw12    = 12
	linkRaw14    = 14
	linkRaw      = 101
	linkLoop     = 108
	linkSLL      = 113
	linkIPv4     = 228
	linkIPv6     = 229
	linkSLL2     = 276
)

// linkTypes names the link types that captures on Linux are likely to have.
var linkTypes = map[int]string{
	0: "BSD loopback", 6: "Token Ring", 8: "SLIP", 9: "PPP", 10: "FDDI", 12: "raw IP", 14: "raw IP", 50: "PPP over HDLC",
	51: "PPPoE", 101: "raw IP", 105: "802.11", 108: "OpenBSD loopback", 113: "Linux cooked", 117: "OpenBSD pflog",
	119: "802.11 with Prism header", 127: "802.11 with radiotap", 129: "ARCNET", 138: "IP over 1394",
	147: "user 0", 163: "802.11 with AVS header", 187: "Bluetooth HCI", 189: "Linux USB", 192: "PPI",
	195: "802.15.4", 201: "Bluetooth HCI", 220: "Linux USB", 227: "SocketCAN", 228: "IPv4", 229: "IPv6",
	230: "802.15.4", 239: "nflog", 247: "InfiniBand", 249: "USBPcap", 251: "Bluetooth LE", 253: "netlink",
	272: "nRF Sniffer", 276: "Linux cooked v2", 283: "802.15.4 TAP",
}

// link makes Ethernet frames of what one interface of a file has.
type link struct {
	kind    int
	order   binary.ByteOrder // of the host that wrote the file
	refused error            // what to say of a frame, where none can be made
	buf     []byte           // the frame made, reused
}

// linkOf is the link of that type, or a *LinkTypeError.
func linkOf(kind int, order binary.ByteOrder) (link, error) {
	switch kind {
	case linkEthernet, linkNull, linkRaw12, linkRaw14, linkRaw, linkLoop, linkSLL, linkIPv4, linkIPv6, linkSLL2:
		return link{kind: kind, order: order}, nil
	}
	return link{}, &LinkTypeError{kind}
}

// name is the name of a link that is not Ethernet.
func (l *link) name() string {
	if l.kind == linkEthernet {
		return ""
	}
	return linkTypes[l.kind]
}

// cooked is what a link's own header says.
type cooked struct {
	length    int // of that header
	etherType uint16
	dst, src  ether.Addr
}

// frame makes an Ethernet frame of the record's bytes: the link's own header
// becomes one of Ethernet. More bytes than the frame is said to have had are
// taken as they were captured, with a note. Addresses that the link does not know are zero.
func (l *link) frame(r *Record) error {
	if r.Length < len(r.Bytes) {
		r.note("%d bytes captured of a frame of %d: taken as captured", len(r.Bytes), r.Length)
		r.Length = len(r.Bytes)
	}
	if l.kind == linkEthernet {
		return nil
	}
	if l.refused != nil {
		return l.refused
	}
	b := r.Bytes
	h, ok := l.header(b, r)
	if !ok {
		r.note("cut short within its %s header", l.name())
		h.length = len(b)
	}
	rest := b[h.length:]
	if h.etherType == 0 { // an 802.3 length
		h.etherType = uint16(min(max(r.Length-h.length, len(rest)), ether.MaxPayload))
	}
	l.buf = append(append(l.buf[:0], h.dst[:]...), h.src[:]...)
	l.buf = append(binary.BigEndian.AppendUint16(l.buf, h.etherType), rest...)
	r.Length += len(l.buf) - len(b)
	r.Bytes, r.Made = l.buf, l.name()
	return nil
}

// header reads the link's own header; ok is false if it is cut short.
func (l *link) header(b []byte, r *Record) (h cooked, ok bool) {
	switch l.kind {
	case linkSLL:
		return cookedSLL(b, r)
	case linkSLL2:
		return cookedSLL2(b, r)
	case linkNull, linkLoop:
		order := l.order
		if l.kind == linkLoop {
			order = binary.BigEndian
		}
		if len(b) < 4 {
			return cooked{etherType: typeIPv4}, false
		}
		return cooked{length: 4, etherType: typeOfFamily(order.Uint32(b))}, true
	}
	h.etherType = typeIPv4
	if len(b) > 0 && b[0]>>4 == 6 || l.kind == linkIPv6 {
		h.etherType = typeIPv6
	}
	return h, true
}

// EtherTypes of what has none of its own.
const typeIPv4, typeIPv6, typeNone = 0x0800, 0x86dd, 0xffff

// typeOfFamily is the EtherType of an address family, whose number for IPv6
// differs from one BSD to the next and in Linux. A family that was written by
// a host of the other byte order is known by being too large.
func typeOfFamily(family uint32) uint16 {
	if family > 0xffff {
		family = family>>24 | family>>8&0xff00
	}
	switch family {
	case 2:
		return typeIPv4
	case 10, 24, 28, 30:
		return typeIPv6
	}
	return typeNone
}

// cookedSLL reads the header of a cooked capture, version 1:
//
//	| packet type, 2 | ARPHRD_, 2 | address length, 2 | address, 8 | protocol, 2 |
func cookedSLL(b []byte, r *Record) (cooked, bool) {
	if len(b) < 16 {
		return cooked{etherType: typeNone}, false
	}
	be := binary.BigEndian
	return cook(16, be.Uint16(b), be.Uint16(b[4:]), b[6:14], be.Uint16(b[14:]), r), true
}

// cookedSLL2 reads the header of a cooked capture, version 2:
//
//	| protocol, 2 | 0, 2 | interface, 4 | ARPHRD_, 2 | packet type, 1 | address length, 1 | address, 8 |
func cookedSLL2(b []byte, r *Record) (cooked, bool) {
	if len(b) < 20 {
		return cooked{etherType: typeNone}, false
	}
	be := binary.BigEndian
	return cook(20, uint16(b[10]), uint16(b[11]), b[12:20], be.Uint16(b), r), true
}

// cook is the header of a frame by what Linux said of it: it keeps the
// sender's address, and of the receiver only whether it is all stations. The
// protocols 1 (Novell) and 4 (LLC) are 802.3 frames with a length.
func cook(length int, packetType, addrLen uint16, addr []byte, protocol uint16, r *Record) cooked {
	h := cooked{length: length, etherType: protocol}
	if addrLen == ether.AddrLen {
		h.src = ether.Addr(addr)
	}
	if packetType == 1 {
		h.dst = ether.Broadcast
	}
	if r.Direction = Inbound; packetType == 4 {
		r.Direction = Outbound
	}
	switch {
	case protocol == 1 || protocol == 4:
		h.etherType = 0
	case protocol < ether.MinType:
		h.etherType = typeNone
	}
	return h
}
