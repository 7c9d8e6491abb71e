// Package cfm reads and writes the loopback messages of Connectivity Fault
// Management (IEEE 802.1Q clause 20, once 802.1ag; ITU-T G.8013): the ping of
// Ethernet, which switches answer too.
package cfm

import (
	"encoding/binary"
	"errors"
)

const (
	// EtherType is the one of frames that carry CFM.
	EtherType = 0x8902
	// HeaderLen is the length in bytes of the common header and the
	// transaction identifier of loopback messages.
	HeaderLen = 8
	// MaxLevel is the highest maintenance domain level.
	MaxLevel = 7

	firstTLV = 4 // offset of the first TLV, counted from behind the common header
	tlvEnd   = 0
	tlvData  = 3
)

// Why Parse refuses bytes.
var (
	ErrShort = errors.New("cfm: message is cut short")
	ErrOther = errors.New("cfm: not a loopback message of version 0")
)

// Opcode says which message it is (IEEE 802.1Q, table 21-4).
type Opcode uint8

// The opcodes of loopback.
const (
	LBR Opcode = 2
	LBM Opcode = 3
)

// Loopback is a loopback message or reply (IEEE 802.1Q, 21.4 and 21.7):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  0
//	|Level|Version 0|    OpCode     |     Flags     |First TLV (4)  |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  4
//	|                Loopback Transaction Identifier                |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  8
//	|     Type      |            Length             |   Value ...
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
//	|  End TLV (0)  |
//	+-+-+-+-+-+-+-+-+
type Loopback struct {
	Level       uint8 // maintenance domain level, at most MaxLevel
	Opcode      Opcode
	Flags       uint8 // reserved, 0
	Transaction uint32
	// TLVs is what follows, end TLV included.
	TLVs []byte
}

// AppendLoopback appends a whole loopback message with one data TLV.
func AppendLoopback(dst []byte, level uint8, transaction uint32, data []byte) []byte {
	dst = Loopback{Level: level, Opcode: LBM, Transaction: transaction}.Append(dst)
	return appendData(dst, data)
}

// appendData appends a data TLV and the end TLV.
func appendData(dst, data []byte) []byte {
	dst = append(dst, tlvData)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(data)))
	return append(append(dst, data...), tlvEnd)
}

// Reply is the answer to a loopback message: all of it again under the other
// opcode (IEEE 802.1Q, 20.2.2).
func (l Loopback) Reply() Loopback { l.Opcode = LBR; return l }

// Append appends the message.
func (l Loopback) Append(dst []byte) []byte {
	dst = append(dst, l.Level<<5, byte(l.Opcode), l.Flags, firstTLV)
	dst = binary.BigEndian.AppendUint32(dst, l.Transaction)
	return append(dst, l.TLVs...)
}

// Parse reads a loopback message or reply; TLVs share b's memory and end with
// the end TLV, so that padding is left out. Other CFM messages are ErrOther.
func Parse(b []byte) (Loopback, error) {
	if len(b) < HeaderLen {
		return Loopback{}, ErrShort
	}
	o := Opcode(b[1])
	if b[0]&0x1f != 0 || o != LBM && o != LBR || b[3] != firstTLV {
		return Loopback{}, ErrOther
	}
	l := Loopback{Level: b[0] >> 5, Opcode: o, Flags: b[2], Transaction: binary.BigEndian.Uint32(b[4:])}
	rest := b[HeaderLen:]
	at := 0
	for {
		switch {
		case at >= len(rest):
			return Loopback{}, ErrShort
		case rest[at] == tlvEnd:
			l.TLVs = rest[: at+1 : at+1]
			return l, nil
		case at+3 > len(rest):
			return Loopback{}, ErrShort
		}
		at += 3 + int(binary.BigEndian.Uint16(rest[at+1:]))
	}
}

// Data is the value of the first data TLV; ok is false if there is none.
func (l Loopback) Data() (data []byte, ok bool) {
	for b := l.TLVs; len(b) >= 3 && b[0] != tlvEnd; {
		n := 3 + int(binary.BigEndian.Uint16(b[1:]))
		if n > len(b) {
			break
		}
		if b[0] == tlvData {
			return b[3:n:n], true
		}
		b = b[n:]
	}
	return nil, false
}
