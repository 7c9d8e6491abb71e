package lab

import "bytes"

// maxLine bounds what is kept of a line without an end.
const maxLine = 64 << 10

// lineWriter cuts what is written to it into lines.
type lineWriter struct {
	line func([]byte)
	rest []byte
}

func (w *lineWriter) Write(b []byte) (int, error) {
	n := len(b)
	for {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			break
		}
		w.rest = append(w.rest, b[:i]...)
		w.line(w.rest)
		w.rest = w.rest[:0]
		b = b[i+1:]
	}
	w.rest = append(w.rest, b...)
	if len(w.rest) >= maxLine {
		w.flush()
	}
	return n, nil
}

// flush hands over a last line that had no end.
func (w *lineWriter) flush() {
	if len(w.rest) > 0 {
		w.line(w.rest)
		w.rest = w.rest[:0]
	}
}
