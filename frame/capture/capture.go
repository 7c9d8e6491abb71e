// Package capture reads and writes files of Ethernet frames: pcap and pcapng,
// plain or compressed, and hex dumps in the forms people paste them.
package capture

import (
	"fmt"
	"time"
)

// MaxFrame is the longest frame in bytes that is read from any file. A length
// beyond it is damage: the longest frames the kernel makes (BIG TCP) have some
// hundred KiB.
const MaxFrame = 16 << 20

// Record is one frame of a capture and what the capture says of it.
type Record struct {
	// Bytes are the frame as it was captured. A Reader reuses their memory:
	// they are valid until its next call of Next.
	Bytes []byte
	// Length is the frame's length on the wire, which is greater than
	// len(Bytes) when the capture cut it short. A Writer takes 0 for
	// len(Bytes).
	Length int
	// Time is when the frame was captured, to the nanosecond where the file
	// is that fine. It is zero where the capture has none.
	Time time.Time
	// Interface is the frame's interface: see Reader.Interface.
	Interface int
	Direction Direction
	// Comments are the packet's comments, as they are in the file.
	Comments []string
	// Made names the link type where the file is not of Ethernet: its first 14
	// bytes are a header made from what the file says.
	Made string
	// Notes are what contradicts itself in the record and was put up with.
	Notes []string
	// Dropped counts the frames lost between the previous frame of the
	// interface and this one, where the file says so.
	Dropped uint64
}

// Direction says which way a frame passed the interface, as far as is known.
type Direction uint8

// The directions, with the values of pcapng's flags word
// (draft-ietf-opsawg-pcapng, section 4.3.1).
const (
	UnknownDirection Direction = iota
	Inbound
	Outbound
)

func (d Direction) String() string {
	switch d {
	case Inbound:
		return "in"
	case Outbound:
		return "out"
	default:
		return "unknown"
	}
}

// Interface describes where frames were captured. What is not known is empty.
type Interface struct {
	Name        string
	Description string
	// Filter is the filter that was in force, in words.
	Filter string
	// OS and Hardware describe the machine.
	OS       string
	Hardware string
	// Application is the program that captured.
	Application string
	// SnapLen is the length in bytes frames were cut to; 0 is unlimited.
	SnapLen int
	// LinkType names what the file has instead of Ethernet; a Writer writes
	// Ethernet alone.
	LinkType string
}

// Statistics is the account of an interface at the end of its capture. Fields
// that are nil are not known and not written.
type Statistics struct {
	Start, End time.Time
	// Received counts the frames the interface received, Dropped those it
	// dropped before the kernel had them.
	Received, Dropped *uint64
	// Accepted counts the frames that passed the filter, OSDropped those of
	// them the kernel had no room for, Delivered those that were given to the
	// program.
	Accepted, OSDropped, Delivered *uint64
	Comment                        string
}

// DamageError is the point from which on a capture cannot be read. Every frame
// before it was read.
type DamageError struct {
	// Offset in bytes into the file, or into what it decompresses to.
	Offset       int64
	Decompressed bool
	Problem      string
}

func (e *DamageError) Error() string {
	if e.Decompressed {
		return fmt.Sprintf("damaged at offset %d of the decompressed data: %s", e.Offset, e.Problem)
	}
	return fmt.Sprintf("damaged at offset %d: %s", e.Offset, e.Problem)
}

// note adds to the record's notes.
func (r *Record) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// lost is how many frames the account says were lost on the way to the file.
func (s *Statistics) lost() (n uint64) {
	for _, count := range []*uint64{s.Dropped, s.OSDropped} {
		if count != nil {
			n += *count
		}
	}
	return n
}
