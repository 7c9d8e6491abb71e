package main

import (
	"io"

	"eterm/cmd/eterm/internal/show"
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

// print makes the text of the batch.
func (b *decodeBatch) print(w *show.Records) {
	b.text, b.bytes = b.text[:0], 0
	before := w.Faulty
	for i := range b.records {
		r := &b.records[i]
		b.bytes += uint64(len(r.Bytes))
		b.text = w.Append(b.text, b.first+uint64(i)+1, r, b.names[i])
	}
	b.faulty = w.Faulty - before
}
