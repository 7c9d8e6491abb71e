package frame

import (
	"encoding/binary"
	"strconv"
	"strings"

	"eterm/frame/ether"
)

// value sets a field of fixed width from its text, which may say how it
// varies.
func (p *parser) value(s *spec, m *form, f *Field, text string, at token) bool {
	part := &p.first.Parts[len(p.first.Parts)-1]
	if f.Offset < 0 && !p.afterTag() {
		return p.fail(at, "tpid needs eth, vlan or svlan before it")
	}
	lead := uint64(0)
	if s.lead >= 0 {
		lead = m.fields[s.lead].get(p.first.Bytes, part.Offset)
	}
	if text == "random" || strings.HasPrefix(text, "random:") || strings.Contains(text, "..") || strings.IndexByte(text, ',') >= 0 {
		return p.varied(f, lead, text, at)
	}
	if f.Kind == IP6 {
		b, ok := parseIP6(text)
		if !ok {
			return p.fail(at, quote(text)+" is no IPv6 address")
		}
		copy(p.first.Bytes[part.Offset+f.Offset/8:], b[:])
		return p.mark(len(p.first.Parts)-1, f, at)
	}
	v, problem := f.read(text, lead)
	if problem != "" {
		return p.fail(at, problem)
	}
	return p.put(f, v, at)
}

// afterTag says whether the layer before the last ends with an EtherType.
func (p *parser) afterTag() bool {
	n := len(p.first.Parts)
	return n >= 2 && p.first.Parts[n-2].Layer >= LayerEth && p.first.Parts[n-2].Layer <= LayerSVLAN
}

// read reads one value of a field that is no IPv6 address. The problem is ""
// if it could.
func (f *Field) read(text string, lead uint64) (v uint64, problem string) {
	var ok bool
	switch f.Kind {
	case MAC:
		a, err := ether.ParseAddr(text)
		if err != nil {
			return 0, quote(text) + " is no address: " + err.Error()
		}
		return a.Uint64(), ""
	case IP4:
		if v, ok = parseIP4(text); !ok {
			return 0, quote(text) + " is no IPv4 address"
		}
		return v, ""
	}
	w := f.words.under(lead)
	if v, ok = parseUint(text); !ok {
		if v, ok = w.value(text); !ok {
			return 0, quote(text) + " is no value for " + f.Name + f.accepts(w)
		}
	}
	if !fitsBits(v, f.Bits) {
		return 0, text + " is too large for " + f.Name + f.accepts(w)
	}
	return v, ""
}

// accepts says what values a field takes, for a message.
func (f *Field) accepts(w *words) string {
	m := ": 0 to " + strconv.FormatUint(largest(f.Bits), 10)
	if w == nil || len(w.list) == 0 {
		return m
	}
	m += ", or"
	for i := range w.list {
		if i == 12 {
			return m + " and others"
		}
		m += " " + w.list[i].name
	}
	return m
}

// restField reads the field that is the rest of its header into p.rest.
func (p *parser) restField(f *Field, at token) bool {
	text := p.text(at)
	var problem string
	switch f.Kind {
	case Bytes:
		return p.byteString(at)
	case List4, List6:
		return p.addresses(f, at)
	}
	var off int
	p.rest, off, problem = optionsOf[f.Kind].build(p.rest, text)
	if problem != "" {
		return p.fail(token{at.start + off, at.end}, problem)
	}
	return true
}

func (p *parser) addresses(f *Field, at token) bool {
	text, more := p.text(at), true
	for more {
		var one string
		one, text, more = cutByte(text, ',')
		if f.Kind == List4 {
			v, ok := parseIP4(one)
			if !ok {
				return p.fail(at, quote(one)+" is no IPv4 address")
			}
			p.rest = binary.BigEndian.AppendUint32(p.rest, uint32(v))
			continue
		}
		b, ok := parseIP6(one)
		if !ok {
			return p.fail(at, quote(one)+" is no IPv6 address")
		}
		p.rest = append(p.rest, b[:]...)
	}
	return true
}

// byteString reads text in quotes, 0x and hex digits, or a bare word into
// p.rest.
func (p *parser) byteString(at token) bool {
	text := p.text(at)
	var problem string
	switch {
	case strings.HasPrefix(text, "\""):
		p.rest, problem = appendUnquoted(p.rest, text)
	case strings.HasPrefix(text, "0x"):
		p.rest, problem = appendUnhex(p.rest, text[2:], ":")
	default:
		p.rest = append(p.rest, text...)
	}
	if problem != "" {
		return p.fail(at, problem)
	}
	return true
}

// appendUnquoted appends what text in quotes stands for.
func appendUnquoted(dst []byte, s string) ([]byte, string) {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			if i != len(s)-1 {
				return dst, "text goes on behind its closing quote"
			}
			return dst, ""
		case c != '\\':
			dst = append(dst, c)
		case i+1 == len(s):
		default:
			i++
			if n := strings.IndexByte(`nrt\"`, s[i]); n >= 0 {
				dst = append(dst, "\n\r\t\\\""[n])
			} else if s[i] == 'x' && i+2 < len(s) && ether.HexDigit(s[i+1]) < 16 && ether.HexDigit(s[i+2]) < 16 {
				dst = append(dst, ether.HexDigit(s[i+1])<<4|ether.HexDigit(s[i+2]))
				i += 2
			} else {
				return dst, `unknown escape: known are \" \\ \n \r \t \xNN`
			}
		}
	}
	return dst, "the closing quote is missing"
}

// addRest adds what was collected for the rest of the last part's header.
func (p *parser) addRest(l Layer, m *form) bool {
	if m.tail == nil {
		return true
	}
	part := &p.first.Parts[len(p.first.Parts)-1]
	rest := p.rest
	if len(rest) == 0 && m.tail.Kind == Options6 {
		rest = append(rest, optionsOf[Options6].pad(0)...)
	}
	part.Length += len(rest)
	unit := 1
	switch l {
	case LayerRouting, LayerND:
		unit = 8
	case LayerAH:
		unit = 4
	}
	p.first.Bytes = append(p.first.Bytes, rest...)
	for ; part.Length%unit != 0; part.Length++ {
		p.first.Bytes = append(p.first.Bytes, 0)
	}
	return true
}
