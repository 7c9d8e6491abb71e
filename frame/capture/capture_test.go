package capture

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// someFrames are frames with everything a pcapng file can say of them.
func someFrames() []Record {
	at := time.Date(2026, 11, 20, 12, 34, 56, 123456789, time.UTC)
	frame := func(n int) []byte {
		b := bytes.Repeat([]byte{0xff}, 6)
		b = append(b, 2, 0, 0, 0, 0, 1, 0x88, 0xb5)
		for len(b) < n {
			b = append(b, byte(len(b)))
		}
		return b
	}
	return []Record{
		{Bytes: frame(60), Length: 60, Time: at, Direction: Inbound},
		{Bytes: frame(61), Length: 1514, Time: at.Add(1), Direction: Outbound},
		{Bytes: frame(14), Length: 14, Time: at.Add(time.Second), Comments: []string{"first", "the second"}},
		{Bytes: frame(1514), Length: 1514, Time: at.Add(time.Hour), Dropped: 7, Direction: Inbound},
		{Bytes: []byte{}, Length: 0, Time: at.Add(2 * time.Hour)},
	}
}

var eth0 = Interface{
	Name: "eth0", Description: "left host", Filter: "ether proto 0x88b5", OS: "Linux 6.18",
	Hardware: "x86_64", Application: "eterm 1", SnapLen: 2000,
}

func count(n uint64) *uint64 { return &n }

func someStatistics() *Statistics {
	start := time.Date(2026, 11, 20, 12, 0, 0, 1, time.UTC)
	return &Statistics{
		Start: start, End: start.Add(time.Hour), Received: count(1000), Dropped: count(3),
		Accepted: count(900), OSDropped: count(20), Delivered: count(880), Comment: "kernel dropped 20",
	}
}

