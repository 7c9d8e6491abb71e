package capture

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestPcapBytes: what is written of one frame, byte for byte, as the draft
// draws it (draft-ietf-opsawg-pcap, sections 4 and 5).
func TestPcapBytes(t *testing.T) {
	want := decodeHex(t, "4d3cb2a1"+ // magic: nanoseconds, little endian
		"0200"+"0400"+ // version 2.4
		"00000000"+"00000000"+ // reserved
		"d0070000"+ // SnapLen 2000
		"01000000"+ // Ethernet
		"02000000"+ // second
		"ffc99a3b"+ // nanosecond 999999999
		"0e000000"+ // captured
		"ea050000"+ // on the wire
		"020000000002"+"020000000001"+"88b5")
	var out bytes.Buffer
	w, err := NewWriter(&out, Pcap, Interface{SnapLen: 2000})
	if err != nil {
		t.Fatal(err)
	}
	r := Record{Time: time.Unix(2, 999999999), Bytes: decodeHex(t, "02000000000202000000000188b5"), Length: 1514}
	if err := w.Write(&r); err != nil {
		t.Fatal(err)
	}
	if w.Written() != 0 || w.Size() != int64(len(want)) {
		t.Errorf("before it is flushed: %d bytes written, size %d; want 0, %d", w.Written(), w.Size(), len(want))
	}
	if err := w.Close(&Statistics{Dropped: count(1)}); err != nil { // pcap has no place for it
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) || w.Written() != int64(len(want)) {
		t.Errorf("%d bytes written:\n%x\nwant\n%x", w.Written(), out.Bytes(), want)
	}
}

// TestWriterRefuses: a format that is none, and a frame that no reader takes.
func TestWriterRefuses(t *testing.T) {
	var out bytes.Buffer
	if _, err := NewWriter(&out, Format(99), Interface{}); err == nil || err.Error() != fmt.Sprintf("captures cannot be written as %s: want pcap or pcapng", Format(99)) {
		t.Errorf("an unknown format: %v", err)
	}
	for _, format := range []Format{Pcap, PcapNG} {
		out.Reset()
		w, err := NewWriter(&out, format, Interface{})
		if err != nil {
			t.Fatal(err)
		}
		long := Record{Bytes: make([]byte, MaxFrame+1), Length: MaxFrame + 1}
		if err := w.Write(&long); err == nil || err.Error() != fmt.Sprintf("frame of %d bytes: captures hold up to %d", MaxFrame+1, MaxFrame) {
			t.Errorf("%s: %v", format, err)
		}
		// The longest that is taken follows: the one refused has left no trace.
		most := Record{Time: time.Unix(1, 0), Bytes: long.Bytes[:MaxFrame], Length: MaxFrame}
		if err := errors.Join(w.Write(&most), w.Close(nil)); err != nil {
			t.Fatal(err)
		}
		got, err := readAll(&out)
		if err != nil || len(got) != 1 || len(got[0].Bytes) != MaxFrame {
			t.Errorf("%s: %d frames, %v", format, len(got), err)
		}
	}
}

// TestRotationByAge: a new file begins with the first frame that is as much
// later than the file's first as a file may be old.
func TestRotationByAge(t *testing.T) {
	var frames []Record
	for _, ms := range []int{0, 999, 1000, 1500, 2000, 9000} {
		frames = append(frames, Record{Time: time.Unix(100, 0).Add(time.Duration(ms) * time.Millisecond), Bytes: someBytes(60), Length: 60})
	}
	c := record(t, filepath.Join(t.TempDir(), "x.pcapng"), RecorderOptions{MaxAge: time.Second}, frames)
	var held []int
	for _, path := range c.Files() {
		held = append(held, len(readFile(t, path)))
	}
	if !slices.Equal(held, []int{2, 2, 1, 1}) || c.Frames() != 6 || c.Made() != 4 {
		t.Errorf("files of %v frames, %d in all, %d made; want 2 2 1 1, 6, 4", held, c.Frames(), c.Made())
	}
	if err := c.Write(&frames[0]); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a frame behind the end: %v", err)
	}
	if err := c.Flush(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("flushed behind the end: %v", err)
	}
}

// TestSelectRefuses: numbers of frames that there are not, and a change that
// fails, are named.
func TestSelectRefuses(t *testing.T) {
	p, err := NewReplay([][]byte{someBytes(14), someBytes(15), someBytes(16)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ first, last int }{{0, 1}, {1, 4}, {3, 2}, {-1, -1}, {4, 4}} {
		want := fmt.Sprintf("has 3 frames: want numbers from 1 to 3, not %d to %d", c.first, c.last)
		if err := p.Select(c.first, c.last); err == nil || err.Error() != want || p.Len() != 3 {
			t.Errorf("%d to %d: %v, %d frames; want %s", c.first, c.last, err, p.Len(), want)
		}
	}
	no := errors.New("no")
	err = p.Change(func(b []byte) ([]byte, error) {
		if len(b) == 15 {
			return nil, no
		}
		return b, nil
	})
	if !errors.Is(err, no) || err.Error() != "frame 2: no" {
		t.Errorf("a change that fails: %v", err)
	}
}

// TestPeriods: a round lasts to its last frame and one mean gap more, or a
// second where no time tells.
func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		at   []time.Duration
		want time.Duration
	}{
		{[]time.Duration{0}, time.Second},
		{[]time.Duration{0, 0}, time.Second},
		{[]time.Duration{0, 10}, 20},
		{[]time.Duration{0, 1, 9}, 13},
		{[]time.Duration{0, 30, 20}, 45}, // a clock set back
	} {
		f := &classic{order: byteOrders["big"]}
		f.head(0xa1b23c4d, 0, 1)
		for _, at := range c.at {
			f.record(1, uint32(at), 60, 60, someBytes(60))
		}
		p, err := ReadReplay(bytes.NewReader(f.file))
		if err != nil || p.Period != c.want {
			t.Errorf("%v: %v, period %d, want %d", c.at, err, p.Period, c.want)
		}
	}
}
