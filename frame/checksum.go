package frame

import (
	"encoding/binary"

	"eterm/ipv4"
)

// The Internet checksums of a frame: what each covers and where it is.

// sumAt is where in a layer's header its checksum is.
func sumAt(l Layer) int {
	switch l {
	case LayerIPv4:
		return 10
	case LayerTCP:
		return 16
	case LayerUDP:
		return 6
	}
	return 2 // ICMP, ICMPv6, IGMP
}

// covered is the bytes a part's checksum covers.
func (d *Decoded) covered(i int) []byte {
	p := &d.Parts[i]
	if p.Layer == LayerIPv4 {
		return p.bytes(d.Bytes)
	}
	return d.Bytes[p.Offset:max(p.end, p.Offset+p.Length)]
}

// checksum is what the checksum of a part should hold, whatever it holds now.
func (d *Decoded) checksum(i int) uint16 {
	p := &d.Parts[i]
	b, at := d.covered(i), sumAt(p.Layer)
	sum := ipv4.Sum(d.pseudo(i), b[:at])
	sum = ^ipv4.Sum(sum, b[at+2:])
	if sum == 0 && p.Layer == LayerUDP {
		return 0xffff // 0 says that there is none (RFC 768)
	}
	return sum
}

// valid says whether a part's checksum is right as it stands.
func (d *Decoded) valid(i int) bool {
	return ipv4.Sum(d.pseudo(i), d.covered(i)) == 0xffff
}

// pseudo is the sum of the pseudo-header a part's checksum covers besides its
// own bytes; 0 for those without one, or when no IP header is around.
func (d *Decoded) pseudo(i int) uint16 {
	switch d.Parts[i].Layer {
	case LayerUDP, LayerTCP, LayerICMPv6:
	default:
		return 0
	}
	proto := int(table[d.Parts[i].Layer].number.number)
	for j := i - 1; j >= 0; j-- {
		switch d.Parts[j].Layer {
		case LayerIPv4:
			at := d.Parts[j].Offset
			return pseudoSum(proto, len(d.covered(i)), d.Bytes[at+12:at+20])
		case LayerIPv6:
			src, dst := d.addresses(j, i)
			return ipv4.Sum(pseudoSum(proto, len(d.covered(i)), src), dst)
		}
	}
	return 0
}

// addresses is source and destination of the IPv6 header that is part j, for
// part i: the last hop's if a routing header still has segments to go to
// (RFC 8200, 8.1).
func (d *Decoded) addresses(j, i int) (src, dst []byte) {
	at := d.Parts[j].Offset
	for k := j + 1; k < i; k++ {
		p := &d.Parts[k]
		h := p.bytes(d.Bytes)
		if p.Layer != LayerRouting || h[3] == 0 || len(h) < 24 {
			continue
		}
		last := len(h) - 16 // types 0 and 2
		if h[2] == 4 {      // segment routing lists them backwards (RFC 8754)
			last = 8
		}
		return d.Bytes[at+8 : at+24], h[last : last+16]
	}
	return d.Bytes[at+8 : at+24], d.Bytes[at+24 : at+40]
}

func pseudoSum(proto, length int, addresses []byte) uint16 {
	sum := proto + length>>16 + length&0xffff
	return ipv4.Sum(uint16(sum>>16+sum), addresses)
}

// validHeader says whether the checksum of an IPv4 header without options is
// right: whether its words add up to a multiple of 0xffff (RFC 1071, 2.A).
func validHeader(h []byte) bool {
	_ = h[19]
	sum := uint64(binary.BigEndian.Uint32(h)) + uint64(binary.BigEndian.Uint32(h[4:])) +
		uint64(binary.BigEndian.Uint32(h[8:])) + uint64(binary.BigEndian.Uint32(h[12:])) +
		uint64(binary.BigEndian.Uint32(h[16:]))
	return sum%0xffff == 0 // the version is not 0, so neither is the sum
}
