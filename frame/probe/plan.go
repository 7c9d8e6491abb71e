package probe

import "encoding/binary"

// PlanSize is the length of a plan block in bytes. It follows the mark.
const PlanSize = 24

// Untagged stands for no VLAN tag in Plan.TCI.
const Untagged = 0xffff

// Plan is what a sender says of its run, so that a receiver that hears nothing
// else knows what it should get.
type Plan struct {
	// Length is the payload's length as sent, from the mark's first byte on.
	Length uint16 `json:"length"`
	// Mixed: frames of other lengths belong to the run too.
	Mixed   bool    `json:"mixed"`
	Pattern Pattern `json:"pattern"`
	Streams uint8   `json:"streams_less_one"` // their number less one; frame i of the run is of stream i modulo that
	// Total is how many frames the run will have, in all streams; 0 if that
	// is not known. 48 bits.
	Total uint64 `json:"total"`
	// Interval between frames of the run, in picoseconds; 0 is as fast as can
	// be. 48 bits.
	Interval uint64 `json:"interval_ps"`
	// TCI of the outermost VLAN tag as sent, or Untagged.
	TCI uint16 `json:"tci"`
}

const most48 = 1<<48 - 1

// put writes the plan block.
func (p Plan) put(b []byte) {
	b = b[:PlanSize]
	binary.BigEndian.PutUint16(b, p.Length)
	b[2] = byte(p.Pattern)
	if p.Mixed {
		b[2] |= 0x80
	}
	b[3] = p.Streams
	put48(b[4:], p.Total)
	put48(b[10:], p.Interval)
	binary.BigEndian.PutUint16(b[16:], p.TCI)
	clear(b[18:])
	binary.BigEndian.PutUint16(b[22:], ^fold(sum16(b[:22])))
}

// parsePlan reads the plan block behind a mark; false if there is none or its
// check fails.
func parsePlan(b []byte) (Plan, bool) {
	if len(b) < PlanSize || fold(sum16(b[:PlanSize])) != 0xffff || Pattern(b[2]&0x7f) >= patterns {
		return Plan{}, false
	}
	return Plan{
		Length: binary.BigEndian.Uint16(b), Mixed: b[2]&0x80 != 0, Pattern: Pattern(b[2] & 0x7f), Streams: b[3],
		Total: get48(b[4:]), Interval: get48(b[10:]), TCI: binary.BigEndian.Uint16(b[16:]),
	}, true
}

// PlanOf is the plan block of a frame with a mark of a kind that has one.
func PlanOf(frame []byte, f Found) (Plan, bool) {
	switch f.Kind {
	case KindMarkPlan, KindPlan, KindEnd:
		return parsePlan(frame[f.Offset+Size:])
	}
	return Plan{}, false
}

// AppendPayload appends the payload of test frames: room for the mark, the plan
// block if it fits in plan.Length, the pattern. It returns the kind to mark
// them with.
func (p Plan) AppendPayload(dst []byte) ([]byte, Kind) { return p.appendPayload(dst, 0) }

// AppendSealedPayload is AppendPayload with room for a seal block, for which a
// payload must have Size+SealSize bytes at least.
func (p Plan) AppendSealedPayload(dst []byte) ([]byte, Kind) { return p.appendPayload(dst, SealSize) }

func (p Plan) appendPayload(dst []byte, room int) ([]byte, Kind) {
	start, kind, at := len(dst), KindMark, Size+room
	dst = append(dst, make([]byte, p.Length)...)
	b := dst[start:]
	if len(b) >= Size+PlanSize+room {
		p.put(b[Size:])
		kind, at = KindMarkPlan, Size+PlanSize+room
	}
	copy(b[min(at, len(b)):], patternAt(p.Pattern, at, len(b)))
	return dst, kind
}

// Of is how many of the first n frames of the run are of a stream.
func (p Plan) Of(stream uint8, n uint64) uint64 {
	streams := uint64(p.Streams) + 1
	if uint64(stream) >= streams {
		return 0
	}
	return (n + streams - 1 - uint64(stream)) / streams
}

// SenderAccount is what a sender says after its run.
type SenderAccount struct {
	Intended uint64 `json:"intended"` // frames the plan asked for, as far as time allowed; 0 if it had no end
	Offered  uint64 `json:"offered"`  // frames offered to the kernel, numbers 0 to Offered-1
	Refused  uint64 `json:"refused"`  // of those, not taken by it
	Elapsed  uint64 `json:"elapsed_ns"`
	// Doubted: the sender itself does not trust its run, for what happened to its
	// link or because it could not keep the rate.
	Doubted bool `json:"doubted,omitempty"`
}

// senderAccountSize is the length of a sender's account in bytes.
const senderAccountSize = 36

// AppendPlanPayload appends the payload of a plan frame.
func (p Plan) AppendPlanPayload(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, Size+PlanSize)...)
	p.put(dst[start+Size:])
	return dst
}

// AppendEndPayload appends the payload of an end frame.
func (p Plan) AppendEndPayload(dst []byte, a SenderAccount) []byte {
	dst = p.AppendPlanPayload(dst)
	start := len(dst)
	for _, v := range []uint64{a.Intended, a.Offered, a.Refused, a.Elapsed} {
		dst = binary.BigEndian.AppendUint64(dst, v)
	}
	doubted := uint16(0)
	if a.Doubted {
		doubted = 1
	}
	dst = binary.BigEndian.AppendUint16(dst, doubted)
	return binary.BigEndian.AppendUint16(dst, ^fold(sum16(dst[start:])))
}

// EndOf is the sender's account in an end frame; false if it is not whole.
func EndOf(frame []byte, f Found) (SenderAccount, bool) {
	at := f.Offset + Size + PlanSize
	if f.Kind != KindEnd || len(frame) < at+senderAccountSize {
		return SenderAccount{}, false
	}
	b := frame[at : at+senderAccountSize]
	if fold(sum16(b)) != 0xffff {
		return SenderAccount{}, false
	}
	u := func(i int) uint64 { return binary.BigEndian.Uint64(b[8*i:]) }
	return SenderAccount{Intended: u(0), Offered: u(1), Refused: u(2), Elapsed: u(3), Doubted: b[33]&1 != 0}, true
}

func put48(b []byte, v uint64) {
	v = min(v, most48)
	binary.BigEndian.PutUint16(b, uint16(v>>32))
	binary.BigEndian.PutUint32(b[2:], uint32(v))
}

func get48(b []byte) uint64 {
	return uint64(binary.BigEndian.Uint16(b))<<32 | uint64(binary.BigEndian.Uint32(b[2:]))
}
