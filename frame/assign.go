package frame

import "math/bits"

// assign takes one word: a flag, the name of a form or lead value, or
// name=value.
func (p *parser) assign(s *spec, n uint8, tok token) bool {
	m := &s.forms[n]
	name, value, has := cutByte(p.text(tok), '=')
	if !has {
		return p.bare(s, n, tok)
	}
	f := m.field(name)
	if f == nil {
		return p.fail(token{tok.start, tok.start + len(name)}, unknown("field", name, m.names())+m.hint(s, n))
	}
	at := token{tok.start + len(name) + 1, tok.end}
	if f.Bits == 0 {
		return p.mark(len(p.first.Parts)-1, f, at) && p.restField(f, at)
	}
	return p.value(s, m, f, value, at)
}

// hint lists a form's fields for a message.
func (m *form) hint(s *spec, n uint8) string {
	out := "; " + s.layer.String()
	if m.name != "" {
		out += " " + m.name
	}
	out += " has"
	for _, name := range m.names() {
		out += " " + name
	}
	return out
}

// names are the names of the form's fields.
func (m *form) names() []string {
	names := make([]string, len(m.fields))
	for i := range m.fields {
		names[i] = m.fields[i].Name
	}
	return names
}

// bare takes a word without value.
func (p *parser) bare(s *spec, n uint8, tok token) bool {
	m := &s.forms[n]
	word := p.text(tok)
	if word == m.name {
		return true
	}
	if f := m.field(word); f != nil {
		if f.Kind == Flag {
			return p.put(f, 1, tok)
		}
		return p.fail(tok, "field "+word+" needs a value: "+word+"=...")
	}
	if s.lead >= 0 {
		f := &m.fields[s.lead]
		if v, ok := f.words.under(0).value(word); ok {
			return p.put(f, v, tok)
		}
	}
	return p.fail(tok, unknown("word", word, s.bareWords(n))+m.hint(s, n))
}

// bareWords are the words that may stand alone in a layer of this form.
func (s *spec) bareWords(n uint8) []string {
	names := s.kinds()
	m := &s.forms[n]
	for i := range m.fields {
		if m.fields[i].Kind == Flag {
			names = append(names, m.fields[i].Name)
		}
	}
	return names
}

// kinds are the words that choose a form, or a value of the lead field.
func (s *spec) kinds() (names []string) {
	for i := range s.forms {
		if s.forms[i].name != "" {
			names = append(names, s.forms[i].name)
		}
	}
	if s.lead < 0 {
		return names
	}
	if w := s.forms[0].fields[s.lead].words.under(0); w != nil {
		for i := range w.list {
			names = append(names, w.list[i].name)
		}
	}
	return names
}

// put sets a field of the last part and notes that it is given.
func (p *parser) put(f *Field, v uint64, at token) bool {
	d := &p.first
	i := len(d.Parts) - 1
	putBits(d.Bytes, d.Parts[i].Offset*8+f.Offset, f.Bits, v)
	return p.mark(i, f, at)
}

// mark notes that a field is given, and with it those that share its bits. It
// fails if the field was, itself or as part of another.
func (p *parser) mark(i int, f *Field, at token) bool {
	from, to := f.Offset, f.Offset+f.Bits
	if from < 0 { // the header before holds it
		i--
		prev := p.first.Parts[i]
		from, to = from+prev.Length*8, to+prev.Length*8
	}
	part := p.first.Parts[i]
	m := &table[part.Layer].forms[part.form]
	for j := range m.fields {
		g := &m.fields[j]
		if g != f && (g.Offset >= to || g.Offset+g.Bits <= from) {
			continue
		}
		if p.given[i]>>j&1 != 0 && (g == f || f.Offset < 0) {
			return p.fail(at, p.twice(i, f, from, to))
		}
		p.given[i] |= 1 << j
		if g == f {
			p.named[i] |= 1 << j
		}
	}
	return true
}

// twice says what a field of part i that is given already was given as: itself, or
// another view of its bits.
func (p *parser) twice(i int, f *Field, from, to int) string {
	part := p.first.Parts[i]
	m := &table[part.Layer].forms[part.form]
	for j := range m.fields {
		g := &m.fields[j]
		if p.named[i]>>j&1 != 0 && g.Name != f.Name && g.Offset < to && g.Offset+g.Bits > from {
			return g.Name + " and " + f.Name + " share bits: give one"
		}
	}
	return f.Name + " is given twice"
}

// largest is the largest value of n bits.
func largest(n int) uint64 { return 1<<(n-1)<<1 - 1 }

// fitsBits says whether v fits n bits.
func fitsBits(v uint64, n int) bool { return bits.Len64(v) <= n }
