package capture

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestReplay(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file, Pcap, Interface{})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Unix(1_700_000_000, 0)
	for i, at := range []time.Duration{0, 2 * time.Second, time.Second, 4 * time.Second} { // a clock is set back
		r := Record{Bytes: bytes.Repeat([]byte{byte(i)}, 20+i), Time: began.Add(at), Length: 20 + i + i/3}
		if err := w.Write(&r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	p, err := ReadReplay(&file)
	if err != nil || p.Len() != 4 || p.Cut != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	if p.Times[2] != 2*time.Second || p.Times[3] != 4*time.Second || p.Period != 4*time.Second+4*time.Second/3 {
		t.Errorf("times %v, period %v", p.Times, p.Period)
	}
	next := p.Source()
	for i := range 9 {
		if b := next(nil); len(b) != 20+i%4 || b[0] != byte(i%4) {
			t.Errorf("frame %d is % x", i, b)
		}
	}
}

func TestReplayWithoutTimes(t *testing.T) {
	p, err := ReadReplay(strings.NewReader("020000000002020000000001 88b5 00\n020000000002020000000001 88b5 01\n"))
	if err != nil || p.Len() != 2 || p.Times != nil || p.Period != time.Second {
		t.Errorf("%+v, %v", p, err)
	}
	var empty bytes.Buffer
	if w, err := NewWriter(&empty, Pcap, Interface{}); err != nil || w.Flush() != nil {
		t.Fatal(err)
	}
	if _, err := ReadReplay(&empty); !errors.Is(err, ErrNoFrames) {
		t.Errorf("of nothing: %v", err)
	}
}

// TestReplaySelectAndChange sends some frames of a file, changed.
func TestReplaySelectAndChange(t *testing.T) {
	read := func() *Replay {
		p, err := ReadReplay(bytes.NewReader(encode(t, PcapNG, someFrames()[:4])))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := read()
	if err := p.Select(3, 4); err != nil || p.Len() != 2 || p.Times[0] != 0 || p.Times[1] != time.Hour-time.Second || p.Period != 2*(time.Hour-time.Second) {
		t.Fatalf("%v, %d frames, times %v, period %v", err, p.Len(), p.Times, p.Period)
	}
	if err := p.Change(func(b []byte) ([]byte, error) { return append(b, 0xee), nil }); err != nil {
		t.Fatal(err)
	}
	next := p.Source()
	for _, want := range someFrames()[2:4] {
		if got := next(nil); !bytes.Equal(got, append(bytes.Clone(want.Bytes), 0xee)) {
			t.Errorf("got %x, want %x ee", got, want.Bytes)
		}
	}
	for _, r := range [][2]int{{0, 1}, {2, 1}, {4, 5}} {
		if err := read().Select(r[0], r[1]); err == nil {
			t.Errorf("%v of 4 frames", r)
		}
	}
	bad := errors.New("bad")
	if err := read().Change(func(b []byte) ([]byte, error) { return nil, bad }); !errors.Is(err, bad) || err.Error() != "frame 1: bad" {
		t.Error(err)
	}
}
