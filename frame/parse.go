package frame

// token is one word of a notation: s[start:end].
type token struct{ start, end int }

// parser reads one notation into a template.
type parser struct {
	*Template
	s   string
	err *SyntaxError
}

// Parse reads notation into t, whose memory it uses again. An error is always
// a [*SyntaxError]; t then holds nothing of use.
func (t *Template) Parse(notation string) error {
	t.first.Bytes, t.first.Parts = t.first.Bytes[:0], t.first.Parts[:0]
	t.named = t.named[:0]
	t.given, t.vary, t.sums, t.noise = t.given[:0], t.vary[:0], t.sums[:0], t.noise[:0]
	t.seed, t.counter, t.padded, t.raw = 0, false, false, false
	p := parser{Template: t, s: notation}
	if p.frame() {
		p.finish()
	}
	if p.err != nil {
		return p.err
	}
	return nil
}

func (p *parser) fail(tok token, problem string) bool {
	if p.err == nil {
		p.err = &SyntaxError{Notation: p.s, Offset: tok.start, Length: tok.end - tok.start, Problem: problem}
	}
	return false
}

func (p *parser) text(tok token) string { return p.s[tok.start:tok.end] }

// frame reads all layers.
func (p *parser) frame() bool {
	for at, first := 0, true; ; first = false {
		var more, ok bool
		if at, more, ok = p.words(at); !ok {
			return false
		}
		if len(p.tokens) == 0 {
			return p.fail(token{at, at}, "a layer's name is missing: eth, vlan, ipv4 and so on")
		}
		if len(p.first.Parts) >= maxWritten {
			return p.fail(p.tokens[0], "too many layers: 256 are the most")
		}
		if !p.layer(first) {
			return false
		}
		if len(p.first.Bytes) > maxBuilt {
			return p.fail(p.tokens[0], "the frame is longer than 1 MiB")
		}
		if !more {
			return true
		}
	}
}

// maxWritten bounds the layers of notation. It leaves room for what a decoded
// frame has behind its last layer: data, and what packets within packets leave
// over.
const maxWritten = 2 * maxParts

// maxBuilt bounds the frames built, in bytes: none that large can be sent.
const maxBuilt = 1 << 20

// words collects the words up to the next separator. It returns where to go
// on and whether there was a separator.
func (p *parser) words(at int) (next int, more, ok bool) {
	p.tokens = p.tokens[:0]
	for {
		for at < len(p.s) && isSpace(p.s[at]) {
			at++
		}
		if at == len(p.s) {
			return at, false, true
		}
		tok := token{start: at}
		for quoted := false; at < len(p.s) && (quoted || !isSpace(p.s[at])); at++ {
			switch {
			case p.s[at] == '"':
				quoted = !quoted
			case quoted && p.s[at] == '\\':
				at++
			}
		}
		tok.end = min(at, len(p.s))
		at = tok.end
		if p.text(tok) == "/" {
			if len(p.tokens) == 0 {
				return at, false, p.fail(tok, "a layer's name is missing before /")
			}
			return at, true, true
		}
		p.tokens = append(p.tokens, tok)
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// layer builds the layer whose words were collected.
func (p *parser) layer(first bool) bool {
	name := p.text(p.tokens[0])
	if ok, is := p.data(name); is {
		p.raw = p.raw || first
		return ok
	}
	l, ok := layerNamed(name)
	if !ok || table[l] == nil {
		return p.fail(p.tokens[0], unknown("layer", name, LayerNames()))
	}
	if p.padded {
		return p.fail(p.tokens[0], "nothing can follow the trailer")
	}
	if first && l != LayerEth {
		p.add(LayerEth, 0)
	}
	if p.raw {
		return p.fail(p.tokens[0], "a frame that starts with data has no layers")
	}
	s := table[l]
	n, ok := p.form(s)
	if !ok {
		return false
	}
	p.add(l, n)
	p.rest = p.rest[:0]
	for _, tok := range p.tokens[1:] {
		if !p.assign(s, n, tok) {
			return false
		}
	}
	return p.addRest(l, &s.forms[n])
}

// unknown is what to say of a name that does not exist.
func unknown(what, name string, names []string) string {
	m := "unknown " + what + " " + quote(name)
	if n := nearest(name, names); n != "" {
		m += ": did you mean " + n + "?"
	}
	return m
}

// add adds a layer's header with the values its fields have by themselves.
func (p *parser) add(l Layer, n uint8) {
	d := &p.first
	m := &table[l].forms[n]
	off := len(d.Bytes)
	d.Bytes = append(d.Bytes, zeroHeader[:m.size]...)
	for i := range m.fields {
		if f := &m.fields[i]; f.def != 0 && !f.alias && f.Bits <= 64 {
			putBits(d.Bytes, off*8+f.Offset, f.Bits, f.def)
		}
	}
	if s := table[l]; s.lead >= 0 && !m.any {
		f := &m.fields[s.lead]
		putBits(d.Bytes, off*8+f.Offset, f.Bits, m.lead)
	}
	p.addPart(Part{Layer: l, form: n, Offset: off, Length: m.size, end: -1})
}

func (p *parser) addPart(part Part) {
	p.first.Parts = append(p.first.Parts, part)
	p.given, p.named = append(p.given, 0), append(p.named, 0)
}

var zeroHeader [64]byte

// form chooses the form of the layer: by its name, or by the lead field.
func (p *parser) form(s *spec) (n uint8, ok bool) {
	for _, tok := range p.tokens[1:] {
		word, value, has := cutByte(p.text(tok), '=')
		if !has {
			for i := range s.forms {
				if s.forms[i].name == word && word != "" {
					return uint8(i), true
				}
			}
		}
		if s.lead < 0 {
			continue
		}
		f := &s.forms[0].fields[s.lead]
		w := f.words.under(0)
		switch {
		case has && word == f.Name:
			v, ok := w.value(value)
			if !ok {
				v, ok = parseUint(value)
			}
			if ok {
				n = s.lookup(v, maxBuilt)
			}
		case !has && !s.hasFlag(word):
			if v, ok := w.value(word); ok {
				n = s.lookup(v, maxBuilt)
			}
		}
	}
	return n, true
}

// hasFlag says whether some form has a flag of that name.
func (s *spec) hasFlag(name string) bool {
	for i := range s.forms {
		if f := s.forms[i].field(name); f != nil && f.Kind == Flag {
			return true
		}
	}
	return false
}

// field is the form's field of that name, or nil.
func (m *form) field(name string) *Field {
	for i := range m.fields {
		if m.fields[i].Name == name {
			return &m.fields[i]
		}
	}
	return nil
}
