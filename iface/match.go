package iface

import (
	"fmt"
	"math"
	"net"

	"golang.org/x/net/bpf"

	"eterm/frame/ether"
)

// Match selects frames by what every Ethernet frame has: addresses, tags and
// EtherType. Fields left at their zero value match anything; a frame must
// match all the others.
type Match struct {
	// From and To are the source and destination address, 6 bytes each.
	From, To net.HardwareAddr
	// Tags are the outermost tags, outer first. The frame may have more.
	Tags []TagMatch
	// EtherTypes are the values, one of which must stand behind the tags
	// named in Tags and up to moreTags further ones.
	EtherTypes []uint16
}

// TagMatch selects one VLAN tag of any TPID that this package knows.
type TagMatch struct {
	ID  uint16 // 0 to 4095
	PCP int8   // 0 to 7, or -1 for any
}

// moreTags is how many tags an EtherType may be behind beyond those asked for:
// a classic BPF program cannot loop, so the search for the last is unrolled.
const moreTags = 4

// tagTypes are ether.TPIDs as BPF compares them.
var tagTypes = func() (types []uint32) {
	for _, t := range ether.TPIDs {
		types = append(types, uint32(t))
	}
	return types
}()

// accept is the verdict that takes all of a frame.
var accept = bpf.RetConstant{Val: math.MaxUint32}

// Compile makes the program for Options.Filter. If rest is not empty, frames
// that match are then judged by it: it is a whole program, such as
// CompileExpression makes. The zero Match with no rest is nil, which takes all.
//
// The kernel runs the program on frames whose outer tag it took off, and lets
// the program ask for that tag apart; a TPID it does not know stays in the
// frame. The program finds the tags in both places.
func (m Match) Compile(rest []bpf.RawInstruction) ([]bpf.RawInstruction, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	var p []bpf.Instruction
	p = appendAddress(p, 0, m.To)
	p = appendAddress(p, 6, m.From)
	p = m.appendTagged(p)
	if len(p) == 0 {
		return rest, nil
	}
	if len(rest) == 0 {
		p = append(p, accept)
	}
	raw, err := bpf.Assemble(p)
	if err != nil {
		return nil, fmt.Errorf("assemble filter: %w", err)
	}
	return append(raw, rest...), nil
}

func (m Match) check() error {
	for _, a := range []net.HardwareAddr{m.From, m.To} {
		if len(a) != 0 && len(a) != 6 {
			return fmt.Errorf("address %s has %d bytes: a match needs 6", a, len(a))
		}
	}
	for _, t := range m.Tags {
		if t.ID > 4095 || t.PCP < -1 || t.PCP > 7 {
			return fmt.Errorf("tag %d:%d: a VLAN ID is 0 to 4095, a priority 0 to 7", t.PCP, t.ID)
		}
	}
	if n := len(m.Tags); n > 8 {
		return fmt.Errorf("%d tags: a match takes up to 8", n)
	}
	if n := len(m.EtherTypes); n > 16 {
		return fmt.Errorf("%d EtherTypes: a match takes up to 16", n)
	}
	return nil
}

// appendAddress judges the address at offset off.
func appendAddress(p []bpf.Instruction, off uint32, a net.HardwareAddr) []bpf.Instruction {
	if len(a) == 0 {
		return p
	}
	high := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
	p = append(p, bpf.LoadAbsolute{Off: off, Size: 4})
	p = appendEqual(p, high)
	p = append(p, bpf.LoadAbsolute{Off: off + 4, Size: 2})
	return appendEqual(p, uint32(a[4])<<8|uint32(a[5]))
}

// appendEqual goes on if A is one of the values, and rejects if not.
func appendEqual(p []bpf.Instruction, values ...uint32) []bpf.Instruction {
	for i, v := range values {
		p = append(p, bpf.JumpIf{Cond: bpf.JumpEqual, Val: v, SkipTrue: uint8(len(values) - i)})
	}
	return append(p, bpf.RetConstant{Val: 0})
}

// appendTagged judges tags and EtherType, once for a frame whose outer tag the
// kernel holds apart and once for one that has all its tags in its bytes.
func (m Match) appendTagged(p []bpf.Instruction) []bpf.Instruction {
	if len(m.Tags) == 0 && len(m.EtherTypes) == 0 {
		return p
	}
	var apart []bpf.Instruction
	inside := m.Tags
	if len(m.Tags) > 0 {
		apart = append(apart, bpf.LoadExtension{Num: bpf.ExtVLANTag})
		apart = m.Tags[0].appendTCI(apart)
		inside = m.Tags[1:]
	}
	apart = m.appendInside(apart, inside)
	whole := m.appendInside(nil, m.Tags)

	p = append(p, bpf.LoadExtension{Num: bpf.ExtVLANTagPresent},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 0, SkipTrue: 1},
		bpf.Jump{Skip: uint32(len(apart) + 1)})
	p = append(p, apart...)
	p = append(p, bpf.Jump{Skip: uint32(len(whole))})
	return append(p, whole...)
}

// appendInside judges the tags that are in the bytes from offset 12 on, and
// the EtherType behind them.
func (m Match) appendInside(p []bpf.Instruction, tags []TagMatch) []bpf.Instruction {
	p = append(p, bpf.LoadConstant{Dst: bpf.RegX, Val: 0})
	for _, t := range tags {
		p = append(p, bpf.LoadIndirect{Off: 12, Size: 2})
		p = appendEqual(p, tagTypes...)
		p = append(p, bpf.LoadIndirect{Off: 14, Size: 2})
		p = t.appendTCI(p)
		p = append(p, nextTag()...)
	}
	if len(m.EtherTypes) == 0 {
		return p
	}
	p = append(p, skipTags(moreTags)...)
	p = append(p, bpf.LoadIndirect{Off: 12, Size: 2})
	values := make([]uint32, len(m.EtherTypes))
	for i, t := range m.EtherTypes {
		values[i] = uint32(t)
	}
	return appendEqual(p, values...)
}

// appendTCI judges the tag control information in A (IEEE 802.1Q, 9.6).
func (t TagMatch) appendTCI(p []bpf.Instruction) []bpf.Instruction {
	mask, value := uint32(0x0fff), uint32(t.ID)
	if t.PCP >= 0 {
		mask, value = 0xefff, value|uint32(t.PCP)<<13
	}
	return appendEqual(append(p, bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: mask}), value)
}

// nextTag moves X on by one tag.
func nextTag() []bpf.Instruction {
	return []bpf.Instruction{bpf.TXA{}, bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: 4}, bpf.TAX{}}
}

// skipTags moves X past up to n tags.
func skipTags(n int) []bpf.Instruction {
	if n == 0 {
		return nil
	}
	deeper := append(nextTag(), skipTags(n-1)...)
	p := []bpf.Instruction{bpf.LoadIndirect{Off: 12, Size: 2}}
	for i, t := range tagTypes {
		p = append(p, bpf.JumpIf{Cond: bpf.JumpEqual, Val: t, SkipTrue: uint8(len(tagTypes) - i)})
	}
	p = append(p, bpf.Jump{Skip: uint32(len(deeper))})
	return append(p, deeper...)
}
