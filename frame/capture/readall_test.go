package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// TestReadAll: records keep their own memory, and no more of it than was allowed.
func TestReadAll(t *testing.T) {
	frames := someFrames()
	file := encode(t, PcapNG, frames)
	total := int64(0)
	for _, f := range frames {
		total += int64(len(f.Bytes))
	}
	got, err := ReadAll(bytes.NewReader(file), total)
	if err != nil || len(got) != len(frames) {
		t.Fatalf("%d of %d frames, %v", len(got), len(frames), err)
	}
	for i := range got {
		if !bytes.Equal(got[i].Bytes, frames[i].Bytes) || len(got[i].Comments) != len(frames[i].Comments) || !got[i].Time.Equal(frames[i].Time) {
			t.Errorf("frame %d: %+v, want %+v", i+1, got[i], frames[i])
		}
	}
	got, err = ReadAll(bytes.NewReader(file), total-1)
	fit := len(frames)
	for fit > 0 && len(frames[fit-1].Bytes) == 0 {
		fit--
	}
	if want := fmt.Sprintf("more than can be held: the first %d frames fit", fit-1); err == nil || err.Error() != want || len(got) != fit-1 {
		t.Errorf("one byte less: %d frames, %v", len(got), err)
	}
	if got, err = ReadAll(bytes.NewReader(file[:len(file)-150]), total); err == nil || !strings.Contains(err.Error(), "cut short") || len(got) == 0 {
		t.Errorf("cut: %d frames, %v", len(got), err)
	}
	if _, err = ReadAll(strings.NewReader(""), total); err == nil {
		t.Error("an empty file is taken")
	}
}

// TestSlowInput reads a byte at a time, and passes on what input fails with.
func TestSlowInput(t *testing.T) {
	for _, format := range []Format{PcapNG, Pcap} {
		file := encode(t, format, someFrames())
		fast, err := readAll(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		slow, err := readAll(iotest.OneByteReader(bytes.NewReader(file)))
		if err != nil || len(slow) != len(fast) {
			t.Errorf("%s: %d frames byte by byte, %d at once: %v", format, len(slow), len(fast), err)
		}
		broken := errors.New("the disk is gone")
		got, err := readAll(io.MultiReader(bytes.NewReader(file[:len(file)/2]), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) || len(got) == 0 || len(got) >= len(fast) {
			t.Errorf("%s: %d frames and %v from a disk that goes away", format, len(got), err)
		}
	}
}

func TestNewReplay(t *testing.T) {
	p, err := NewReplay([][]byte{{1, 2}, {}, {3}})
	if err != nil || p.Len() != 3 || p.Times != nil || p.Period != time.Second || p.Cut != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	next := p.Source()
	var all []byte
	for range 6 {
		all = append(next(all), '|')
	}
	if string(all) != "\x01\x02||\x03|\x01\x02||\x03|" {
		t.Errorf("%q", all)
	}
	if err := p.Select(2, 3); err != nil || p.Len() != 2 {
		t.Errorf("%d frames, %v", p.Len(), err)
	}
	if got := p.Source()([]byte("x")); string(got) != "x" {
		t.Errorf("the second frame is %q", got)
	}
	if _, err := NewReplay(nil); !errors.Is(err, ErrNoFrames) {
		t.Error(err)
	}
}

// TestNames of what users read.
func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		PcapNG.String(): "pcapng", Pcap.String(): "pcap",
		Inbound.String(): "in", Outbound.String(): "out", UnknownDirection.String(): "unknown", Direction(3).String(): "unknown",
		(&LinkTypeError{113}).Error():                                        "link type 113 (Linux cooked) is not Ethernet (1)",
		(&LinkTypeError{9999}).Error():                                       "link type 9999 is not Ethernet (1)",
		(&DamageError{Offset: 7, Problem: "no"}).Error():                     "damaged at offset 7: no",
		(&DamageError{Offset: 7, Decompressed: true, Problem: "no"}).Error(): "damaged at offset 7 of the decompressed data: no",
		FormatOf("a/x.PCAP").String() + FormatOf("x.cap").String():           "pcappcap",
		FormatOf("x.pcapng").String() + FormatOf("pcap").String():            "pcapngpcapng",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
