package frame

import (
	"encoding/binary"
	"strconv"
)

// optionStyle is how a protocol writes the options of its header.
type optionStyle struct {
	before int // bytes of the header that count towards its unit before the options
	unit   int // the header is a multiple of so many bytes
	own    int // 2 if an option's length counts its type and length bytes, else 0
	single func(kind byte) bool
	end    bool // type 0 ends the list
	names  []option
}

// option is one kind of option and how its value is written.
type option struct {
	kind  byte
	name  string
	width []int // bytes of each number; the last repeats if more is set
	more  bool
	addrs bool // one byte, then IPv4 addresses
}

var optionsOf = [List4]*optionStyle{
	Options4: {unit: 4, own: 2, end: true, single: func(k byte) bool { return k == 1 }, names: []option{
		{kind: 1, name: "nop"}, {kind: 7, name: "record-route", addrs: true}, {kind: 131, name: "loose-route", addrs: true},
		{kind: 137, name: "strict-route", addrs: true}, {kind: 148, name: "router-alert", width: []int{2}},
		{kind: 68, name: "timestamp", width: []int{1, 1, 4}, more: true},
	}},
	OptionsT: {unit: 4, own: 2, end: true, single: func(k byte) bool { return k == 1 }, names: []option{
		{kind: 1, name: "nop"}, {kind: 2, name: "mss", width: []int{2}}, {kind: 3, name: "wscale", width: []int{1}},
		{kind: 4, name: "sack-ok"}, {kind: 5, name: "sack", width: []int{4}, more: true},
		{kind: 8, name: "ts", width: []int{4, 4}}, {kind: 28, name: "user-timeout", width: []int{2}},
	}},
	Options6: {before: 2, unit: 8, single: func(k byte) bool { return k == 0 }, names: []option{
		{kind: 0, name: "pad1"}, {kind: 4, name: "tunnel-limit", width: []int{1}},
		{kind: 5, name: "router-alert", width: []int{2}}, {kind: 194, name: "jumbo", width: []int{4}},
	}},
}

// pad is what fills the header up behind e bytes of options.
func (s *optionStyle) pad(e int) []byte {
	n := (s.unit - (s.before+e)%s.unit) % s.unit
	if s.end || n < 2 {
		return zeros8[:n]
	}
	return padN[n-2][:n]
}

var zeros8 [8]byte

