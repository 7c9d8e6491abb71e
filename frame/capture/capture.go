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

// LinkTypeError is a capture of something other than Ethernet.
type LinkTypeError struct{ LinkType int }

func (e *LinkTypeError) Error() string {
	name, ok := linkTypes[e.LinkType]
	if !ok {
		return fmt.Sprintf("link type %d is not Ethernet (1)", e.LinkType)
	}
	return fmt.Sprintf("link type %d (%s) is not Ethernet (1)", e.LinkType, name)
}

// linkTypes names the link types that captures on Linux are likely to have
// (draft-ietf-opsawg-pcaplinktype).
var linkTypes = map[int]string{
	0: "BSD loopback", 6: "Token Ring", 8: "SLIP", 9: "PPP", 10: "FDDI", 12: "raw IP", 50: "PPP over HDLC",
	51: "PPPoE", 101: "raw IP", 105: "802.11", 108: "OpenBSD loopback", 113: "Linux cooked", 117: "OpenBSD pflog",
	119: "802.11 with Prism header", 127: "802.11 with radiotap", 129: "ARCNET", 138: "IP over 1394",
	147: "user 0", 163: "802.11 with AVS header", 187: "Bluetooth HCI", 189: "Linux USB", 192: "PPI",
	195: "802.15.4", 201: "Bluetooth HCI", 220: "Linux USB", 227: "SocketCAN", 228: "IPv4", 229: "IPv6",
	230: "802.15.4", 239: "nflog", 247: "InfiniBand", 249: "USBPcap", 251: "Bluetooth LE", 253: "netlink",
	272: "nRF Sniffer", 276: "Linux cooked v2", 283: "802.15.4 TAP",
}
