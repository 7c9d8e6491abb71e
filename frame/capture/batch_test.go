package capture

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// TestBatch: batches are the frames of the file, each once and with its own
// bytes, however many are read in all.
func TestBatch(t *testing.T) {
	const all = 1500
	var file bytes.Buffer
	w, err := NewWriter(&file, Pcap, Interface{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if err := w.Write(&Record{Bytes: []byte{12: 0x88, 13: 0xb5, 14: byte(i >> 8), 15: byte(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	for _, most := range []uint64{0, 1, 700, all, 2 * all} {
		r, err := NewReader(bytes.NewReader(file.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		want := uint64(all)
		if most > 0 {
			want = min(most, all)
		}
		var b Batch
		read := uint64(0)
		for more := true; more; {
			more = b.Fill(r, read, most)
			if b.First != read || len(b.Names) != len(b.Records) {
				t.Fatalf("most %d: batch begins at %d, want %d", most, b.First, read)
			}
			for i, rec := range b.Records {
				if n := read + uint64(i); !bytes.HasSuffix(rec.Bytes, []byte{byte(n >> 8), byte(n)}) {
					t.Fatalf("most %d: frame %d ends in % x", most, n, rec.Bytes[14:])
				}
			}
			read += uint64(len(b.Records))
		}
		if read != want || !errors.Is(b.Err, io.EOF) {
			t.Errorf("most %d: %d frames, then %v; want %d", most, read, b.Err, want)
		}
	}
}
