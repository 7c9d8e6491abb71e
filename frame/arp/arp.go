// Package arp reads and writes ARP packets for IPv4 over Ethernet (RFC 826)
// and names what they are for: request, reply, probe and announcement
// (RFC 5227). Packets are plain values; nothing here allocates.
package arp

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
)

const (
	// EtherType is the one of frames that carry ARP.
	EtherType = 0x0806
	// Len is the length in bytes of a packet for IPv4 over Ethernet.
	Len = 28
)

// Why Parse refuses bytes.
var (
	ErrShort = errors.New("arp: fewer than 28 bytes")
	ErrForm  = errors.New("arp: not for IPv4 over Ethernet")
)

// Op is the operation.
type Op uint16

// The operations this package's users act on.
const (
	Request Op = 1
	Reply   Op = 2
)

// Packet is an ARP packet for IPv4 over Ethernet (RFC 826, "Packet format"):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  0
//	|      Hardware space (1)       |    Protocol space (0x0800)    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  4
//	| Hardware len 6| Protocol len 4|            Opcode             |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  8
//	|                    Sender hardware address                    |
//	+                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ 12
//	|                               |    Sender protocol address    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ 16
//	|   (its lower 2 bytes)         |    Target hardware address    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               + 20
//	|                                                               |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ 24
//	|                    Target protocol address                    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ 28
//
// After Parse the hardware
// addresses share the memory of the bytes parsed.
type Packet struct {
	Op        Op
	SenderMAC net.HardwareAddr // 6 bytes; nil is written as zeros
	SenderIP  netip.Addr       // IPv4; the zero Addr is written as 0.0.0.0
	TargetMAC net.HardwareAddr
	TargetIP  netip.Addr
}

// NewRequest asks who has target. A sender IP of the zero Addr makes it a
// probe, which changes nobody's table (RFC 5227, 2.1.1); one equal to the
// target makes it an announcement.
func NewRequest(mac net.HardwareAddr, sender, target netip.Addr) Packet {
	return Packet{Op: Request, SenderMAC: mac, SenderIP: sender, TargetIP: target}
}

// Answer is the reply of the host that has mac and the address p asks for.
func (p Packet) Answer(mac net.HardwareAddr) Packet {
	return Packet{Op: Reply, SenderMAC: mac, SenderIP: p.TargetIP, TargetMAC: p.SenderMAC, TargetIP: p.SenderIP}
}

// IsProbe says whether p asks without claiming an address (RFC 5227, 1.1).
func (p Packet) IsProbe() bool {
	return p.Op == Request && p.SenderIP == netip.IPv4Unspecified() && p.TargetIP != netip.IPv4Unspecified()
}

// IsAnnouncement says whether p claims an address unasked (RFC 5227, 1.1 and 3).
func (p Packet) IsAnnouncement() bool {
	return p.SenderIP == p.TargetIP && p.SenderIP != netip.IPv4Unspecified()
}

// Append appends the 28 bytes of p. Addresses of another length or family are
// written as zeros.
func (p Packet) Append(dst []byte) []byte {
	dst = append(dst, 0, 1, 8, 0, 6, 4)
	dst = binary.BigEndian.AppendUint16(dst, uint16(p.Op))
	dst = appendPair(dst, p.SenderMAC, p.SenderIP)
	return appendPair(dst, p.TargetMAC, p.TargetIP)
}

func appendPair(dst []byte, mac net.HardwareAddr, ip netip.Addr) []byte {
	var m [6]byte
	var a [4]byte
	if len(mac) == len(m) {
		copy(m[:], mac)
	}
	if ip.Is4() {
		a = ip.As4()
	}
	dst = append(dst, m[:]...)
	return append(dst, a[:]...)
}

// Parse reads the packet at the start of b; what follows it is padding. It
// refuses with [ErrForm] what is for other networks or protocols.
func Parse(b []byte) (Packet, error) {
	if len(b) >= 6 && (b[0] != 0 || b[1] != 1 || b[2] != 8 || b[3] != 0 || b[4] != 6 || b[5] != 4) {
		return Packet{}, ErrForm
	}
	if len(b) < Len {
		return Packet{}, ErrShort
	}
	return Packet{
		Op:        Op(binary.BigEndian.Uint16(b[6:])),
		SenderMAC: net.HardwareAddr(b[8:14:14]), SenderIP: netip.AddrFrom4([4]byte(b[14:18])),
		TargetMAC: net.HardwareAddr(b[18:24:24]), TargetIP: netip.AddrFrom4([4]byte(b[24:28])),
	}, nil
}
