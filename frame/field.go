package frame

import "encoding/binary"

// Kind says what a field's bits mean and so how its value is written.
type Kind uint8

// The kinds of fields. Those from Options4 on have no fixed width: they are
// the rest of their header.
const (
	Dec      Kind = iota // decimal number
	Hex                  // 0x and as many digits as the width has
	Flag                 // one bit: the bare name sets it
	MAC                  // six bytes
	IP4                  // IPv4 address
	IP6                  // IPv6 address
	Options4             // options of an IPv4 header: name:value,...
	OptionsT             // options of a TCP header
	Options6             // options of an IPv6 extension header
	List4                // IPv4 addresses
	List6                // IPv6 addresses
	Bytes                // text in quotes or 0x and hex digits
)

var kindNames = [...]string{
	Dec: "decimal", Hex: "hex", Flag: "flag", MAC: "mac", IP4: "ipv4", IP6: "ipv6",
	Options4: "options", OptionsT: "options", Options6: "options",
	List4: "ipv4 list", List6: "ipv6 list", Bytes: "bytes",
}

// String names the kind, for tables and messages.
func (k Kind) String() string { return kindNames[k] }

// rule says what a field should hold.
type rule uint8

const (
	always    rule = iota // nothing follows for it: printed always, def if left out
	constant              // def
	nextType              // what the layer that follows is called by
	length                // follows from lengths of this layer or of what it carries
	headerLen             // length of this header in its own unit
	count                 // number of records or addresses that follow
	checksum              // Internet checksum
	bottom                // MPLS: no further label follows
)

// Field is one field of a layer's header.
type Field struct {
	Layer   Layer
	Form    string // the form of the layer it belongs to (an ICMP type, say), "" if there is one form
	Name    string
	Offset  int // in bits from the layer's first byte
	Bits    int // width; 0: the rest of the header
	Kind    Kind
	Meaning string

	rule  rule
	def   uint64
	words *words
	alias bool // another view of bits that other fields hold: read and set, not printed
}

// form is one shape of a layer's header.
type form struct {
	name   string // the bare word that chooses it, "" for none
	lead   uint64 // value of the layer's lead field
	any    bool   // stands for every lead value that no other form has
	size   int    // bytes, without a field that is the rest of the header
	fields []Field
	order  []uint8 // the order in which fields are printed
	tail   *Field  // the field that is the rest of the header, or nil
}

// spec is a layer's row in the table of all layers.
type spec struct {
	layer  Layer
	about  string
	lead   int      // index of the lead field in every form, -1 for none
	types  []uint16 // EtherTypes that announce it, the usual one first
	title  string   // how a summary writes those types
	number protocol // what IP calls it by
	forms  []form
}

// field starts a row of the table; its offset follows from the rows before it.
func field(name string, bits int, k Kind, meaning string) Field {
	return Field{Name: name, Bits: bits, Kind: k, Meaning: meaning}
}

// or gives the field the constant value it should hold.
func (f Field) or(v uint64) Field { f.rule, f.def = constant, v; return f }

// dflt gives a field that is always printed a value for when it is left out.
func (f Field) dflt(v uint64) Field { f.def = v; return f }

// by gives the field the rule its value follows from.
func (f Field) by(r rule) Field { f.rule = r; return f }

// named gives values of the field names.
func (f Field) named(w *words) Field { f.words = w; return f }

// also makes the field another view of bits at the given offset.
func (f Field) also(offset int) Field { f.alias, f.Offset = true, offset; return f }

// finish fills in what follows from the rows: offsets, sizes, order.
func (s *spec) finish() {
	for i := range s.forms {
		s.forms[i].finish(s.layer)
	}
}

func (m *form) finish(l Layer) {
	at := 0
	for i := range m.fields {
		f := &m.fields[i]
		f.Layer, f.Form = l, m.name
		if !f.alias {
			f.Offset = at
			at += f.Bits
		}
		if f.Kind >= Options4 {
			m.tail = f
		}
	}
	m.size = at / 8
	for _, first := range []bool{true, false} {
		for i := range m.fields {
			if f := &m.fields[i]; !f.alias && (f.rule == always && f.Kind < Options4) == first {
				m.order = append(m.order, uint8(i))
			}
		}
	}
}

// lookup is the form for a lead value, given the bytes there are: the first
// that has it and fits, else the one that stands for any.
func (s *spec) lookup(lead uint64, avail int) uint8 {
	for i := range s.forms {
		if m := &s.forms[i]; m.any || (m.lead == lead && m.size <= avail) {
			return uint8(i)
		}
	}
	return uint8(len(s.forms) - 1)
}

// getBits is the n bits (1 to 64) that start at the given bit of b. The bits
// must lie within b and, unless aligned to bytes, within 8 bytes.
func getBits(b []byte, bit, n int) uint64 {
	i := bit >> 3
	if len(b)-i >= 8 {
		return binary.BigEndian.Uint64(b[i:]) << (bit & 7) >> (64 - n)
	}
	var v uint64
	last := (bit + n - 1) >> 3
	for ; i <= last; i++ {
		v = v<<8 | uint64(b[i])
	}
	return v >> (7 - (bit+n-1)&7) & (1<<n - 1)
}

// putBits sets the n bits (1 to 64) that start at the given bit of b, under
// the conditions of getBits.
func putBits(b []byte, bit, n int, v uint64) {
	last := bit + n - 1
	shift := 7 - last&7
	for i := last >> 3; i >= bit>>3; i-- {
		mask := byte(0xff)
		if i == last>>3 {
			mask = 0xff << shift
		}
		if i == bit>>3 {
			mask &= 0xff >> (bit & 7)
		}
		b[i] = b[i]&^mask | byte(v<<shift)&mask
		v >>= 8 - shift
		shift = 0
	}
}

// get is the field's value in a header that starts at byte off of b; of an
// IPv6 address the lower half.
func (f *Field) get(b []byte, off int) uint64 {
	if f.Bits > 64 {
		return binary.BigEndian.Uint64(b[off+f.Offset/8+8:])
	}
	return getBits(b, off*8+f.Offset, f.Bits)
}
