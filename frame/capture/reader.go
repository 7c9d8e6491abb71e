package capture

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Format is the form of a capture.
type Format uint8

// The formats that are written.
const (
	PcapNG Format = iota
	Pcap
)

func (f Format) String() string {
	return [...]string{"pcapng", "pcap"}[f]
}

// source reads one format.
type source interface {
	// next fills r, whose Comments are empty.
	next(r *Record) error
	// describe is what the file says of an interface, as far as it is read.
	describe(i int) (Interface, bool)
}

// Reader reads the frames of one file or stream, in constant memory. Its
// methods are not safe for concurrent use.
type Reader struct {
	source       source
	in           *bufio.Reader
	waits        func() bool // the next frame may not be there yet
	decompressed *damaging   // what the file is decompressed by, if it is
	err          error
}

// NewReader finds out by its content what r is: pcap or pcapng, plain or
// compressed by gzip or zstd, or hex text. It reads no more than the head. A
// capture of a link type that no Ethernet frame can be made of is a
// *LinkTypeError, here or at Next: see Record.Made.
func NewReader(r io.Reader) (*Reader, error) {
	in := bufio.NewReaderSize(r, recordBuffer)
	decompressed, err := decompress(in)
	if err != nil {
		return nil, err
	}
	c := &Reader{in: in, decompressed: decompressed}
	if decompressed != nil {
		c.in = bufio.NewReaderSize(decompressed, recordBuffer)
	}
	if err := c.open(); err != nil {
		return nil, c.place(err)
	}
	return c, nil
}

// Interface describes the interface that a Record of this file names. It is
// false for what the file does not describe, such as any of hex text.
func (c *Reader) Interface(i int) (Interface, bool) {
	return c.source.describe(i)
}

// Next reads the next frame into r, of which it keeps nothing but the memory
// of Comments. The end of the file is io.EOF. A *DamageError says from where
// on the file cannot be read. After an error Next returns it again.
func (c *Reader) Next(r *Record) error {
	if c.err == nil {
		*r = Record{Comments: r.Comments[:0], Notes: r.Notes[:0]}
		if c.err = c.source.next(r); c.err != nil {
			c.err = c.place(c.err)
		} else if c.decompressed != nil {
			c.decompressed.allowed += aroundFrame + perByte*int64(len(r.Bytes))
		}
	}
	if r.Length < len(r.Bytes) {
		r.Length = len(r.Bytes)
	}
	return c.err
}

// Waits says that the next call of Next may have to wait for input.
func (c *Reader) Waits() bool {
	return c.waits()
}

// place completes damage with what it is an offset into, and makes damage of
// an error of decompression.
func (c *Reader) place(err error) error {
	var damage *DamageError
	if errors.As(err, &damage) {
		damage.Decompressed = c.decompressed != nil
		return damage
	}
	return err
}

// The first bytes of what is read, and of what is named when it is refused.
var magics = []struct{ magic, name string }{
	{"\x1f\x8b", "gzip"},
	{"\x28\xb5\x2f\xfd", "zstd"},
	{"\x04\x22\x4d\x18", "lz4"},
	{"BZh", "bzip2"},
	{"\xfd7zXZ\x00", "xz"},
	{"PK\x03\x04", "zip"},
	{"snoop\x00\x00\x00", "snoop"},
	{"\xa1\xb2\xcd\x34", "modified pcap"},
	{"\x34\xcd\xb2\xa1", "modified pcap"},
	{"\x7fELF", "ELF"},
}

// kind names what the head of in is, if its first bytes say so.
func kind(in *bufio.Reader) string {
	head, _ := in.Peek(8)
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.name
		}
	}
	return ""
}

// zstdWindow is the most memory in bytes that a compressed file can ask for:
// what every decoder should give (RFC 8878, section 3.1.1.1.2), and all that
// zstd's levels up to 19 need.
const zstdWindow = 8 << 20

// decompress is what in decompresses to, or nil if it is not compressed.
func decompress(in *bufio.Reader) (*damaging, error) {
	switch name := kind(in); name {
	case "gzip":
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, &DamageError{Problem: err.Error()}
		}
		return &damaging{in: z, allowed: withoutFrame}, nil
	case "zstd":
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, &DamageError{Problem: err.Error()}
		}
		return &damaging{in: z, allowed: withoutFrame}, nil
	default:
		return nil, nil
	}
}

// A few kilobytes can decompress to terabytes in which there is nothing. So a
// compressed file may have so many bytes without a frame, and so many more for
// each frame that was read, and for each byte of it: a dump has some five.
const (
	withoutFrame = 32 << 20
	aroundFrame  = 1 << 20
	perByte      = 8
)

// damaging makes damage of what a decompressor complains of, and of a file that
// decompresses to more than is allowed.
type damaging struct {
	in              io.Reader
	offset, allowed int64
}

func (d *damaging) Read(p []byte) (int, error) {
	if d.offset > d.allowed {
		return 0, &DamageError{Offset: d.offset, Problem: "so many decompressed bytes, and hardly a frame in them: not read any further"}
	}
	n, err := d.in.Read(p)
	d.offset += int64(n)
	if err != nil && err != io.EOF {
		return n, &DamageError{Offset: d.offset, Problem: "decompress: " + err.Error()}
	}
	return n, err
}

// open finds the source for what is in c.in.
func (c *Reader) open() error {
	head, err := c.in.Peek(pcapHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(head) == 0 {
		return errors.New("empty: want pcap, pcapng or hex text")
	}
	if name := kind(c.in); name != "" {
		return fmt.Errorf("a file of format %s cannot be read: want pcap, pcapng or hex text, plain or compressed by gzip or zstd", name)
	}
	if bytes.HasPrefix(head, []byte("\n\r\r\n")) {
		s := newPcapng(c.in)
		c.source, c.waits = s, s.waits
		return nil
	}
	if order, ok := pcapOrder(head); ok {
		s, err := newPcap(c.in, order)
		if err != nil {
			return err
		}
		c.source, c.waits = s, s.waits
		return nil
	}
	text, err := c.in.Peek(min(512, c.in.Buffered())) // what is there without waiting
	if err != nil {
		return err
	}
	if at := bytes.IndexFunc(text, isBinary); at >= 0 {
		return fmt.Errorf("unknown format: begins with bytes 0x%x, which are neither pcap, pcapng nor hex text", head[:min(len(head), 8)])
	}
	c.source, c.waits = newHexText(c.in), func() bool { return c.in.Buffered() == 0 }
	return nil
}

// isBinary is true of what no text has.
func isBinary(r rune) bool {
	return r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f'
}
