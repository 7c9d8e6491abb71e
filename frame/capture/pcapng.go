package capture

import (
	"bufio"
	"encoding/binary"
	"math/bits"
	"time"
)

// The blocks of a pcapng file that are read (draft-ietf-opsawg-pcapng, section
// 11.1); all others are skipped. Every block is (section 3.1)
//
//	+---------------------------------------------------------------+  0
//	|                          Block Type                           |
//	+---------------------------------------------------------------+  4
//	|                      Block Total Length                       |
//	+---------------------------------------------------------------+  8
//	/                          Block Body                           /
//	/          variable length, padded to a multiple of 4           /
//	+---------------------------------------------------------------+
//	|                      Block Total Length                       |
//	+---------------------------------------------------------------+
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

// pcapngSource reads a pcapng file.
type pcapngSource struct {
	records
	order      binary.ByteOrder
	section    Interface // what the section says of all its interfaces
	interfaces []ngInterface
}

// ngInterface is one interface of a section.
type ngInterface struct {
	Interface
	link   link
	unit   uint64 // how many of its time units a second has
	offset int64  // of its times, in seconds
}

func newPcapng(in *bufio.Reader) *pcapngSource {
	return &pcapngSource{records: records{in: in}, order: binary.LittleEndian}
}

func (s *pcapngSource) describe(i int) (Interface, bool) {
	if i < 0 || i >= len(s.interfaces) {
		return Interface{}, false
	}
	about := s.interfaces[i].Interface
	about.Hardware, about.Application, about.LinkType = s.section.Hardware, s.section.Application, s.interfaces[i].link.name()
	return about, true
}

// next reads blocks up to the next packet.
func (s *pcapngSource) next(r *Record) error {
	for {
		if err := s.advance(); err != nil {
			return err
		}
		kind, n, err := s.blockHead()
		if err != nil {
			return err
		}
		if shortestBody[kind] == 0 {
			if err := s.skip(n); err != nil {
				return err
			}
			continue
		}
		b, err := s.whole(n)
		if err != nil {
			return err
		}
		if err := s.soundBlock(kind, b); err != nil {
			return err
		}
		packet, err := s.take(kind, b[8:n-4], r)
		if packet || err != nil {
			return err
		}
	}
}

// take reads the body of a sound block and says whether it is a packet.
func (s *pcapngSource) take(kind uint32, body []byte, r *Record) (packet bool, err error) {
	switch kind {
	case blockSection:
		s.section = Interface{}
		s.options(body[16:], func(code uint16, v []byte) {
			switch code {
			case 2:
				s.section.Hardware = string(v)
			case 4:
				s.section.Application = string(v)
			}
		})
		return false, nil
	case blockInterface:
		return false, s.addInterface(body)
	case blockStatistics:
		return false, nil
	case blockSimple:
		return true, s.simple(body, r)
	case blockPacket:
		if drops := s.order.Uint16(body[2:]); drops != 0xffff {
			r.Dropped = uint64(drops)
		}
		return true, s.packet(int(s.order.Uint16(body)), body, r)
	}
	return true, s.packet(int(s.order.Uint32(body)), body, r)
}

// addInterface reads an interface description block (section 4.2).
func (s *pcapngSource) addInterface(body []byte) error {
	l, err := linkOf(int(s.order.Uint16(body)), s.order)
	if err != nil {
		l = link{kind: -1, refused: err} // only its packets cannot be read
	}
	f := ngInterface{link: l, unit: 1e6}
	f.SnapLen = int(s.order.Uint32(body[4:]))
	s.options(body[8:], func(code uint16, v []byte) {
		switch {
		case code == 2:
			f.Name = string(v)
		case code == 3:
			f.Description = string(v)
		case code == 11 && len(v) > 0: // the first byte says what kind of filter
			f.Filter = string(v[1:])
		case code == 12:
			f.OS = string(v)
		case code == 9 && len(v) > 0:
			f.unit = resolution(v[0])
		case code == 14 && len(v) >= 8:
			f.offset = int64(s.order.Uint64(v))
		}
	})
	s.interfaces = append(s.interfaces, f)
	return nil
}

// resolution is how many units of time a second has, by the option
// if_tsresol: a power of 10, or of 2 with the top bit. It must be sound.
func resolution(v byte) uint64 {
	if v&0x80 != 0 {
		return 1 << (v & 0x7f)
	}
	n := uint64(1)
	for range v {
		n *= 10
	}
	return n
}

// simple reads a simple packet block (section 4.4).
func (s *pcapngSource) simple(body []byte, r *Record) error {
	f := &s.interfaces[0]
	length := int(s.order.Uint32(body))
	captured := length
	if f.SnapLen != 0 {
		captured = min(captured, f.SnapLen)
	}
	r.Bytes, r.Length = body[4:4+captured], length
	return f.link.frame(r)
}

// packet reads an enhanced packet block, or the obsolete one, whose fields from
// the time on are the same (section 4.3 and appendix A).
func (s *pcapngSource) packet(id int, body []byte, r *Record) error {
	f := &s.interfaces[id]
	ts := uint64(s.order.Uint32(body[4:]))<<32 | uint64(s.order.Uint32(body[8:]))
	captured := int(s.order.Uint32(body[12:]))
	r.Bytes, r.Length = body[20:20+captured], int(s.order.Uint32(body[16:]))
	r.Time, r.Interface = f.time(ts), id
	s.options(body[20+(captured+3)&^3:], func(code uint16, v []byte) {
		switch {
		case code == 1:
			r.Comments = append(r.Comments, string(v))
		case code == 2 && len(v) >= 4:
			if d := Direction(s.order.Uint32(v) & 3); d <= Outbound {
				r.Direction = d
			}
		case code == 4 && len(v) >= 8:
			r.Dropped = s.order.Uint64(v)
		}
	})
	return f.link.frame(r)
}

// time is when ts units of the interface's time are.
func (f *ngInterface) time(ts uint64) time.Time {
	high, low := bits.Mul64(ts%f.unit, 1e9)
	ns, _ := bits.Div64(high, low, f.unit)
	return time.Unix(int64(ts/f.unit)+f.offset, int64(ns)).UTC()
}

// options gives each option of a sound block to f.
func (s *pcapngSource) options(b []byte, f func(code uint16, value []byte)) {
	for len(b) >= 4 {
		code, n := s.order.Uint16(b), int(s.order.Uint16(b[2:]))
		if code == 0 {
			return
		}
		f(code, b[4:4+n])
		b = b[4+(n+3)&^3:]
	}
}
