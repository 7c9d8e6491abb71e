package frame

import "strconv"

// data builds the layer whose first word makes bytes; is is false for any
// other word.
func (p *parser) data(word string) (ok, is bool) {
	switch word {
	case "hex":
		return p.hexData(), true
	case "text":
		return p.textData(), true
	case "zeros":
		return p.pattern(nil), true
	case "count":
		return p.pattern(countUp), true
	case "random":
		return p.randomData(), true
	case "pad":
		return p.pad(), true
	case "trailer":
		return p.trailer(), true
	case "surplus":
		return p.surplus(), true
	}
	return false, false
}

func countUp(b []byte) {
	for i := range b {
		b[i] = byte(i)
	}
}

// addBytes makes a part of the bytes added since from.
func (p *parser) addBytes(l Layer, from int) bool {
	if p.padded && l != LayerTrailer {
		return p.fail(p.tokens[0], "nothing can follow the trailer")
	}
	if n := len(p.first.Bytes) - from; n > 0 {
		p.addPart(Part{Layer: l, Offset: from, Length: n, end: -1})
	}
	return true
}

// digits reads the words from the given one on as hex digits.
func (p *parser) digits(tokens []token) bool {
	for _, tok := range tokens {
		text := p.text(tok)
		if len(text) > 2 && text[:2] == "0x" {
			text = text[2:]
		}
		var problem string
		if p.first.Bytes, problem = appendUnhex(p.first.Bytes, text, ":"); problem != "" {
			return p.fail(tok, problem)
		}
	}
	return true
}

func (p *parser) hexData() bool {
	from := len(p.first.Bytes)
	return p.digits(p.tokens[1:]) && p.addBytes(LayerData, from)
}

func (p *parser) textData() bool {
	from := len(p.first.Bytes)
	for i, tok := range p.tokens[1:] {
		if i > 0 {
			p.first.Bytes = append(p.first.Bytes, ' ')
		}
		text := p.text(tok)
		if text[0] != '"' {
			p.first.Bytes = append(p.first.Bytes, text...)
			continue
		}
		var problem string
		if p.first.Bytes, problem = appendUnquoted(p.first.Bytes, text); problem != "" {
			return p.fail(tok, problem)
		}
	}
	return p.addBytes(LayerData, from)
}

// number reads the one number that follows the layer's word.
func (p *parser) number() (int, bool) {
	if len(p.tokens) != 2 {
		return 0, p.fail(p.tokens[len(p.tokens)-1], p.text(p.tokens[0])+" takes one number of bytes")
	}
	n, ok := parseUint(p.text(p.tokens[1]))
	if !ok || n > maxBuilt {
		return 0, p.fail(p.tokens[1], quote(p.text(p.tokens[1]))+" is no number of bytes from 0 to "+strconv.Itoa(maxBuilt))
	}
	return int(n), true
}

func (p *parser) pattern(fill func([]byte)) bool {
	n, ok := p.number()
	if !ok {
		return false
	}
	from := len(p.first.Bytes)
	p.first.Bytes = append(p.first.Bytes, make([]byte, n)...)
	if fill != nil {
		fill(p.first.Bytes[from:])
	}
	return p.addBytes(LayerData, from)
}

func (p *parser) randomData() bool {
	from := len(p.first.Bytes)
	if !p.pattern(nil) {
		return false
	}
	if n := len(p.first.Bytes) - from; n > 0 {
		p.noise = append(p.noise, span{from, n})
	}
	return true
}

// pad ends the frame with zeros, or, with 0, without any.
func (p *parser) pad() bool {
	n, ok := p.number()
	if !ok || !p.endAll() {
		return false
	}
	from := len(p.first.Bytes)
	p.first.Bytes = append(p.first.Bytes, make([]byte, n)...)
	return p.addBytes(LayerTrailer, from)
}

// trailer ends the frame with bytes behind all packets.
func (p *parser) trailer() bool {
	from := len(p.first.Bytes)
	return p.endAll() && p.digits(p.tokens[1:]) && p.addBytes(LayerTrailer, from)
}

// endAll ends every packet where the frame now ends.
func (p *parser) endAll() bool {
	if p.padded {
		return p.fail(p.tokens[0], "nothing can follow the trailer")
	}
	p.padded = true
	p.endFrom(0)
	return true
}

// endFrom ends the parts from i on that have not ended.
func (p *parser) endFrom(i int) {
	for ; i < len(p.first.Parts); i++ {
		if part := &p.first.Parts[i]; part.end < 0 {
			part.end = len(p.first.Bytes)
		}
	}
}

// surplus ends the innermost packet (or as many as ends= says) and adds bytes
// behind it, within the packet around.
func (p *parser) surplus() bool {
	ends := uint64(1)
	words := p.tokens[1:]
	if len(words) > 0 {
		if name, value, has := cutByte(p.text(words[0]), '='); has && name == "ends" {
			var ok bool
			if ends, ok = parseUint(value); !ok || ends == 0 || ends > maxNest {
				return p.fail(words[0], quote(value)+" is no number of packets from 1 to 16")
			}
			words = words[1:]
		}
	}
	for i, left := len(p.first.Parts)-1, ends; ; i-- {
		if i < 0 {
			return p.fail(p.tokens[0], "surplus ends more packets (ipv4, ipv6, udp) than there are")
		}
		if part := &p.first.Parts[i]; part.end >= 0 || !part.Layer.statesLength() {
			continue
		}
		if left--; left == 0 {
			p.endFrom(i)
			break
		}
	}
	from := len(p.first.Bytes)
	if !p.digits(words) || !p.addBytes(LayerSurplus, from) {
		return false
	}
	if n := len(p.first.Parts) - 1; p.first.Parts[n].Layer == LayerSurplus {
		p.first.Parts[n].form = uint8(ends)
	}
	return true
}

// statesLength says whether the layer's own length field may end it before
// the layer around it.
func (l Layer) statesLength() bool {
	return l == LayerIPv4 || l == LayerIPv6 || l == LayerUDP
}
