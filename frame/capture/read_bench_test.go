package capture

import (
	"bytes"
	"io"
	"testing"
	"time"
)

func BenchmarkWrite(b *testing.B) {
	for _, format := range []Format{PcapNG, Pcap} {
		b.Run(format.String(), func(b *testing.B) {
			w, err := NewWriter(io.Discard, format, eth0)
			if err != nil {
				b.Fatal(err)
			}
			rec := Record{Bytes: make([]byte, 60), Time: time.Unix(1, 2), Direction: Inbound}
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Write(&rec); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	var frames []Record
	for range 10000 {
		frames = append(frames, Record{Bytes: make([]byte, 60), Time: time.Unix(1, 2)})
	}
	for _, format := range []Format{PcapNG, Pcap} {
		file := encode(b, format, frames)
		b.Run(format.String(), func(b *testing.B) {
			var r *Reader
			var rec Record
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				if n%len(frames) == 0 {
					var err error
					if r, err = NewReader(bytes.NewReader(file)); err != nil {
						b.Fatal(err)
					}
				}
				if err := r.Next(&rec); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
