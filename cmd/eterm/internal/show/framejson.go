package show

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"

	"eterm/frame"
	"eterm/frame/ether"
)

// Frame is a frame: received or sent (exchange, broadcast, listen), planned
// (send -S) or of a file (decode). Names are absent where nothing is known.
type Frame struct {
	Type string `json:"type"` // "frame"
	// number of the frame in the input, from 1 (decode)
	Number uint64 `json:"number,omitempty"`
	// "sent", "received", or "planned" (send -S)
	Direction string `json:"direction,omitempty"`
	// RFC 3339 with nanoseconds, UTC; of a received frame the kernel's timestamp
	Time string `json:"time,omitempty"`
	// when a planned frame is due, after the start
	DueNS *int64 `json:"due_ns,omitempty"`
	// bytes on the wire without FCS
	Length int `json:"length"`
	// how many of these bytes are known; the others were cut off
	Captured int `json:"captured"`
	// name of the interface in the file
	Interface string `json:"interface,omitempty"`
	// frames lost just before this one, where the file says so
	DroppedBefore uint64 `json:"dropped_before,omitempty"`
	// what the file has as comments
	Comments []string `json:"comments,omitempty"`
	// link type of the file where it is not Ethernet: the Ethernet header is made of what the file says
	MadeHeader string `json:"made_header,omitempty"`
	// what contradicts itself in the file's record and was put up with
	Notes []string `json:"notes,omitempty"`
	// source address; absent below 14 bytes
	Src string `json:"src,omitempty"`
	// destination address; absent below 14 bytes
	Dst string `json:"dst,omitempty"`
	// EtherType behind all tags, such as "0x88b5"; a value below 0x0600 is an 802.3 length
	EtherType string `json:"ethertype,omitempty"`
	// VLAN tags, outer first; absent below 14 bytes
	VLAN []FrameTag `json:"vlan"`
	// the bytes, VLAN tags included
	Hex string `json:"hex"`
	// the layers in the order of the bytes (decode): see "Layers of a frame"
	Layers []map[string]any `json:"layers,omitempty"`
	// what is wrong with the frame, absent of live frames where nothing is: see "Layers of a frame"
	Faults []FrameFault `json:"faults,omitempty"`
	// the mark of a test frame of eterm's (decode)
	Mark *FrameMark `json:"mark,omitempty"`
	// what eterm says to eterm (decode)
	Message *FrameMessage `json:"message,omitempty"`
	// text that builds the same bytes (decode)
	Notation string `json:"notation,omitempty"`
}

// FrameTag is one VLAN tag.
type FrameTag struct {
	// VLAN identifier
	ID int `json:"id"`
	// priority
	PCP int `json:"pcp"`
	// drop eligible
	DEI bool `json:"dei"`
	// EtherType of the tag, such as "0x8100"
	TPID string `json:"tpid"`
}

// FrameFault is one thing that is wrong with a frame.
type FrameFault struct {
	// field, such as "ipv4.checksum", or layer
	Field string `json:"field"`
	// where it is, in bytes
	Offset int `json:"offset"`
	// what is there
	Got string `json:"got"`
	// what ought to be; empty where no one value is right
	Want string `json:"want"`
	// "bad checksum", "length beyond the frame", "length below the header's", "short header", "unknown version", "group address as source", "neither a length nor a type", "runt", "unassigned type", "unassigned code", or a layer that is not for the IP version around
	Problem string `json:"problem"`
}

// frameObject is what makes a Frame. It is written by hand: receivers write
// hundreds of thousands a second.
type frameObject struct {
	number    uint64
	direction string
	at        time.Time
	due       *time.Duration
	length    int
	bytes     []byte
	name      string // of the interface
	dropped   uint64
	comments  []string
	made      string // the link type, where the header is made
	notes     []string
	decoded   *frame.Decoded // nil: not taken apart
	faults    *frame.Decoded // of which only the faults are said, if there are any
}

