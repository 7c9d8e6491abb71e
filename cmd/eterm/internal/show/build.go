package show

import (
	"encoding/hex"
	"fmt"

	"eterm/frame"
)

// A BuildFormat is how frames that were built are printed; empty where
// none was asked for.
type BuildFormat string

// The formats of build.
const (
	BuildDump     BuildFormat = "dump"
	BuildHex      BuildFormat = "hex"
	BuildC        BuildFormat = "c"
	BuildNotation BuildFormat = "notation"
)

// Built makes the text of frames that were built. It is for one goroutine.
type Built struct {
	Format BuildFormat
	Color  bool
	// Columns that text folds to; 0: it does not fold
	Columns int

	decoded frame.Decoded
}

// Append appends the text of a frame.
func (p *Built) Append(dst, b []byte) []byte {
	switch p.Format {
	case BuildHex:
		return append(hex.AppendEncode(dst, b), '\n')
	case BuildC:
		return appendC(dst, "frame", b)
	}
	p.decoded.Decode(b)
	if p.Format == BuildNotation {
		return append(p.decoded.AppendNotation(dst), '\n')
	}
	start := len(dst)
	return foldFrame(p.decoded.AppendDump(dst, frame.DumpOptions{Color: p.Color}), start, FormatDump, p.Columns)
}

// appendC writes bytes as an array of C of that name.
func appendC(dst []byte, name string, b []byte) []byte {
	dst = fmt.Appendf(dst, "static const unsigned char %s[%d] = {", name, len(b))
	for i := range b {
		if i%12 == 0 {
			dst = append(dst, "\n\t"...)
		} else {
			dst = append(dst, ' ')
		}
		dst = append(hex.AppendEncode(append(dst, "0x"...), b[i:i+1]), ',')
	}
	return append(dst, "\n};\n"...)
}
