package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// classic makes pcap files by the draft alone (draft-ietf-opsawg-pcap).
type classic struct {
	order binary.AppendByteOrder
	file  []byte
}

// head is the file header (section 4).
func (c *classic) head(magic, snapLen, link uint32) {
	c.file = c.order.AppendUint32(c.file, magic)
	c.file = c.order.AppendUint16(c.file, 2)
	c.file = c.order.AppendUint16(c.file, 4)
	for _, v := range []uint32{0, 0, snapLen, link} {
		c.file = c.order.AppendUint32(c.file, v)
	}
}

// record is a packet record (section 5), whose lengths may lie.
func (c *classic) record(seconds, fraction, captured, length uint32, b []byte) {
	for _, v := range []uint32{seconds, fraction, captured, length} {
		c.file = c.order.AppendUint32(c.file, v)
	}
	c.file = append(c.file, b...)
}

// TestPcapByHand: both byte orders and both units of time, up to the last
// second that 32 bits have.
func TestPcapByHand(t *testing.T) {
	const micro, nano = 0xa1b2c3d4, 0xa1b23c4d
	for name, order := range byteOrders {
		for _, c := range []struct {
			magic             uint32
			seconds, fraction uint32
			want              time.Time
		}{
			{micro, 0, 0, time.Unix(0, 0)},
			{micro, 1, 1, time.Unix(1, 1000)},
			{micro, 1700000000, 999999, time.Unix(1700000000, 999999000)},
			{micro, 1<<32 - 1, 999999, time.Unix(1<<32-1, 999999000)},
			{nano, 1, 1, time.Unix(1, 1)},
			{nano, 1700000000, 999999999, time.Unix(1700000000, 999999999)},
			{nano, 1<<32 - 1, 0, time.Unix(1<<32-1, 0)},
		} {
			f := &classic{order: order}
			f.head(c.magic, 65535, 1)
			f.record(c.seconds, c.fraction, 60, 1514, someBytes(60))
			f.record(c.seconds, c.fraction, 14, 14, someBytes(14))
			got, err := readAll(bytes.NewReader(f.file))
			if err != nil || len(got) != 2 {
				t.Fatalf("%s, magic %#x: %d frames, %v", name, c.magic, len(got), err)
			}
			if !got[0].Time.Equal(c.want) {
				t.Errorf("%s, magic %#x: time %v, want %v", name, c.magic, got[0].Time, c.want.UTC())
			}
			if !bytes.Equal(got[0].Bytes, someBytes(60)) || got[0].Length != 1514 || !bytes.Equal(got[1].Bytes, someBytes(14)) || got[1].Length != 14 {
				t.Errorf("%s, magic %#x: %x of %d, %x of %d", name, c.magic, got[0].Bytes, got[0].Length, got[1].Bytes, got[1].Length)
			}
		}
	}
}

// TestPcapThatCannotBe: what is wrong with a file, and where.
func TestPcapThatCannotBe(t *testing.T) {
	const micro = 0xa1b2c3d4
	for name, order := range byteOrders {
		for _, c := range []struct {
			name   string
			make   func(f *classic)
			frames int
			want   string
		}{
			{"a record of too many bytes", func(f *classic) {
				f.head(micro, 0, 1)
				f.record(0, 0, MaxFrame+1, 60, someBytes(60))
			}, 0, fmt.Sprintf("damaged at offset 24: frame of %d bytes, 60 on the wire", MaxFrame+1)},
			{"a length of 2^31", func(f *classic) {
				f.head(micro, 0, 1)
				f.record(0, 0, 60, 60, someBytes(60))
				f.record(0, 0, 60, 1<<31, someBytes(60))
			}, 1, "damaged at offset 100: frame of 60 bytes, 2147483648 on the wire"},
			{"the most that fits", func(f *classic) {
				f.head(micro, 0, 1)
				f.record(0, 0, 60, 1<<31-1, someBytes(60))
			}, 1, "<nil>"},
			{"flags of the FCS in the link type", func(f *classic) {
				f.head(micro, 0, 1|0x44000000)
				f.record(0, 0, 60, 60, someBytes(60))
			}, 1, "<nil>"},
			{"no frame", func(f *classic) { f.head(micro, 0, 1) }, 0, "<nil>"},
		} {
			f := &classic{order: order}
			c.make(f)
			got, err := readAll(bytes.NewReader(f.file))
			if len(got) != c.frames || fmt.Sprint(err) != c.want {
				t.Errorf("%s, %s: %d frames, %v; want %d, %s", name, c.name, len(got), err, c.frames, c.want)
			}
		}
	}
}

