package frame

// Difference is one thing in which two frames differ.
type Difference struct {
	Layer   Layer
	Field   string // "" if one frame has the layer and the other has not
	A, B    string // the values, or the layer as notation; "" where there is none
	OffsetA int    // in bytes from the start of frame A, -1 where there is none
	OffsetB int
}

// Diff compares two frames layer by layer and field by field, in the order of
// the frames. Layers that only one of them has (a tag that was put on) are one
// difference each; all others are compared with their like.
func Diff(a, b *Decoded) []Difference {
	var out []Difference
	for _, m := range align(a, b) {
		switch {
		case m.b < 0:
			p := &a.Parts[m.a]
			out = append(out, Difference{p.Layer, "", a.layerText(m.a), "", p.Offset, -1})
		case m.a < 0:
			p := &b.Parts[m.b]
			out = append(out, Difference{p.Layer, "", "", b.layerText(m.b), -1, p.Offset})
		default:
			out = diffParts(out, a, b, m)
		}
	}
	return out
}

func (d *Decoded) layerText(i int) string {
	return string(d.appendLayer(nil, i, d.Parts[i].bytes(d.Bytes)))
}

// match is a pair of parts that stand for one another, -1 for none.
type match struct{ a, b int }

// align pairs the layers of two frames: the longest sequence of like layers
// both have, and of several as long the one with most that are equal, so that of
// two tags the one that was taken off is the one that is missing.
func align(a, b *Decoded) []match {
	n, m := len(a.Parts), len(b.Parts)
	const like, equal = 1 << 12, 1 // more like layers outweigh all that may be equal
	score := func(i, j int) int32 {
		if string(a.Parts[i].bytes(a.Bytes)) == string(b.Parts[j].bytes(b.Bytes)) {
			return like + equal
		}
		return like
	}
	longest := make([]int32, (n+1)*(m+1)) // of what is left from (i, j) on
	at := func(i, j int) *int32 { return &longest[i*(m+1)+j] }
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			*at(i, j) = max(*at(i+1, j), *at(i, j+1))
			if a.Parts[i].Layer == b.Parts[j].Layer {
				*at(i, j) = max(*at(i, j), *at(i+1, j+1)+score(i, j))
			}
		}
	}
	var out []match
	i, j := 0, 0
	for i < n || j < m {
		switch {
		case i < n && j < m && a.Parts[i].Layer == b.Parts[j].Layer && *at(i, j) == *at(i+1, j+1)+score(i, j):
			out = append(out, match{i, j})
			i, j = i+1, j+1
		case j == m || i < n && *at(i+1, j) >= *at(i, j+1):
			out = append(out, match{i, -1})
			i++
		default:
			out = append(out, match{-1, j})
			j++
		}
	}
	return out
}

// diffParts compares two like layers.
func diffParts(out []Difference, a, b *Decoded, m match) []Difference {
	p, q := &a.Parts[m.a], &b.Parts[m.b]
	x, y := p.bytes(a.Bytes), q.bytes(b.Bytes)
	if string(x) == string(y) {
		return out
	}
	s := table[p.Layer]
	if s == nil || p.form != q.form {
		name := "type"
		if s == nil {
			name = "bytes"
		}
		return append(out, Difference{p.Layer, name, a.layerText(m.a), b.layerText(m.b), p.Offset, q.Offset})
	}
	for i := range s.forms[p.form].fields {
		f := &s.forms[p.form].fields[i]
		if f.alias {
			continue
		}
		v, w := string(f.appendAny(nil, x)), string(f.appendAny(nil, y))
		if v != w {
			at := f.Offset / 8
			out = append(out, Difference{p.Layer, f.Name, v, w, p.Offset + at, q.Offset + at})
		}
	}
	return out
}

// appendAny appends the value of a field of any width in header h.
func (f *Field) appendAny(dst, h []byte) []byte {
	switch {
	case f.Bits == 0:
		return f.appendPlain(dst, h[f.Offset/8:])
	case f.Kind == IP6:
		return appendIP6(dst, h[f.Offset/8:f.Offset/8+16])
	}
	return f.appendValue(dst, f.get(h, 0))
}

// AppendDiff appends the bytes of two frames as rows of offset and hex, one
// below the other where they differ: "  " before rows both have, "- " before
// those of a, "+ " before those of b. Layers stand beside their like, so bytes
// that were put in or taken out show as such, and the layer's name stands at
// the end of its first row.
func AppendDiff(dst []byte, a, b *Decoded, o DumpOptions) []byte {
	for _, m := range align(a, b) {
		var x, y []byte
		var p, q Part
		if m.a >= 0 {
			p = a.Parts[m.a]
			x = p.bytes(a.Bytes)
		}
		if m.b >= 0 {
			q = b.Parts[m.b]
			y = q.bytes(b.Bytes)
		}
		name := max(p.Layer, q.Layer).String()
		for at := 0; at < max(len(x), len(y)); at += perRow {
			dst = appendDiffRow(dst, row(x, at), row(y, at), p.Offset+at, q.Offset+at, name, o.Color)
			name = ""
		}
	}
	return dst
}

// row is up to a row of bytes from at on, or none.
func row(b []byte, at int) []byte {
	at = min(at, len(b))
	return b[at:min(at+perRow, len(b))]
}

func appendDiffRow(dst, x, y []byte, atX, atY int, name string, color bool) []byte {
	if string(x) == string(y) {
		return append(appendName(appendRow(append(dst, "  "...), atX, x), name, len(x), color), '\n')
	}
	if len(x) > 0 {
		dst = appendMarked(dst, "- ", "\x1b[31m", x, atX, name, color)
	}
	if len(y) > 0 {
		dst = appendMarked(dst, "+ ", "\x1b[32m", y, atY, name, color)
	}
	return dst
}

func appendMarked(dst []byte, mark, paint string, b []byte, at int, name string, color bool) []byte {
	if color {
		dst = append(dst, paint...)
	}
	dst = appendRow(append(dst, mark...), at, b)
	if color {
		dst = append(dst, "\x1b[0m"...)
	}
	return append(appendName(dst, name, len(b), color), '\n')
}
