package show

import (
	"encoding/hex"
	"fmt"

	"eterm/frame"
	"eterm/frame/capture"
)

// Records makes the text of a file's frames. It is for one goroutine.
type Records struct {
	FramesOptions
	// Layer, of which alone the bytes are shown by FormatHex; "" is all.
	Layer string
	// Faults of the frames that were appended, and of those the odd ones.
	Faults, Odd Faults

	decoded frame.Decoded
	clock   clockText
}

// Append appends the text of frame number, from 1, captured on the interface
// with that name.
func (w *Records) Append(dst []byte, number uint64, r *capture.Record, name string) []byte {
	w.decoded.DecodeCaptured(r.Bytes, frame.Captured{Length: r.Length, Unpadded: r.Made != "" || r.Direction == capture.Outbound})
	w.Faults.Add(&w.decoded, number)
	w.Odd.Add(&w.decoded, number)
	switch w.Format {
	case FormatHex, FormatOD, FormatTrafgen, FormatC:
		return w.appendBytes(dst, number)
	case FormatNotation:
		return append(w.decoded.AppendNotation(dst), '\n')
	case FormatJSON:
		f := frameObject{
			number: number, direction: directionWord(r.Direction), at: r.Time, length: r.Length, bytes: r.Bytes,
			name: name, dropped: r.Dropped, comments: r.Comments, made: r.Made, notes: r.Notes, decoded: &w.decoded,
		}
		return f.append(dst)
	}
	start := len(dst)
	dst = w.appendLine(dst, number, r)
	switch w.Format {
	case FormatDump:
		dst = w.decoded.AppendDump(dst, frame.DumpOptions{Snap: w.Snap, Color: w.Color})
	case FormatTree:
		dst = append(w.decoded.AppendTree(dst), '\n')
	}
	return foldFrame(dst, start, w.Format, w.Columns)
}

// appendBytes writes the bytes of a frame, or of one layer, for other programs.
// A frame without the layer is nothing. Arrays of C go by the frame's number.
func (w *Records) appendBytes(dst []byte, number uint64) []byte {
	b := w.decoded.Bytes
	if w.Layer != "" {
		b = w.decoded.LayerBytes(w.Layer)
	}
	if len(b) == 0 {
		return dst
	}
	switch w.Format {
	case FormatHex:
		return append(hex.AppendEncode(dst, b), '\n')
	case FormatC:
		return appendC(dst, fmt.Sprintf("frame%d", number), b)
	case FormatTrafgen:
		dst = append(dst, '{')
		for _, c := range b {
			dst = fmt.Appendf(dst, " 0x%02x,", c)
		}
		return append(dst, " }\n"...)
	}
	for at := 0; at < len(b); at += 16 {
		dst = fmt.Appendf(dst, "%06x", at)
		for _, c := range b[at:min(at+16, len(b))] {
			dst = fmt.Appendf(dst, " %02x", c)
		}
		dst = append(dst, '\n')
	}
	return append(dst, '\n')
}

// appendLine writes a frame on a line, and its comments on one each.
func (w *Records) appendLine(dst []byte, number uint64, r *capture.Record) []byte {
	dst = append(appendInt(append(dst, w.Format.heading()...), int(number)), ' ')
	if !r.Time.IsZero() {
		dst = append(w.clock.append(dst, r.Time), ' ')
	}
	dst = appendCut(w.decoded.AppendSummary(dst), r.Length, len(r.Bytes))
	if r.Made != "" {
		dst = append(append(append(dst, " (header made: the file is of "...), r.Made...), ')')
	}
	dst = append(dst, '\n')
	for _, n := range r.Notes {
		dst = append(append(append(dst, "# "...), Text(n)...), '\n')
	}
	for _, c := range r.Comments {
		dst = append(append(append(dst, "# "...), Text(c)...), '\n')
	}
	return dst
}

// directionWord says a direction as listen does; nothing where it is unknown.
func directionWord(d capture.Direction) string {
	switch d {
	case capture.Outbound:
		return "sent"
	case capture.Inbound:
		return "received"
	}
	return ""
}

// DecodeSummary is the last object of decode.
type DecodeSummary struct {
	Type string `json:"type"` // "summary"
	// frames in the input
	Frames uint64 `json:"frames"`
	// their bytes, as far as they were captured
	Bytes uint64 `json:"bytes"`
	// frames with faults
	Faulty uint64 `json:"faulty"`
	// why the input could not be read to its end
	Problem string `json:"problem,omitempty"`
}
