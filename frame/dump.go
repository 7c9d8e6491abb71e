package frame

// DumpOptions says how a dump looks.
type DumpOptions struct {
	Snap  int  // show no more than so many bytes of the frame; 0: all
	Color bool // mark layers and faults with ANSI colours
}

const (
	perRow   = 16
	asciiCol = 6 + 3*perRow + 1 + 1 // where the ASCII column of a row starts
)

// AppendDump appends the frame as rows of offset, hex and ASCII, as hexdump -C
// writes them. Each layer starts a row of its own and its name stands at the
// row's end. Faults follow, one a row, each starting with "# !": text2pcap and
// others take what begins with "#" for a comment, and other words for offsets and
// bytes where they look so. Only printable ASCII bytes are shown as they are. The
// layout is stable.
func (d *Decoded) AppendDump(dst []byte, o DumpOptions) []byte {
	limit := len(d.Bytes)
	if o.Snap > 0 && o.Snap < limit {
		limit = o.Snap
	}
	for i := range d.Parts {
		p := &d.Parts[i]
		name := p.Layer.String()
		for at := p.Offset; at < min(p.Offset+p.Length, limit); at += perRow {
			row := d.Bytes[at:min(at+perRow, p.Offset+p.Length, limit)]
			dst = appendRow(dst, at, row)
			if name != "" {
				dst = appendName(dst, name, len(row), o.Color)
				name = ""
			}
			dst = append(dst, '\n')
		}
	}
	if limit < len(d.Bytes) {
		dst = append(dst, "# ... "...)
		dst = appendInt(dst, len(d.Bytes)-limit)
		dst = append(dst, " more bytes\n"...)
	}
	for i := range d.Faults {
		if o.Color {
			dst = append(dst, "\x1b[31m"...)
		}
		dst = append(dst, "# ! "...)
		dst = d.Faults[i].Append(dst)
		if o.Color {
			dst = append(dst, "\x1b[0m"...)
		}
		dst = append(dst, '\n')
	}
	return dst
}

// appendName puts a layer's name behind the ASCII column of a row of n bytes.
func appendName(dst []byte, name string, n int, color bool) []byte {
	for ; n < perRow; n++ {
		dst = append(dst, ' ')
	}
	dst = append(dst, ' ', ' ')
	if !color {
		return append(dst, name...)
	}
	dst = append(dst, "\x1b[36m"...)
	dst = append(dst, name...)
	return append(dst, "\x1b[0m"...)
}

// appendRow appends one row of up to 16 bytes, without the end of line.
func appendRow(dst []byte, offset int, b []byte) []byte {
	if offset > 0xffff {
		dst = append(dst, hexDigits[offset>>16&15]) // beyond any Ethernet frame, not beyond a merged one
	}
	n := len(dst)
	dst = append(dst, rowBlank[:]...)
	row := (*[rowLen]byte)(dst[n:])
	copy(row[:2], hexOf[offset>>8&0xff][:2])
	copy(row[2:4], hexOf[offset&0xff][:2])
	at := 6
	for i, c := range b[:min(len(b), perRow)] {
		copy(row[at:at+4], hexOf[c][:])
		at += 3
		if i == 7 {
			at++
		}
		row[asciiCol+1+i] = shown[c]
	}
	row[asciiCol], row[asciiCol+1+len(b)] = '|', '|'
	return dst[:n+asciiCol+2+len(b)]
}

const rowLen = asciiCol + 2 + perRow

// rowBlank is a row of nothing, hexOf each byte in hex with the gap behind it,
// and shown each byte as the ASCII column has it. A row is put together from
// them because dumping is what a receiver spends its time on.
var (
	rowBlank = func() (b [rowLen]byte) {
		for i := range b {
			b[i] = ' '
		}
		return b
	}()
	hexOf = func() (t [256][4]byte) {
		for i := range t {
			t[i] = [4]byte{hexDigits[i>>4], hexDigits[i&15], ' ', ' '}
		}
		return t
	}()
	shown = func() (t [256]byte) {
		for i := range t {
			t[i] = '.'
			if printable(byte(i)) {
				t[i] = byte(i)
			}
		}
		return t
	}()
)

// Append appends the fault as one line without its end: field, offset, what is
// there, what should be, and the problem.
func (f *Fault) Append(dst []byte) []byte {
	dst = append(dst, f.Field...)
	dst = append(dst, " at "...)
	dst = appendInt(dst, f.Offset)
	dst = append(dst, ": "...)
	dst = append(dst, f.Problem...)
	dst = append(dst, ": "...)
	dst = append(dst, f.Got...)
	if f.Want != "" {
		dst = append(dst, ", should be "...)
		dst = append(dst, f.Want...)
	}
	return dst
}