func encode(t testing.TB, format Format, frames []Record) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, format, eth0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range frames {
		if err := w.Write(&frames[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(someStatistics()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// readAll reads a file to its end or first error, which it returns unless it
// is the end.
func readAll(in io.Reader) ([]Record, error) {
	r, err := NewReader(in)
	if err != nil {
		return nil, err
	}
	var all []Record
	var rec Record
	for {
		err := r.Next(&rec)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		kept := rec
		kept.Bytes = append([]byte{}, rec.Bytes...)
		kept.Comments = append([]string(nil), rec.Comments...)
		kept.Notes = append([]string(nil), rec.Notes...)
		all = append(all, kept)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	want := someFrames()
	got, err := readAll(bytes.NewReader(encode(t, PcapNG, want)))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("pcapng: error %v, frames\n%+v, want\n%+v", err, got, want)
	}
	for i := range want {
		want[i].Direction, want[i].Comments, want[i].Dropped = UnknownDirection, nil, 0
	}
	got, err = readAll(bytes.NewReader(encode(t, Pcap, want)))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("pcap: error %v, frames\n%+v, want\n%+v", err, got, want)
	}
}

func TestInterfaceIsRead(t *testing.T) {
	r, err := NewReader(bytes.NewReader(encode(t, PcapNG, someFrames())))
	if err != nil {
		t.Fatal(err)
	}
	var rec Record
	if err := r.Next(&rec); err != nil {
		t.Fatal(err)
	}
	got, ok := r.Interface(rec.Interface)
	if !ok || got != eth0 {
		t.Errorf("interface %+v, %v; want %+v", got, ok, eth0)
	}
	if _, ok := r.Interface(1); ok {
		t.Error("a second interface is described")
	}
}

func TestCompressed(t *testing.T) {
	plain := encode(t, PcapNG, someFrames())
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(plain)
	z.Close()
	e, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"gzip": zipped.Bytes(), "zstd": e.EncodeAll(plain, nil)} {
		got, err := readAll(bytes.NewReader(file))
		if err != nil || !reflect.DeepEqual(got, someFrames()) {
			t.Errorf("%s: %d frames, error %v", name, len(got), err)
		}
		got, err = readAll(bytes.NewReader(file[:len(file)-5]))
		var damage *DamageError
		if !errors.As(err, &damage) || !damage.Decompressed || !strings.Contains(err.Error(), "decompress") {
			t.Errorf("cut %s: %d frames, error %v", name, len(got), err)
		}
	}
}

// TestCutShort cuts a file at every length: all frames before the cut are
// read, and the error names the record that the cut is in.
func TestCutShort(t *testing.T) {
	for _, format := range []Format{Pcap, PcapNG} {
		var ends []int // of the frames in the file
		for n := range len(someFrames()) + 1 {
			var out bytes.Buffer
			w, _ := NewWriter(&out, format, eth0)
			for i := range n {
				w.Write(&someFrames()[i])
			}
			w.Flush()
			ends = append(ends, out.Len())
		}
		file := encode(t, format, someFrames())
		for n := 1; n < len(file); n++ {
			whole := 0
			for whole+1 < len(ends) && ends[whole+1] <= n {
				whole++
			}
			got, err := readAll(bytes.NewReader(file[:n]))
			if len(got) != whole {
				t.Fatalf("%s cut at %d: %d frames, want %d (%v)", format, n, len(got), whole, err)
			}
			var damage *DamageError
			clean := n == ends[whole]
			if n >= ends[0] && (clean != (err == nil) || !clean && !errors.As(err, &damage)) {
				t.Fatalf("%s cut at %d: error %v", format, n, err)
			}
			if damage != nil && n >= ends[0] && n < ends[len(ends)-1] && damage.Offset != int64(ends[whole]) {
				t.Fatalf("%s cut at %d: damage at %d, want %d", format, n, damage.Offset, ends[whole])
			}
		}
	}
}

// TestDamage spoils a file in one place each: every frame before is read.
func TestDamage(t *testing.T) {
	ng := func(at int, b ...byte) func([]byte) {
		return func(f []byte) { copy(f[at:], b) }
	}
	plain := encode(t, PcapNG, someFrames()[:1])
	first := bytes.Index(plain, []byte{6, 0, 0, 0, 0x68}) // the enhanced packet block
	if first < 0 {
		t.Fatalf("no packet block in %x", plain)
	}
	for _, c := range []struct {
		name   string
		spoil  func([]byte)
		frames int
		want   string
	}{
		{"order", ng(8, 1, 2, 3, 4), 0, "unknown byte order"},
		{"version", ng(12, 2), 0, "section of version 2.0"},
		{"length", ng(first+4, 13), 0, "impossible length 13"},
		{"short block", ng(first+4, 12), 0, "ends as one of"},
		{"huge block", ng(first+4, 0, 0, 0, 0x7f), 0, "block of 2130706432 bytes"},
		{"interface", ng(first+8, 9), 0, "interface 9 of 1"},
		{"captured", ng(first+20, 0xff, 0xff), 0, "65535 bytes captured in a block with room for"},
		{"on the wire", ng(first+24, 0, 0, 0, 0x80), 0, "frame of 2147483648 bytes on the wire"},
		{"option", ng(first+28+60+2, 0xff), 0, "option 2 of 256 bytes"},
		{"statistics", ng(len(plain)-4, 1), 1, "ends as one of"},
	} {
		file := bytes.Clone(plain)
		c.spoil(file)
		got, err := readAll(bytes.NewReader(file))
		var damage *DamageError
		if len(got) != c.frames || !errors.As(err, &damage) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %d frames, error %v; want %d, %q", c.name, len(got), err, c.frames, c.want)
		}
	}
}

func TestPcapDamage(t *testing.T) {
	file := encode(t, Pcap, someFrames())
	for want, spoil := range map[string]func([]byte){
		"damaged at offset 100: frame of 4278190141 bytes, 1514 on the wire": func(f []byte) { f[111] = 0xff },
	} {
		spoilt := bytes.Clone(file)
		spoil(spoilt)
		got, err := readAll(bytes.NewReader(spoilt))
		if len(got) != 1 || fmt.Sprint(err) != want {
			t.Errorf("%d frames, error %v; want 1, %s", len(got), err, want)
		}
	}
}

func TestRefused(t *testing.T) {
	sll := encode(t, Pcap, nil)
	sll[20] = 127
	cooked := encode(t, PcapNG, someFrames())
	at := bytes.Index(cooked, []byte{1, 0, 0, 0, 0xd0, 7, 0, 0}) // link type and SnapLen
	cooked[at] = 105
	old := encode(t, Pcap, nil)
	old[4] = 1
	for want, file := range map[string][]byte{
		"empty": nil,
		"link type 127 (802.11 with radiotap) is not Ethernet (1)":     sll,
		"link type 105 (802.11) is not Ethernet (1)":                   cooked,
		"pcap of version 1.4, want 2.4":                                old,
		"a file of format xz cannot be read":                           []byte("\xfd7zXZ\x00abc"),
		"unknown format: begins with bytes 0x00010203":                 {0, 1, 2, 3},
		"no frame in it: want pcap, pcapng or hex text, not \"hello\"": []byte("hello\nworld\n"),
		"file header of 6 bytes":                                       sll[:6],
	} {
		got, err := readAll(bytes.NewReader(file))
		if len(got) != 0 || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d frames, error %v; want %q", len(got), err, want)
		}
	}
}
