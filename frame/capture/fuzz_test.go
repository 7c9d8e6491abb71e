package capture

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// readHostile reads anything, and checks what is promised of it.
func readHostile(t *testing.T, file []byte) {
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		return
	}
	var rec Record
	for total := 0; ; total++ {
		err := r.Next(&rec)
		if err != nil {
			if again := r.Next(&rec); !errors.Is(again, err) {
				t.Fatalf("error %v, and then %v", err, again)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("error of several lines: %q", err)
			}
			return
		}
		if len(rec.Bytes) > MaxFrame || rec.Length < len(rec.Bytes) {
			t.Fatalf("frame of %d bytes, %d on the wire", len(rec.Bytes), rec.Length)
		}
		if total > 4*len(file)+1 && r.decompressed == nil {
			t.Fatalf("%d frames of %d bytes", total, len(file))
		}
		if total > 1<<16 {
			return
		}
	}
}

func FuzzPcapNG(f *testing.F) {
	plain := encode(f, PcapNG, someFrames())
	f.Add(plain)
	f.Add(plain[:100])
	big := []byte("\n\r\r\n\x00\x00\x00\x1c\x1a\x2b\x3c\x4d\x00\x01\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x1c" +
		"\x00\x00\x00\x01\x00\x00\x00\x14\x00\x01\x00\x00\x00\x00\x00\x04\x00\x00\x00\x14" +
		"\x00\x00\x00\x03\x00\x00\x00\x14\x00\x00\x00\x64abcd\x00\x00\x00\x14")
	f.Add(big)
	f.Fuzz(func(t *testing.T, file []byte) {
		readHostile(t, append([]byte("\n\r\r\n"), bytes.TrimPrefix(file, []byte("\n\r\r\n"))...))
	})
}

func FuzzPcap(f *testing.F) {
	f.Add(encode(f, Pcap, someFrames()))
	f.Add([]byte("\xa1\xb2\xc3\xd4\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, file []byte) { readHostile(t, file) })
}

func FuzzHexText(f *testing.F) {
	for _, seed := range []string{
		"ffffffffffff02000000000188b5\n", "00000000  ff ff |..|\n*\n00000010\n", "{0xff, 1}\n", `"\xff\x00" \`,
		"\t0x0000:  ffff ffff\n", "0000   ff ff   ..\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) { readHostile(t, file) })
}

// FuzzWritten writes a frame and reads it again.
func FuzzWritten(f *testing.F) {
	f.Add([]byte("frame"), uint16(3), "comment", byte(1), uint64(9))
	f.Fuzz(func(t *testing.T, b []byte, more uint16, comment string, way byte, drops uint64) {
		want := Record{Bytes: b, Length: len(b) + int(more), Direction: Direction(way % 3), Dropped: drops, Comments: []string{comment}}
		for _, format := range []Format{Pcap, PcapNG} {
			r, err := NewReader(bytes.NewReader(encode(t, format, []Record{want, want})))
			if err != nil {
				t.Fatal(err)
			}
			var got Record
			for range 2 {
				if err := r.Next(&got); err != nil || !bytes.Equal(got.Bytes, b) || got.Length != want.Length {
					t.Fatalf("%s: %+v, %v", format, got, err)
				}
				if format == PcapNG && (got.Comments[0] != comment || got.Direction != want.Direction || got.Dropped != drops) {
					t.Fatalf("%+v, want %+v", got, want)
				}
			}
			if err := r.Next(&got); err != io.EOF {
				t.Fatal(err)
			}
		}
	})
}
