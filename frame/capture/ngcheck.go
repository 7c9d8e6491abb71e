package capture

import "encoding/binary"

// What is checked of a pcapng file before it is read.

// blockHead looks at the head of the next block.
func (s *pcapngSource) blockHead() (kind uint32, n int, err error) {
	b, err := s.head(12)
	if err != nil {
		return 0, 0, err
	}
	kind = s.order.Uint32(b)
	if kind == blockSection {
		if s.order = byteOrder(b[8:]); s.order == nil {
			return 0, 0, s.damage("section of unknown byte order 0x%x", b[8:12])
		}
		s.interfaces = s.interfaces[:0]
	}
	length := s.order.Uint32(b[4:])
	if length < 12 || length%4 != 0 {
		return 0, 0, s.damage("block of impossible length %d", length)
	}
	if shortestBody[kind] != 0 && length > maxRecord {
		return 0, 0, s.damage("block of %d bytes", length)
	}
	return kind, int(length), nil
}

// byteOrderMagic tells a section's byte order (section 4.1).
const byteOrderMagic = 0x1a2b3c4d

// byteOrder reads a section's byteOrderMagic.
func byteOrder(b []byte) binary.ByteOrder {
	switch {
	case binary.LittleEndian.Uint32(b) == byteOrderMagic:
		return binary.LittleEndian
	case binary.BigEndian.Uint32(b) == byteOrderMagic:
		return binary.BigEndian
	default:
		return nil
	}
}

// soundBlock checks a whole block against itself.
func (s *pcapngSource) soundBlock(kind uint32, b []byte) error {
	if again := s.order.Uint32(b[len(b)-4:]); int(again) != len(b) {
		return s.damage("block of %d bytes ends as one of %d", len(b), again)
	}
	body := b[8 : len(b)-4]
	if shortest := shortestBody[kind]; len(body) < shortest {
		return s.damage("block of type %d has %d bytes of at least %d", kind, len(body), shortest)
	}
	switch kind {
	case blockSection:
		return s.soundSection(body)
	case blockInterface:
		return s.soundDescription(body)
	case blockStatistics:
		if err := s.soundInterface(s.order.Uint32(body)); err != nil {
			return err
		}
		return s.soundOptions(body[12:])
	case blockSimple:
		return s.soundSimple(body)
	case blockPacket:
		return s.soundPacket(uint32(s.order.Uint16(body)), body)
	default:
		return s.soundPacket(s.order.Uint32(body), body)
	}
}

// shortestBody is the fixed part in bytes of each block that is read.
var shortestBody = map[uint32]int{
	blockSection: 16, blockInterface: 8, blockPacket: 20, blockSimple: 4, blockStatistics: 12, blockEnhanced: 20,
}

func (s *pcapngSource) soundSection(body []byte) error {
	if major := s.order.Uint16(body[4:]); major != 1 || s.order.Uint16(body[6:]) != 0 {
		return s.damage("section of version %d.%d, want 1.0", major, s.order.Uint16(body[6:]))
	}
	return s.soundOptions(body[16:])
}

// soundDescription checks an interface description block (section 4.2). Its
// resolution is what times are divided by.
func (s *pcapngSource) soundDescription(body []byte) error {
	if len(s.interfaces) >= maxInterfaces {
		return s.damage("more than %d interfaces", maxInterfaces)
	}
	options := body[8:]
	if err := s.soundOptions(options); err != nil {
		return err
	}
	for len(options) >= 4 {
		code, n := s.order.Uint16(options), int(s.order.Uint16(options[2:]))
		if code == 9 && n >= 1 && (options[4] < 0x80 && options[4] > 19 || options[4] > 0x80+63) {
			return s.damage("time resolution 0x%02x", options[4])
		}
		if code == 0 {
			break
		}
		options = options[4+(n+3)&^3:]
	}
	return nil
}

// soundSimple checks a simple packet block, which has no length of its own for
// what was captured (section 4.4).
func (s *pcapngSource) soundSimple(body []byte) error {
	if err := s.soundInterface(0); err != nil {
		return err
	}
	captured := s.order.Uint32(body)
	if captured > 1<<31-1 {
		return s.damage("frame of %d bytes on the wire", captured)
	}
	if snap := s.interfaces[0].SnapLen; snap != 0 {
		captured = uint32(min(int(captured), snap))
	}
	if (uint64(captured)+3)&^3 > uint64(len(body)-4) {
		return s.damage("%d bytes captured in a block with room for %d", captured, len(body)-4)
	}
	return nil
}

func (s *pcapngSource) soundInterface(id uint32) error {
	if id >= uint32(len(s.interfaces)) {
		return s.damage("interface %d of %d", id, len(s.interfaces))
	}
	return nil
}

// soundPacket checks an enhanced packet block, and the obsolete one, which has
// the same fields in other sizes (section 4.3 and appendix A).
func (s *pcapngSource) soundPacket(id uint32, body []byte) error {
	if err := s.soundInterface(id); err != nil {
		return err
	}
	captured, length := s.order.Uint32(body[12:]), s.order.Uint32(body[16:])
	padded := (uint64(captured) + 3) &^ 3
	switch {
	case padded > uint64(len(body)-20):
		return s.damage("%d bytes captured in a block with room for %d", captured, len(body)-20)
	case length > 1<<31-1:
		return s.damage("frame of %d bytes on the wire", length)
	}
	return s.soundOptions(body[20+padded:])
}

// soundOptions checks that the options fill their part of the block; the mark
// of their end may be missing (section 3.5).
func (s *pcapngSource) soundOptions(b []byte) error {
	for len(b) >= 4 {
		code, n := s.order.Uint16(b), (int(s.order.Uint16(b[2:]))+3)&^3
		if code == 0 {
			if n != 0 {
				return s.damage("end of options with %d bytes", n)
			}
			return nil
		}
		if n > len(b)-4 {
			return s.damage("option %d of %d bytes in the last %d of its block", code, n, len(b)-4)
		}
		b = b[4+n:]
	}
	if len(b) != 0 {
		return s.damage("%d bytes behind the last option", len(b))
	}
	return nil
}
