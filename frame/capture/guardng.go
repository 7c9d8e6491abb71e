package capture

import (
	"bufio"
	"encoding/binary"
)

// The blocks of a pcapng file that are read (draft-ietf-opsawg-pcapng, section
// 11.1); all others are skipped.
const (
	blockSection    = 0x0a0d0d0a
	blockInterface  = 1
	blockPacket     = 2 // obsolete
	blockSimple     = 3
	blockStatistics = 5
	blockEnhanced   = 6
)

// maxInterfaces bounds the memory that descriptions of interfaces take.
const maxInterfaces = 1024

// ngGuard knows of a pcapng file what a sound block depends on.
type ngGuard struct {
	guard
	order      binary.ByteOrder
	interfaces int
	snapLen    uint32 // of the first interface
}

// guardPcapng guards a pcapng file.
func guardPcapng(in *bufio.Reader) *guard {
	g := &ngGuard{guard: guard{in: in}, order: binary.LittleEndian}
	g.guard.record = g.block
	g.guard.check = g.sound
	return &g.guard
}

// block looks at the head of the next block (section 3.1).
func (g *ngGuard) block() (n int, pass bool, err error) {
	b, err := g.head(12)
	if err != nil {
		return 0, false, err
	}
	kind := g.order.Uint32(b)
	if kind == blockSection {
		if g.order = byteOrder(b[8:]); g.order == nil {
			return 0, false, g.damage("section of unknown byte order 0x%x", b[8:12])
		}
		g.interfaces = 0
	}
	length := g.order.Uint32(b[4:])
	if length < 12 || length%4 != 0 {
		return 0, false, g.damage("block of impossible length %d", length)
	}
	switch kind {
	case blockSection, blockInterface, blockPacket, blockSimple, blockStatistics, blockEnhanced:
		if length > maxRecord {
			return 0, false, g.damage("block of %d bytes", length)
		}
		return int(length), true, nil
	default:
		return int(length), false, nil
	}
}

// byteOrder reads a section's byte-order magic (section 4.1).
func byteOrder(b []byte) binary.ByteOrder {
	const magic = 0x1a2b3c4d
	switch {
	case binary.LittleEndian.Uint32(b) == magic:
		return binary.LittleEndian
	case binary.BigEndian.Uint32(b) == magic:
		return binary.BigEndian
	default:
		return nil
	}
}

// sound checks a whole block against itself.
func (g *ngGuard) sound(b []byte) error {
	kind := g.order.Uint32(b)
	if again := g.order.Uint32(b[len(b)-4:]); int(again) != len(b) {
		return g.damage("block of %d bytes ends as one of %d", len(b), again)
	}
	body := b[8 : len(b)-4]
	if shortest := shortestBody[kind]; len(body) < shortest {
		return g.damage("block of type %d has %d bytes of at least %d", kind, len(body), shortest)
	}
	switch kind {
	case blockSection:
		return g.soundSection(body)
	case blockInterface:
		return g.soundDescription(body)
	case blockStatistics:
		if err := g.soundInterface(g.order.Uint32(body)); err != nil {
			return err
		}
		return g.soundOptions(body[12:])
	case blockSimple:
		return g.soundSimple(body)
	case blockPacket:
		return g.soundPacket(uint32(g.order.Uint16(body)), body)
	default:
		return g.soundPacket(g.order.Uint32(body), body)
	}
}

// shortestBody is the fixed part of each block in bytes.
var shortestBody = map[uint32]int{
	blockSection: 16, blockInterface: 8, blockPacket: 20, blockSimple: 4, blockStatistics: 12, blockEnhanced: 20,
}

func (g *ngGuard) soundSection(body []byte) error {
	if major := g.order.Uint16(body[4:]); major != 1 || g.order.Uint16(body[6:]) != 0 {
		return g.damage("section of version %d.%d, want 1.0", major, g.order.Uint16(body[6:]))
	}
	return g.soundOptions(body[16:])
}

// soundDescription checks an interface description block (section 4.2). Its
// resolution is what times are divided by.
func (g *ngGuard) soundDescription(body []byte) error {
	if g.interfaces == 0 {
		g.snapLen = g.order.Uint32(body[4:])
	}
	if g.interfaces++; g.interfaces > maxInterfaces {
		return g.damage("more than %d interfaces", maxInterfaces)
	}
	options := body[8:]
	if err := g.soundOptions(options); err != nil {
		return err
	}
	for len(options) >= 4 {
		code, n := g.order.Uint16(options), int(g.order.Uint16(options[2:]))
		if code == 9 && n >= 1 && (options[4] < 0x80 && options[4] > 19 || options[4] > 0x80+63) {
			return g.damage("time resolution 0x%02x", options[4])
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
func (g *ngGuard) soundSimple(body []byte) error {
	if err := g.soundInterface(0); err != nil {
		return err
	}
	captured := g.order.Uint32(body)
	if captured > 1<<31-1 {
		return g.damage("frame of %d bytes on the wire", captured)
	}
	if g.snapLen != 0 {
		captured = min(captured, g.snapLen)
	}
	if (uint64(captured)+3)&^3 > uint64(len(body)-4) {
		return g.damage("%d bytes captured in a block with room for %d", captured, len(body)-4)
	}
	return nil
}

func (g *ngGuard) soundInterface(id uint32) error {
	if id >= uint32(g.interfaces) {
		return g.damage("interface %d of %d", id, g.interfaces)
	}
	return nil
}

// soundPacket checks an enhanced packet block, and the obsolete one, which has
// the same fields in other sizes (section 4.3 and appendix A).
func (g *ngGuard) soundPacket(id uint32, body []byte) error {
	if err := g.soundInterface(id); err != nil {
		return err
	}
	captured, length := g.order.Uint32(body[12:]), g.order.Uint32(body[16:])
	padded := (uint64(captured) + 3) &^ 3
	switch {
	case padded > uint64(len(body)-20):
		return g.damage("%d bytes captured in a block with room for %d", captured, len(body)-20)
	case length > 1<<31-1:
		return g.damage("frame of %d bytes on the wire", length)
	}
	return g.soundOptions(body[20+padded:])
}

// soundOptions checks that the options fill their part of the block; the mark
// of their end may be missing (section 3.5).
func (g *ngGuard) soundOptions(b []byte) error {
	for len(b) >= 4 {
		code, n := g.order.Uint16(b), (int(g.order.Uint16(b[2:]))+3)&^3
		if code == 0 {
			if n != 0 {
				return g.damage("end of options with %d bytes", n)
			}
			return nil
		}
		if n > len(b)-4 {
			return g.damage("option %d of %d bytes in the last %d of its block", code, n, len(b)-4)
		}
		b = b[4+n:]
	}
	if len(b) != 0 {
		return g.damage("%d bytes behind the last option", len(b))
	}
	return nil
}
