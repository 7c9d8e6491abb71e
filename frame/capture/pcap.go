package capture

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"time"
)

// The header of a pcap file (draft-ietf-opsawg-pcap, section 4):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+---------------------------------------------------------------+  0
//	|                          Magic Number                         |
//	+---------------------------------------------------------------+  4
//	|          Major Version        |         Minor Version         |
//	+---------------------------------------------------------------+  8
//	|                           Reserved1                           |
//	+---------------------------------------------------------------+ 12
//	|                           Reserved2                           |
//	+---------------------------------------------------------------+ 16
//	|                            SnapLen                            |
//	+---------------------------------------------------------------+ 20
//	| FCS |f|0 0 0 0 0 0 0 0 0 0 0 0|         LinkType              |
//	+---------------------------------------------------------------+
//
// and of each of its records (section 5):
//
//	+---------------------------------------------------------------+  0
//	|                      Timestamp (Seconds)                      |
//	+---------------------------------------------------------------+  4
//	|            Timestamp (Microseconds or nanoseconds)            |
//	+---------------------------------------------------------------+  8
//	|                    Captured Packet Length                     |
//	+---------------------------------------------------------------+ 12
//	|                    Original Packet Length                     |
//	+---------------------------------------------------------------+
const (
	pcapHeader       = 24
	pcapRecordHeader = 16
	pcapMicro        = 0xa1b2c3d4
	pcapNano         = 0xa1b23c4d
)

// pcapOrder reads the magic of a pcap file, with microseconds or nanoseconds.
func pcapOrder(head []byte) (binary.ByteOrder, bool) {
	if len(head) < 4 {
		return nil, false
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if m := order.Uint32(head); m == pcapMicro || m == pcapNano {
			return order, true
		}
	}
	return nil, false
}

// pcapSource reads a classic pcap file.
type pcapSource struct {
	records
	order   binary.ByteOrder
	unit    int64 // of the fraction of a second, in nanoseconds
	snapLen int
	link    link
}

// newPcap reads the head of a pcap file.
func newPcap(in *bufio.Reader, order binary.ByteOrder) (*pcapSource, error) {
	s := &pcapSource{records: records{in: in}, order: order, unit: 1}
	head, err := s.whole(pcapHeader)
	if err != nil {
		return nil, &DamageError{Problem: fmt.Sprintf("file header of %d bytes, want %d", in.Buffered(), pcapHeader)}
	}
	if order.Uint32(head) == pcapMicro {
		s.unit = 1000
	}
	if major, minor := order.Uint16(head[4:]), order.Uint16(head[6:]); major != 2 || minor != 4 {
		return nil, s.damage("pcap of version %d.%d, want 2.4", major, minor)
	}
	s.snapLen = int(order.Uint32(head[16:]))
	s.link, err = linkOf(int(order.Uint32(head[20:])&0x03ffffff), order) // the upper bits tell of the FCS
	return s, err
}

func (s *pcapSource) next(r *Record) error {
	if err := s.advance(); err != nil {
		return err
	}
	b, err := s.head(pcapRecordHeader)
	if err != nil {
		return err
	}
	captured, length := s.order.Uint32(b[8:]), s.order.Uint32(b[12:])
	if captured > MaxFrame || length > 1<<31-1 {
		return s.damage("frame of %d bytes, %d on the wire", captured, length)
	}
	r.Time = time.Unix(int64(s.order.Uint32(b)), int64(s.order.Uint32(b[4:]))*s.unit).UTC()
	if b, err = s.whole(pcapRecordHeader + int(captured)); err != nil {
		return err
	}
	r.Bytes, r.Length = b[pcapRecordHeader:], int(length)
	return s.link.frame(r)
}

func (s *pcapSource) describe(i int) (Interface, bool) {
	return Interface{SnapLen: s.snapLen, LinkType: s.link.name()}, i == 0
}
