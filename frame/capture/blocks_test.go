package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// byHand makes pcapng files by the draft alone (draft-ietf-opsawg-pcapng), not by
// our writer, in either byte order.
type byHand struct {
	order binary.AppendByteOrder
	file  []byte
}

// block appends a block of any body.
func (h *byHand) block(kind uint32, body ...[]byte) {
	all := slices.Concat(body...)
	all = append(all, make([]byte, -len(all)&3)...)
	h.file = h.u32(h.file, kind, uint32(12+len(all)))
	h.file = append(h.file, all...)
	h.file = h.u32(h.file, uint32(12+len(all)))
}

func (h *byHand) u32(b []byte, values ...uint32) []byte {
	for _, v := range values {
		b = h.order.AppendUint32(b, v)
	}
	return b
}

func (h *byHand) u16(values ...uint16) (b []byte) {
	for _, v := range values {
		b = h.order.AppendUint16(b, v)
	}
	return b
}

// option is a code, a length, a value and padding (section 3.5).
func (h *byHand) option(code uint16, value []byte) []byte {
	b := append(h.u16(code, uint16(len(value))), value...)
	return append(b, make([]byte, -len(value)&3)...)
}

func (h *byHand) section() {
	h.block(0x0a0d0d0a, h.u32(nil, 0x1a2b3c4d), h.u16(1, 0), h.u32(nil, 0xffffffff, 0xffffffff))
}

// card describes an interface of Ethernet (section 4.2).
func (h *byHand) card(snap uint32, options ...[]byte) {
	h.block(1, h.u16(1, 0), h.u32(nil, snap), slices.Concat(options...))
}

// packet is an enhanced packet block (section 4.3).
func (h *byHand) packet(id uint32, units uint64, frame []byte, length int, options ...[]byte) {
	h.block(6, h.u32(nil, id, uint32(units>>32), uint32(units), uint32(len(frame)), uint32(length)), frame,
		make([]byte, -len(frame)&3), slices.Concat(options...))
}

// obsolete is a packet block (appendix A): the interface and the drops have two bytes.
func (h *byHand) obsolete(id, drops uint16, units uint64, frame []byte, length int) {
	h.block(2, h.u16(id, drops), h.u32(nil, uint32(units>>32), uint32(units), uint32(len(frame)), uint32(length)), frame)
}

var byteOrders = map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian}

// someBytes is a frame of n bytes that differ from frame to frame.
func someBytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i + n)
	}
	copy(b[12:], "\x88\xb5")
	return b
}

// everyBlock is a file with every kind of block and option that is read, and
// some that are passed over.
func everyBlock(order, next binary.AppendByteOrder) []byte {
	h := &byHand{order: order}
	h.section()
	h.card(0)                                                    // 0: microseconds, as nothing is said
	h.card(64, h.option(9, []byte{3}), h.option(2, []byte("m"))) // 1: milliseconds, cut to 64 bytes
	h.card(0, h.option(9, []byte{0x80 | 10}), h.option(14, slices.Concat(h.offset(1000))), h.option(0, nil))
	h.block(0x0bad, []byte("a block that nobody knows"))
	h.packet(0, 1_700_000_000_000_001, someBytes(60), 60)
	h.packet(1, 1_700_000_000_002, someBytes(61), 200, h.option(2, h.u32(nil, 0x1f2)), h.option(1, []byte("one")), h.option(1, []byte("two")))
	h.packet(2, 1_700_000_000<<10|512, someBytes(62), 62, h.option(4, h.counter(5)), h.option(0x8bad, []byte("?")))
	h.obsolete(0, 7, 1_700_000_000_000_003, someBytes(63), 63)
	h.obsolete(0, 0xffff, 1_700_000_000_000_004, someBytes(64), 64)
	h.block(3, h.u32(nil, 65), someBytes(65)) // simple: of interface 0, without a time
	h.block(4, make([]byte, 8))               // names
	h.block(5, h.u32(nil, 0, 0, 0))           // statistics
	second := &byHand{order: next}
	second.section()
	second.card(20) // ids begin anew
	second.packet(0, 1_700_000_000_000_005, someBytes(20), 70)
	second.block(3, second.u32(nil, 90), someBytes(20)) // cut by the interface's length alone
	return append(h.file, second.file...)
}

// counter and offset are 64-bit numbers.
func (h *byHand) counter(n uint64) []byte {
	b := make([]byte, 8)
	if h.order.String() == binary.BigEndian.String() {
		binary.BigEndian.PutUint64(b, n)
	} else {
		binary.LittleEndian.PutUint64(b, n)
	}
	return b
}

func (h *byHand) offset(n uint64) []byte { return h.counter(n) }

