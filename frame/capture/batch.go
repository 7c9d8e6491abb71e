package capture

import "io"

// Batch is some frames of a capture that are kept together, for who works on
// them elsewhere while others are read. It may be filled again and again.
type Batch struct {
	// First is how many frames were read before.
	First   uint64
	Records []Record
	// Names are the names of the records' interfaces.
	Names []string
	// Err is what ended the reading behind them; io.EOF where all was read.
	Err error

	memory []byte // holds the records' bytes
}

// Fill reads frames until there are enough for one batch, or no more come
// without waiting, and says whether there may be more. Of all batches together
// most frames are read, unless it is 0; first were read before.
func (b *Batch) Fill(r *Reader, first, most uint64) (more bool) {
	const frames, room = 512, 256 << 10
	b.First, b.memory, b.Err = first, b.memory[:0], nil
	b.Records, b.Names = b.Records[:0], b.Names[:0]
	for len(b.Records) < frames && len(b.memory) < room && b.Err == nil {
		if most != 0 && first+uint64(len(b.Records)) >= most {
			b.Err = io.EOF
			break
		}
		if len(b.Records) > 0 && r.Waits() {
			break
		}
		b.Records = append(b.Records, Record{})
		rec := &b.Records[len(b.Records)-1]
		if b.Err = r.Next(rec); b.Err != nil {
			b.Records = b.Records[:len(b.Records)-1]
			break
		}
		b.memory = append(b.memory, rec.Bytes...)
		about, _ := r.Interface(rec.Interface)
		b.Names = append(b.Names, about.Name)
	}
	b.keep()
	return b.Err == nil
}

// keep lets the records refer to the batch's own copy of their bytes, which
// does not move any more.
func (b *Batch) keep() {
	at := 0
	for i := range b.Records {
		r := &b.Records[i]
		n := len(r.Bytes)
		r.Bytes = b.memory[at : at+n : at+n]
		at += n
	}
}