func (f *frameObject) append(dst []byte) []byte {
	dst = append(dst, `{"type":"frame"`...)
	if f.number > 0 {
		dst = strconv.AppendUint(append(dst, `,"number":`...), f.number, 10)
	}
	if f.direction != "" {
		dst = append(append(append(dst, `,"direction":"`...), f.direction...), '"')
	}
	if !f.at.IsZero() {
		dst = f.at.UTC().AppendFormat(append(dst, `,"time":"`...), "2006-01-02T15:04:05.")
		dst = append(appendNanoseconds(dst, f.at.Nanosecond()), `Z"`...)
	}
	if f.due != nil {
		dst = strconv.AppendInt(append(dst, `,"due_ns":`...), f.due.Nanoseconds(), 10)
	}
	dst = appendInt(append(dst, `,"length":`...), f.length)
	dst = appendInt(append(dst, `,"captured":`...), len(f.bytes))
	dst = f.appendFileFacts(dst)
	if len(f.bytes) >= ether.HeaderLen {
		dst = appendHeaderJSON(dst, f.bytes)
	}
	dst = append(hex.AppendEncode(append(dst, `,"hex":"`...), f.bytes), '"')
	if f.decoded != nil {
		dst = appendOwn(dst, f.bytes)
		dst = f.decoded.AppendJSON(append(dst, ','))
	}
	if f.faults != nil && len(f.faults.Faults) > 0 {
		dst = f.faults.AppendFaultsJSON(append(dst, ','))
	}
	return append(dst, "}\n"...)
}

// appendFileFacts appends what only files know of their frames.
func (f *frameObject) appendFileFacts(dst []byte) []byte {
	if f.name != "" {
		dst, _ = AppendJSON(append(dst, `,"interface":`...), f.name) // a string has no error
	}
	if f.dropped > 0 {
		dst = strconv.AppendUint(append(dst, `,"dropped_before":`...), f.dropped, 10)
	}
	if len(f.comments) > 0 {
		dst, _ = AppendJSON(append(dst, `,"comments":`...), f.comments)
	}
	if f.made != "" {
		dst = append(append(append(dst, `,"made_header":"`...), f.made...), '"')
	}
	if len(f.notes) > 0 {
		dst, _ = AppendJSON(append(dst, `,"notes":`...), f.notes)
	}
	return dst
}

// appendHeaderJSON appends what a whole Ethernet header says.
func appendHeaderJSON(dst, b []byte) []byte {
	dst = append(dst, `,"src":"`...)
	dst = appendMAC(dst, b[6:12])
	dst = append(dst, `","dst":"`...)
	dst = appendMAC(dst, b[:6])
	tags, etherType := tagsOf(b)
	dst = append(dst, `","ethertype":"`...)
	dst = append(appendEtherType(dst, etherType), `","vlan":[`...)
	for at := 0; at < len(tags); at += 4 {
		if at > 0 {
			dst = append(dst, ',')
		}
		tci := binary.BigEndian.Uint16(tags[at+2:])
		dst = appendInt(append(dst, `{"id":`...), int(tci&0xfff))
		dst = appendInt(append(dst, `,"pcp":`...), int(tci>>13))
		dst = strconv.AppendBool(append(dst, `,"dei":`...), tci&0x1000 != 0)
		dst = append(dst, `,"tpid":"`...)
		dst = append(appendEtherType(dst, binary.BigEndian.Uint16(tags[at:])), `"}`...)
	}
	return append(dst, ']')
}

// tagsOf is the VLAN tags of a frame with a whole header, outer first, 4 bytes
// each, and the type behind them. Of a frame that ends within a tag it is no
// tags and the first TPID.
func tagsOf(b []byte) (tags []byte, etherType uint16) {
	first := binary.BigEndian.Uint16(b[12:])
	if !ether.IsTag(first) {
		return nil, first
	}
	h, _, err := ether.Parse(b)
	if err != nil {
		return nil, first
	}
	return h.Tags, h.Type
}

// PlannedFrame is a frame that send -S shows and does not send.
func (o *Output) PlannedFrame(i uint64, due time.Duration, b []byte, asJSON bool) error {
	if asJSON {
		f := frameObject{direction: "planned", due: &due, length: len(b), bytes: b}
		_, err := o.Write(f.append(nil))
		return err
	}
	d := frame.Decode(b)
	text := append(strconv.AppendUint([]byte("# frame "), i+1, 10), " at +"...)
	text = append(strconv.AppendFloat(text, due.Seconds(), 'f', 6, 64), " s: "...)
	text = append([]byte(Fold(string(d.AppendSummary(text)), o.width)), '\n')
	_, err := o.Write(append(text, foldDump(string(d.AppendDump(nil, frame.DumpOptions{})), o.width)...))
	return err
}