// TestEveryBlock reads files made by hand, in all byte orders, and has tshark
// read the same files.
func TestEveryBlock(t *testing.T) {
	want := []struct {
		seconds, ns    int64
		bytes, length  int
		id             int
		way            Direction
		drops          uint64
		comments, note string
	}{
		{1_700_000_000, 1000, 60, 60, 0, UnknownDirection, 0, "", ""},
		{1_700_000_000, 2e6, 61, 200, 1, Outbound, 0, "one,two", ""},
		{1_700_001_000, 5e8, 62, 62, 2, UnknownDirection, 5, "", ""},
		{1_700_000_000, 3000, 63, 63, 0, UnknownDirection, 7, "", ""},
		{1_700_000_000, 4000, 64, 64, 0, UnknownDirection, 0, "", ""},
		{0, 0, 65, 65, 0, UnknownDirection, 0, "", ""},
		{1_700_000_000, 5000, 20, 70, 0, UnknownDirection, 0, "", ""},
		{0, 0, 20, 90, 0, UnknownDirection, 0, "", ""},
	}
	for first, order := range byteOrders {
		for second, next := range byteOrders {
			file := everyBlock(order, next)
			got, err := readAll(bytes.NewReader(file))
			if err != nil || len(got) != len(want) {
				t.Errorf("%s, then %s endian: %d frames, %v", first, second, len(got), err)
				continue
			}
			for i, w := range want {
				r := got[i]
				timed := w.seconds != 0 && r.Time.Unix() == w.seconds && int64(r.Time.Nanosecond()) == w.ns || w.seconds == 0 && r.Time.IsZero()
				if !timed || !bytes.Equal(r.Bytes, someBytes(w.bytes)) || r.Length != w.length || r.Interface != w.id || r.Direction != w.way ||
					r.Dropped != w.drops || strings.Join(r.Comments, ",") != w.comments || len(r.Notes) != 0 || r.Made != "" {
					t.Errorf("%s, then %s endian, frame %d: %+v", first, second, i+1, r)
				}
			}
			refereed(t, file, got)
		}
	}
}