// padN are the IPv6 padding options of 2 to 7 bytes (RFC 8200, 4.2).
var padN = [6][7]byte{{1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {1, 5}}

// next is the length of the option at the start of b, 0 where there is none.
func (s *optionStyle) next(b []byte) int {
	switch {
	case len(b) == 0 || s.end && b[0] == 0:
		return 0
	case s.single(b[0]):
		return 1
	case len(b) < 2 || int(b[1]) < s.own:
		return 0
	}
	if n := int(b[1]) + 2 - s.own; n <= len(b) {
		return n
	}
	return 0
}

// padding is the end of the options b that building them adds by itself.
func (s *optionStyle) padding(b []byte) []byte {
	for e := 0; ; {
		if pad := s.pad(e); string(pad) == string(b[e:]) {
			return b[e:]
		}
		n := s.next(b[e:])
		if n == 0 {
			return nil
		}
		e += n
	}
}

// append appends options as text: name:value, with commas between. What is no
// option is raw: and its bytes.
func (s *optionStyle) append(dst, b []byte) []byte {
	b = b[:len(b)-len(s.padding(b))]
	for len(b) > 0 {
		n := s.next(b)
		if n == 0 {
			return appendHex(append(dst, "raw:"...), b)
		}
		dst = s.appendOne(dst, b[:n])
		if b = b[n:]; len(b) > 0 {
			dst = append(dst, ',')
		}
	}
	return dst
}

func (s *optionStyle) appendOne(dst, b []byte) []byte {
	for i := range s.names {
		o := &s.names[i]
		if o.kind != b[0] {
			continue
		}
		if len(b) == 1 {
			return append(dst, o.name...)
		}
		if o.fits(len(b) - 2) {
			return o.append(append(dst, o.name...), b[2:])
		}
	}
	dst = appendInt(dst, int(b[0]))
	if len(b) > 2 {
		dst = appendHex(append(dst, ':'), b[2:])
	}
	return dst
}

// fits says whether a value of n bytes is what the option's name stands for.
func (o *option) fits(n int) bool {
	if o.addrs {
		return n >= 1 && n%4 == 1
	}
	sum := 0
	for _, w := range o.width {
		sum += w
	}
	if o.more {
		return n >= sum && (n-sum)%o.width[len(o.width)-1] == 0
	}
	return n == sum
}

// widthAt is the width of the value's number i, 0 behind the last.
func (o *option) widthAt(i int) int {
	switch {
	case o.addrs && i == 0:
		return 1
	case o.addrs:
		return 4
	case i < len(o.width):
		return o.width[i]
	case o.more:
		return o.width[len(o.width)-1]
	}
	return 0
}

func (o *option) append(dst, v []byte) []byte {
	for i := 0; len(v) > 0; i++ {
		w := o.widthAt(i)
		n := getBits(v, 0, 8*w)
		dst = append(dst, ':')
		if o.addrs && i > 0 {
			dst = appendIP4(dst, n)
		} else {
			dst = strconv.AppendUint(dst, n, 10)
		}
		v = v[w:]
	}
	return dst
}

// build appends the bytes of options written as text. On failure it returns
// the place in the text and what is wrong there.
func (s *optionStyle) build(dst []byte, text string) (out []byte, at int, problem string) {
	start := len(dst)
	for pos := 0; pos < len(text); {
		end := pos
		for end < len(text) && text[end] != ',' {
			end++
		}
		if dst, problem = s.buildOne(dst, text[pos:end]); problem != "" {
			return dst, pos, problem
		}
		pos = end + 1
	}
	return append(dst, s.pad(len(dst)-start)...), 0, ""
}

func (s *optionStyle) buildOne(dst []byte, text string) ([]byte, string) {
	name, value, has := cutByte(text, ':')
	if name == "raw" {
		return appendUnhex(dst, value, "")
	}
	for i := range s.names {
		if s.names[i].name == name {
			return s.names[i].build(dst, s, value, has)
		}
	}
	kind, ok := parseUint(name)
	if !ok || kind > 255 {
		return dst, "unknown option " + quote(name) + ": known are " + s.known()
	}
	at := len(dst)
	dst, problem := appendUnhex(append(dst, byte(kind), 0), value, "")
	if problem == "" && len(dst)-at > 255 {
		problem = "option is longer than 255 bytes"
	}
	dst[at+1] = byte(len(dst) - at - 2 + s.own)
	return dst, problem
}

func (s *optionStyle) known() string {
	var b []byte
	for i := range s.names {
		b = append(append(b, s.names[i].name...), ", "...)
	}
	return string(append(b, "a number, raw"...))
}

func (o *option) build(dst []byte, s *optionStyle, value string, has bool) ([]byte, string) {
	dst = append(dst, o.kind)
	if s.single(o.kind) {
		if has {
			return dst, quote(o.name) + " takes no value"
		}
		return dst, ""
	}
	at := len(dst)
	dst = append(dst, 0)
	for i := 0; has; i++ {
		var one string
		one, value, has = cutByte(value, ':')
		w := o.widthAt(i)
		n, ok := parseUint(one)
		if o.addrs && i > 0 {
			n, ok = parseIP4(one)
		}
		if !ok || w == 0 || n>>(8*w) != 0 {
			return dst, quote(one) + " is no value for " + o.name
		}
		dst = binary.BigEndian.AppendUint64(dst, n<<(64-8*w))
		dst = dst[:len(dst)-8+w]
	}
	n := len(dst) - at - 1
	dst[at] = byte(n + s.own)
	if !o.fits(n) || n+s.own > 255 {
		return dst, quote(o.name) + " has too few or too many values"
	}
	return dst, ""
}
