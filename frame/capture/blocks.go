package capture

import (
	"encoding/binary"
	"time"
)

// little is the byte order of what is written.
var little = binary.LittleEndian

// appendPcapHead appends the head of a pcap file with nanoseconds.
func appendPcapHead(b []byte, about Interface) []byte {
	snapLen := uint32(MaxFrame)
	if about.SnapLen > 0 {
		snapLen = uint32(about.SnapLen)
	}
	b = little.AppendUint32(b, pcapNano)
	b = little.AppendUint32(b, 4<<16|2) // version 2.4
	b = append(b, make([]byte, 8)...)
	b = little.AppendUint32(b, snapLen)
	return little.AppendUint32(b, linkEthernet)
}

// appendSection appends a section header block of unknown length
// (draft-ietf-opsawg-pcapng, section 4.1).
func appendSection(b []byte, about Interface) []byte {
	start := len(b)
	b = little.AppendUint32(b, blockSection)
	b = little.AppendUint32(b, 0)
	b = little.AppendUint32(b, byteOrderMagic)
	b = little.AppendUint32(b, 1) // version 1.0
	b = little.AppendUint64(b, 1<<64-1)
	options := len(b)
	b = appendText(b, 2, about.Hardware)
	b = appendText(b, 3, about.OS)
	b = appendText(b, 4, about.Application)
	return endBlock(b, start, options)
}

// appendDescription appends an interface description block (section 4.2) whose
// times are in nanoseconds.
func appendDescription(b []byte, about Interface) []byte {
	start := len(b)
	b = little.AppendUint32(b, blockInterface)
	b = little.AppendUint32(b, 0)
	b = little.AppendUint32(b, linkEthernet)
	b = little.AppendUint32(b, uint32(about.SnapLen))
	options := len(b)
	b = appendText(b, 2, about.Name)
	b = appendText(b, 3, about.Description)
	b = appendText(b, 12, about.OS)
	if about.Filter != "" {
		b = appendOption(b, 11, "\x00"+about.Filter) // 0: in words, as libpcap takes them
	}
	b = appendOption(b, 9, "\x09")
	return endBlock(b, start, options)
}

// appendText appends an option of text, if there is any.
func appendText(b []byte, code uint16, text string) []byte {
	if text == "" {
		return b
	}
	return appendOption(b, code, text)
}

// appendPcap appends a record of a pcap file with nanoseconds
// (draft-ietf-opsawg-pcap, section 5).
func appendPcap(b []byte, r *Record) []byte {
	var seconds, nanoseconds uint32
	if !r.Time.IsZero() {
		seconds, nanoseconds = uint32(r.Time.Unix()), uint32(r.Time.Nanosecond())
	}
	b = little.AppendUint32(b, seconds)
	b = little.AppendUint32(b, nanoseconds)
	b = little.AppendUint32(b, uint32(len(r.Bytes)))
	b = little.AppendUint32(b, uint32(max(r.Length, len(r.Bytes))))
	return append(b, r.Bytes...)
}

// appendPacket appends an enhanced packet block (draft-ietf-opsawg-pcapng,
// section 4.3), its time in nanoseconds.
func appendPacket(b []byte, r *Record) []byte {
	start := len(b)
	b = little.AppendUint32(b, blockEnhanced)
	b = little.AppendUint32(b, 0) // the length, when it is known
	b = little.AppendUint32(b, 0) // the only interface
	b = appendTime(b, r.Time)
	b = little.AppendUint32(b, uint32(len(r.Bytes)))
	b = little.AppendUint32(b, uint32(max(r.Length, len(r.Bytes))))
	b = appendPadded(b, r.Bytes)
	options := len(b)
	for _, c := range r.Comments {
		b = appendOption(b, 1, c)
	}
	if r.Direction != UnknownDirection {
		b = little.AppendUint32(b, 4<<16|2)
		b = little.AppendUint32(b, uint32(r.Direction))
	}
	if r.Dropped != 0 {
		b = appendCount(b, 4, r.Dropped)
	}
	return endBlock(b, start, options)
}

// appendStatistics appends an interface statistics block (section 4.6).
func appendStatistics(b []byte, s *Statistics) []byte {
	start := len(b)
	b = little.AppendUint32(b, blockStatistics)
	b = little.AppendUint32(b, 0)
	b = little.AppendUint32(b, 0)
	b = appendTime(b, s.End)
	options := len(b)
	if s.Comment != "" {
		b = appendOption(b, 1, s.Comment)
	}
	for i, at := range []time.Time{s.Start, s.End} {
		if !at.IsZero() {
			b = little.AppendUint16(b, uint16(2+i))
			b = little.AppendUint16(b, 8)
			b = appendTime(b, at)
		}
	}
	for i, count := range []*uint64{s.Received, s.Dropped, s.Accepted, s.OSDropped, s.Delivered} {
		if count != nil {
			b = appendCount(b, uint16(4+i), *count)
		}
	}
	return endBlock(b, start, options)
}

// endBlock ends the options, if there are any, and the block.
func endBlock(b []byte, start, options int) []byte {
	if len(b) > options {
		b = little.AppendUint32(b, 0)
	}
	length := uint32(len(b) - start + 4)
	little.PutUint32(b[start+4:], length)
	return little.AppendUint32(b, length)
}

// appendTime appends a time as pcapng has it: the upper half first.
func appendTime(b []byte, at time.Time) []byte {
	var ns uint64
	if !at.IsZero() {
		ns = uint64(at.UnixNano())
	}
	b = little.AppendUint32(b, uint32(ns>>32))
	return little.AppendUint32(b, uint32(ns))
}

// appendOption appends an option of text, cut to what its length can say.
func appendOption(b []byte, code uint16, text string) []byte {
	text = text[:min(len(text), 1<<16-1)]
	b = little.AppendUint16(b, code)
	b = little.AppendUint16(b, uint16(len(text)))
	return appendPadded(b, []byte(text))
}

func appendCount(b []byte, code uint16, n uint64) []byte {
	b = little.AppendUint16(b, code)
	b = little.AppendUint16(b, 8)
	return little.AppendUint64(b, n)
}

// appendPadded appends data and zeros up to a multiple of four bytes.
func appendPadded(b, data []byte) []byte {
	b = append(b, data...)
	return append(b, "\x00\x00\x00"[:-len(data)&3]...)
}