// refereed holds what we read of a file against what tshark reads of it.
func refereed(t *testing.T, file []byte, got []Record) {
	t.Helper()
	shown := output(t, nil, "tshark", "-r", save(t, "x.pcapng", file), "-T", "fields", "-E", "separator=|", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len")
	var want strings.Builder
	for _, r := range got {
		at := "" // of a simple packet tshark shows no time, or the beginning of 1970
		if !r.Time.IsZero() {
			at = fmt.Sprintf("%d.%09d", r.Time.Unix(), r.Time.Nanosecond())
		}
		fmt.Fprintf(&want, "%s|%d|%d\n", at, r.Length, len(r.Bytes))
	}
	shown = strings.Replace(shown, "|24|24\n", "", 1) // newer ones list the block that nobody knows
	if shown = strings.ReplaceAll(shown, "\n0.000000000|", "\n|"); shown != want.String() {
		t.Errorf("tshark reads\n%swe read\n%s", shown, want.String())
	}
}

// TestEveryCut ends such a file at every byte: what is read before is what
// stands before, and the end is damage but where a block ends.
func TestEveryCut(t *testing.T) {
	file := everyBlock(binary.LittleEndian, binary.BigEndian)
	whole, err := readAll(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	ends := map[int]bool{}
	for at, order := 0, binary.ByteOrder(binary.LittleEndian); at < len(file); {
		if o := byteOrder(file[at+8:]); binary.LittleEndian.Uint32(file[at:]) == 0x0a0d0d0a && o != nil {
			order = o
		}
		at += int(order.Uint32(file[at+4:]))
		ends[at] = true
	}
	for n := 4; n < len(file); n++ {
		got, err := readAll(bytes.NewReader(file[:n]))
		var damage *DamageError
		if (err == nil) != ends[n] || err != nil && !errors.As(err, &damage) {
			t.Errorf("cut at %d of %d: %v", n, len(file), err)
		}
		if damage != nil && (damage.Offset > int64(n) || damage.Offset != 0 && !ends[int(damage.Offset)]) {
			t.Errorf("cut at %d: damage at %d", n, damage.Offset)
		}
		for i := range got {
			if !bytes.Equal(got[i].Bytes, whole[i].Bytes) {
				t.Fatalf("cut at %d: frame %d differs", n, i+1)
			}
		}
	}
}

// TestBlocksThatCannotBe: each contradiction is named, at the block's place, and
// frames before it are read.
func TestBlocksThatCannotBe(t *testing.T) {
	frame := someBytes(60)
	for name, order := range byteOrders {
		for want, spoil := range map[string]func(h *byHand){
			"block of type 6 has 16 bytes of at least 20":     func(h *byHand) { h.block(6, make([]byte, 16)) },
			"block of type 1 has 4 bytes of at least 8":       func(h *byHand) { h.block(1, make([]byte, 4)) },
			"block of type 5 has 8 bytes of at least 12":      func(h *byHand) { h.block(5, make([]byte, 8)) },
			"block of type 3 has 0 bytes of at least 4":       func(h *byHand) { h.block(3) },
			"interface 1 of 1":                                func(h *byHand) { h.packet(1, 0, frame, 60) },
			"interface 2 of 1":                                func(h *byHand) { h.obsolete(2, 0, 0, frame, 60) },
			"interface 3 of 1":                                func(h *byHand) { h.block(5, h.u32(nil, 3, 0, 0)) },
			"80 bytes captured in a block with room for 60":   func(h *byHand) { h.block(6, h.u32(nil, 0, 0, 0, 80, 80), frame) },
			"61 bytes captured in a block with room for 60":   func(h *byHand) { h.block(2, h.u32(nil, 0, 0, 0, 61, 61), frame) },
			"64 bytes captured in a block with room for 60":   func(h *byHand) { h.block(3, h.u32(nil, 64), frame) },
			"frame of 4294967295 bytes on the wire":           func(h *byHand) { h.packet(0, 0, frame, -1) },
			"frame of 2147483648 bytes on the wire":           func(h *byHand) { h.block(3, h.u32(nil, 1<<31), frame) },
			"time resolution 0x14":                            func(h *byHand) { h.card(0, h.option(9, []byte{20})) },
			"time resolution 0xc0":                            func(h *byHand) { h.card(0, h.option(9, []byte{0x80 | 64})) },
			"option 2 of 12 bytes in the last 4 of its block": func(h *byHand) { h.card(0, h.u16(2, 9), make([]byte, 4)) },
			"option 1 of 8 bytes in the last 0 of its block":  func(h *byHand) { h.packet(0, 0, frame, 60, h.u16(1, 8)) },
			"option 3 of 4 bytes in the last 0 of its block":  func(h *byHand) { h.block(5, h.u32(nil, 0, 0, 0), h.u16(3, 4)) },
			"end of options with 4 bytes":                     func(h *byHand) { h.packet(0, 0, frame, 60, h.u16(0, 3), make([]byte, 4)) },
			"section of version 1.1, want 1.0":                func(h *byHand) { h.block(0x0a0d0d0a, h.u32(nil, 0x1a2b3c4d), h.u16(1, 1), make([]byte, 8)) },
			"section of unknown byte order 0x01020304":        func(h *byHand) { h.block(0x0a0d0d0a, []byte{1, 2, 3, 4}, make([]byte, 12)) },
			"more than 1024 interfaces": func(h *byHand) {
				for range 1024 {
					h.card(0)
				}
			},
		} {
			h := &byHand{order: order}
			h.section()
			h.card(0)
			h.packet(0, 1, frame, 60)
			at := len(h.file)
			spoil(h)
			h.packet(0, 2, frame, 60)
			got, err := readAll(bytes.NewReader(h.file))
			var damage *DamageError
			if !errors.As(err, &damage) || damage.Problem != want || len(got) != 1 {
				t.Errorf("%s endian: %d frames, %v; want %s", name, len(got), err, want)
				continue
			}
			if damage.Offset != int64(at) && want != "more than 1024 interfaces" {
				t.Errorf("%s: at %d, want %d", want, damage.Offset, at)
			}
		}
	}
}

// TestSimpleWithoutInterface: a simple packet is of the first interface, which
// must be there (section 4.4).
func TestSimpleWithoutInterface(t *testing.T) {
	h := &byHand{order: binary.LittleEndian}
	h.section()
	h.block(3, h.u32(nil, 60), someBytes(60))
	if _, err := readAll(bytes.NewReader(h.file)); err == nil || !strings.Contains(err.Error(), "interface 0 of 0") {
		t.Error(err)
	}
}

// TestSnapLenOfTheSimple is never believed beyond what the block has.
func TestSnapLenOfTheSimple(t *testing.T) {
	h := &byHand{order: binary.BigEndian}
	h.section()
	h.card(100)
	h.block(3, h.u32(nil, 1000), someBytes(100))
	h.block(3, h.u32(nil, 1000), someBytes(96))
	got, err := readAll(bytes.NewReader(h.file))
	if len(got) != 1 || got[0].Length != 1000 || len(got[0].Bytes) != 100 || err == nil || !strings.Contains(err.Error(), "100 bytes captured in a block with room for 96") {
		t.Errorf("%d frames, %v", len(got), err)
	}
}
