package capture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A guard stands between a file and the library that reads it. It passes on
// whole records that are sound and ends the stream before the first that is
// not, so that every frame before the damage is read, the place of the damage
// is known, and no length that the file claims is believed before the bytes
// are there.
type guard struct {
	in     *bufio.Reader
	offset int64 // of the next record in the file
	// record looks at the head of the next record and returns its length in
	// bytes and whether it is to be passed on.
	record  func() (n int, pass bool, err error)
	check   func(record []byte) error
	pending []byte // of the current record, not yet passed on
	discard int    // bytes of in that pending is a view of
	large   []byte // holds a record that does not fit in's buffer
	err     error
}

// guardBuffer holds the usual records whole, so that they are not copied.
const guardBuffer = 256 << 10

// maxRecord is the longest record passed on: a frame, its head and options.
const maxRecord = MaxFrame + 1<<20

func (g *guard) Read(p []byte) (int, error) {
	for len(g.pending) == 0 {
		if g.err == nil {
			g.err = g.next()
		}
		if g.err != nil {
			return 0, g.err
		}
	}
	n := copy(p, g.pending)
	g.pending = g.pending[n:]
	return n, nil
}

// next makes the next record that is passed on pending.
func (g *guard) next() error {
	if _, err := g.in.Discard(g.discard); err != nil {
		return err
	}
	g.discard = 0
	n, pass, err := g.record()
	if err != nil {
		return err
	}
	if !pass {
		if _, err := g.in.Discard(n); err != nil {
			return g.short(err, "block of %d bytes is cut short", n)
		}
		g.offset += int64(n)
		return nil
	}
	record, err := g.whole(n)
	if err != nil {
		return err
	}
	if err := g.check(record); err != nil {
		return err
	}
	g.pending = record
	g.offset += int64(n)
	return nil
}

// whole is the next n bytes of the file.
func (g *guard) whole(n int) ([]byte, error) {
	if n <= g.in.Size() {
		record, err := g.in.Peek(n)
		if err != nil {
			return nil, g.short(err, "record of %d bytes is cut short after %d", n, len(record))
		}
		g.discard = n
		return record, nil
	}
	g.large = g.large[:0]
	for len(g.large) < n {
		// The memory grows with the bytes that are there.
		old := len(g.large)
		step := min(n-old, max(old, guardBuffer))
		g.large = append(g.large, make([]byte, step)...)
		got, err := io.ReadFull(g.in, g.large[old:])
		if err != nil {
			return nil, g.short(err, "record of %d bytes is cut short after %d", n, old+got)
		}
	}
	return g.large, nil
}

// head is the next n bytes, io.EOF if the file ends before them, or damage if
// it ends within.
func (g *guard) head(n int) ([]byte, error) {
	b, err := g.in.Peek(n)
	if err == nil {
		return b, nil
	}
	if len(b) == 0 && errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	return nil, g.short(err, "head of a record is cut short after %d of %d bytes", len(b), n)
}

// short is damage where the file ended too early, and err where it could not
// be read for another reason.
func (g *guard) short(err error, format string, args ...any) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return g.damage(format, args...)
	}
	return err
}

func (g *guard) damage(format string, args ...any) error {
	return &DamageError{Offset: g.offset, Problem: fmt.Sprintf(format, args...)}
}

// guardPcap guards a classic pcap file (draft-ietf-opsawg-pcap, sections 4 and
// 5) behind its file header, whose byte order it is given.
func guardPcap(in *bufio.Reader, order binary.ByteOrder) *guard {
	g := &guard{in: in}
	g.record = func() (int, bool, error) {
		if g.offset == 0 {
			_, err := g.head(pcapHeader)
			return pcapHeader, true, err
		}
		b, err := g.head(16)
		if err != nil {
			return 0, false, err
		}
		captured, length := order.Uint32(b[8:]), order.Uint32(b[12:])
		switch {
		case captured > MaxFrame || length > 1<<31-1:
			return 0, false, g.damage("frame of %d bytes, %d on the wire", captured, length)
		case captured > length:
			return 0, false, g.damage("%d bytes captured of a frame of %d", captured, length)
		}
		return 16 + int(captured), true, nil
	}
	g.check = func([]byte) error { return nil }
	return g
}

// pcapHeader is the length of a pcap file's header.
const pcapHeader = 24
