package capture

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// records reads a file record by record. No length that the file claims is
// believed before the bytes are there, and the place of damage is known.
type records struct {
	in      *bufio.Reader
	offset  int64  // of the current record in the file
	discard int    // bytes of in that the current record is a view of
	read    int    // bytes of the current record, to get to the next one
	large   []byte // holds a record that does not fit in's buffer
}

// recordBuffer holds the usual records whole, so that they are not copied.
const recordBuffer = 256 << 10

// maxRecord is the longest record taken: a frame, its head and options.
const maxRecord = MaxFrame + 1<<20

// advance leaves the current record behind.
func (g *records) advance() error {
	_, err := g.in.Discard(g.discard)
	g.offset += int64(g.read)
	g.discard, g.read = 0, 0
	return err
}

// whole makes the next n bytes of the file the current record.
func (g *records) whole(n int) ([]byte, error) {
	if n <= g.in.Size() {
		record, err := g.in.Peek(n)
		if err != nil {
			return nil, g.short(err, "record of %d bytes is cut short after %d", n, len(record))
		}
		g.discard, g.read = n, n
		return record, nil
	}
	g.large = g.large[:0]
	for len(g.large) < n {
		// The memory grows with the bytes that are there.
		old := len(g.large)
		step := min(n-old, max(old, recordBuffer))
		g.large = append(g.large, make([]byte, step)...)
		got, err := io.ReadFull(g.in, g.large[old:])
		if err != nil {
			return nil, g.short(err, "record of %d bytes is cut short after %d", n, old+got)
		}
	}
	g.read = n
	return g.large, nil
}

// skip passes over the next n bytes.
func (g *records) skip(n int) error {
	if _, err := g.in.Discard(n); err != nil {
		return g.short(err, "block of %d bytes is cut short", n)
	}
	g.read = n
	return nil
}

// head is the next n bytes, io.EOF if the file ends before them, or damage if
// it ends within.
func (g *records) head(n int) ([]byte, error) {
	b, err := g.in.Peek(n)
	if err == nil {
		return b, nil
	}
	if len(b) == 0 && errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	return nil, g.short(err, "head of a record is cut short after %d of %d bytes", len(b), n)
}

// waits says that the next record may not be there yet.
func (g *records) waits() bool { return g.in.Buffered() == g.discard }

// short is damage where the file ended too early, and err where it could not
// be read for another reason.
func (g *records) short(err error, format string, args ...any) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return g.damage(format, args...)
	}
	return err
}

func (g *records) damage(format string, args ...any) error {
	return &DamageError{Offset: g.offset, Problem: fmt.Sprintf(format, args...)}
}
