package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode"

	"eterm/frame"
	"eterm/frame/capture"
)

// decodeBatch is some frames of a capture and their text.
type decodeBatch struct {
	first   uint64 // number of frames before
	records []capture.Record
	names   []string // of their interfaces
	memory  []byte   // holds their bytes
	err     error    // that ended the reading behind them
	text    []byte
	bytes   uint64
	faulty  uint64
}

// fill reads frames until there are enough for one batch, or no more come
// without waiting. Their number in all is bounded by most, unless it is 0.
func (b *decodeBatch) fill(r *capture.Reader, taken, most uint64) error {
	const frames, room = 512, 256 << 10
	b.first, b.memory = taken, b.memory[:0]
	b.records, b.names = b.records[:0], b.names[:0]
	for len(b.records) < frames && len(b.memory) < room {
		if most != 0 && taken+uint64(len(b.records)) >= most {
			return b.keep(io.EOF)
		}
		if len(b.records) > 0 && r.Waits() {
			break
		}
		b.records = append(b.records, capture.Record{})
		rec := &b.records[len(b.records)-1]
		if err := r.Next(rec); err != nil {
			b.records = b.records[:len(b.records)-1]
			return b.keep(err)
		}
		b.memory = append(b.memory, rec.Bytes...)
		about, _ := r.Interface(rec.Interface)
		b.names = append(b.names, about.Name)
	}
	return b.keep(nil)
}

// keep lets the records refer to the batch's own copy of their bytes, which
// does not move any more.
func (b *decodeBatch) keep(err error) error {
	at := 0
	for i := range b.records {
		r := &b.records[i]
		n := len(r.Bytes)
		r.Bytes = b.memory[at : at+n : at+n]
		at += n
	}
	return err
}

// frameWriter writes frames as text. It is for one goroutine.
type frameWriter struct {
	format  frameFormat
	snap    int
	color   bool
	decoded frame.Decoded
	clock   clockText
}

// batch writes the text of a batch.
func (w *frameWriter) batch(b *decodeBatch) {
	b.text, b.bytes, b.faulty = b.text[:0], 0, 0
	for i := range b.records {
		r := &b.records[i]
		w.decoded.DecodeCaptured(r.Bytes, frame.Captured{Length: r.Length})
		b.bytes += uint64(len(r.Bytes))
		if len(w.decoded.Faults) > 0 {
			b.faulty++
		}
		b.text = w.append(b.text, b.first+uint64(i)+1, r, b.names[i])
	}
}

func (w *frameWriter) append(dst []byte, number uint64, r *capture.Record, name string) []byte {
	switch w.format {
	case formatNotation:
		return append(w.decoded.AppendNotation(dst), '\n')
	case formatJSON:
		return w.appendJSON(dst, number, r, name)
	}
	dst = w.appendLine(dst, number, r)
	switch w.format {
	case formatDump:
		dst = w.decoded.AppendDump(dst, frame.DumpOptions{Snap: w.snap, Color: w.color})
	case formatTree:
		dst = append(w.decoded.AppendTree(dst), '\n')
	}
	return dst
}

// appendLine writes a frame on a line, and its comments on one each.
func (w *frameWriter) appendLine(dst []byte, number uint64, r *capture.Record) []byte {
	dst = appendInt(dst, int(number))
	dst = append(dst, ' ')
	if !r.Time.IsZero() {
		dst = append(w.clock.append(dst, r.Time), ' ')
	}
	dst = w.decoded.AppendSummary(dst)
	if r.Length > len(r.Bytes) {
		dst = append(dst, " (cut: "...)
		dst = appendInt(dst, r.Length)
		dst = append(dst, " on the wire)"...)
	}
	dst = append(dst, '\n')
	for _, c := range r.Comments {
		dst = append(append(append(dst, "# "...), printableText(c)...), '\n')
	}
	return dst
}

// printableText is text from a file, fit for a terminal.
func printableText(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '.'
		}
		return r
	}, s)
}

// appendJSON writes a frame as one object on a line.
func (w *frameWriter) appendJSON(dst []byte, number uint64, r *capture.Record, name string) []byte {
	dst = append(dst, `{"type":"frame","number":`...)
	dst = appendInt(dst, int(number))
	if !r.Time.IsZero() {
		dst = append(dst, `,"time":"`...)
		dst = r.Time.UTC().AppendFormat(dst, "2006-01-02T15:04:05.")
		dst = append(appendNanoseconds(dst, r.Time.Nanosecond()), `Z"`...)
	}
	dst = append(dst, `,"length":`...)
	dst = appendInt(dst, r.Length)
	dst = append(dst, `,"captured":`...)
	dst = appendInt(dst, len(r.Bytes))
	if name != "" {
		dst = appendJSONValue(append(dst, `,"interface":`...), name)
	}
	if r.Direction != capture.UnknownDirection {
		dst = append(append(append(dst, `,"direction":"`...), directionWord(r.Direction)...), '"')
	}
	if r.Dropped > 0 {
		dst = appendInt(append(dst, `,"dropped_before":`...), int(r.Dropped))
	}
	if len(r.Comments) > 0 {
		dst = appendJSONValue(append(dst, `,"comments":`...), r.Comments)
	}
	dst = w.decoded.AppendJSON(append(dst, ','))
	return append(dst, "}\n"...)
}

// directionWord says a direction as listen does.
func directionWord(d capture.Direction) string {
	if d == capture.Outbound {
		return "sent"
	}
	return "received"
}

// appendJSONValue writes what may need escaping.
func appendJSONValue(dst []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, bytes.TrimSpace(text)...)
}