// TestHexThatCannotBe: the line that is wrong is named, and frames before it
// are read.
func TestHexThatCannotBe(t *testing.T) {
	const row = "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f"
	for _, c := range []struct{ name, text, want string }{
		{"a gap in a dump", "0000  " + row + "\n0000020:  " + row + "\n", "0 frames, damaged at offset 54: line 2: offset 0x20, but the frame has 0x10 bytes up to here"},
		{"repeated rows", "00000000  " + row + "\n*\n00000030\n", strings.Repeat("000102030405060708090a0b0c0d0e0f", 3)},
		{"a repetition of part of a row", "00000000  " + row + "\n*\n00000014\n", "000102030405060708090a0b0c0d0e0f00010203"},
		{"a repetition of nothing", "*\n" + strings.Repeat("ab", 14), strings.Repeat("ab", 14)},
		{"words in the host's order", "0000000 0100 0302 0504 0706 0908 0b0a 0d0c 0f0e\n", "0 frames, damaged at offset 0: line 1: two-byte words in the host's order: use hexdump -C or xxd"},
		{"a line that is too long", strings.Repeat("ab", 1<<20), "0 frames, damaged at offset 0: line 1: longer than"},
		{"one word that is no hex", strings.Repeat("ab ", 14) + "0g", `0 frames, damaged at offset 0: line 1: not a hex byte: "0g"`},
	} {
		if got := hexFrames(t, c.text); !strings.HasPrefix(got, c.want) || !strings.Contains(c.want, "damaged") && got != c.want {
			t.Errorf("%s: %.200s, want %s", c.name, got, c.want)
		}
	}
}

// TestCreateRefuses: nothing that is there is written over, and nothing but a
// plain file is written to.
func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	there, link, pipe := filepath.Join(dir, "there.pcap"), filepath.Join(dir, "link.pcap"), filepath.Join(dir, "pipe.pcap")
	if err := os.WriteFile(there, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(there, link); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path  string
		force bool
		want  string
	}{
		{there, false, there + " is there already: --force overwrites it"},
		{link, false, link + " is there already: --force overwrites it"},
		{link, true, link + " is a symbolic link: name the file itself"},
		{pipe, true, pipe + " is not a plain file: -w - writes to standard output"},
		{filepath.Join(dir, "none", "x.pcap"), false, "open " + filepath.Join(dir, "none", "x.pcap") + ": no such file or directory"},
	} {
		if _, err := Create(c.path, RecorderOptions{Force: c.force}); err == nil || err.Error() != c.want {
			t.Errorf("%s, force %v: %v, want %s", c.path, c.force, err, c.want)
		}
	}
	if b, err := os.ReadFile(there); err != nil || string(b) != "mine" {
		t.Errorf("the file that was there holds %q, %v", b, err)
	}
}

// statistics counts the interface statistics blocks of a file of ours.
func statistics(t *testing.T, file []byte) (n int) {
	t.Helper()
	for len(file) >= 12 {
		if binary.LittleEndian.Uint32(file) == 5 {
			n++
		}
		length := int(binary.LittleEndian.Uint32(file[4:]))
		if length < 12 || length > len(file) {
			t.Fatalf("block of %d bytes in the last %d", length, len(file))
		}
		file = file[length:]
	}
	return n
}

// TestReport: a stream gets its account each time more was lost, and no more
// often; a format without accounts gets none.
func TestReport(t *testing.T) {
	var lost uint64
	account := func() Statistics { return Statistics{Dropped: count(lost)} }
	for _, format := range []Format{PcapNG, Pcap} {
		var out bytes.Buffer
		lost = 0
		c, err := Stream(&out, format, RecorderOptions{Account: account})
		if err != nil {
			t.Fatal(err)
		}
		for i, step := range []struct {
			lost uint64
			want int
		}{{0, 1}, {0, 1}, {1, 2}, {1, 2}, {9, 3}} {
			lost = step.lost
			if err := c.Report(); err != nil {
				t.Fatal(err)
			}
			if format == Pcap {
				if out.Len() != 24 {
					t.Errorf("report %d: a pcap file of %d bytes, want its head of 24", i, out.Len())
				}
			} else if got := statistics(t, out.Bytes()); got != step.want {
				t.Errorf("report %d: %d accounts, want %d", i, got, step.want)
			}
		}
	}
}

// TestReplayRefuses: a file without frames, and one that is damaged.
func TestReplayRefuses(t *testing.T) {
	empty := &classic{order: binary.BigEndian}
	empty.head(0xa1b2c3d4, 0, 1)
	if _, err := ReadReplay(bytes.NewReader(empty.file)); !errors.Is(err, ErrNoFrames) {
		t.Errorf("a file without frames: %v", err)
	}
	if _, err := NewReplay(nil); !errors.Is(err, ErrNoFrames) {
		t.Errorf("no frames: %v", err)
	}
	cut := encode(t, Pcap, someFrames())
	var damage *DamageError
	if _, err := ReadReplay(bytes.NewReader(cut[:len(cut)-1])); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("a file cut short: %v", err)
	}
	cut[24+8+3] = 0xff
	if _, err := ReadReplay(bytes.NewReader(cut)); !errors.As(err, &damage) || damage.Offset != 24 {
		t.Errorf("a damaged file: %v", err)
	}
	if _, err := ReadReplay(strings.NewReader("hello")); err == nil || err.Error() != `no frame in it: want pcap, pcapng or hex text, not "hello"` {
		t.Errorf("prose: %v", err)
	}
}
