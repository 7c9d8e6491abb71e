package capture

import (
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// FormatOf is the format a file of this name is written in: pcap for .pcap and
// .cap, pcapng for all others.
func FormatOf(name string) Format {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".pcap", ".cap":
		return Pcap
	default:
		return PcapNG
	}
}

// A Writer writes frames of one interface to a stream. It gathers them, and
// every write to the stream is of whole records, so that whatever ends the
// program leaves a file that can be read to its end. It is not safe for
// concurrent use.
type Writer struct {
	out     io.Writer
	format  Format
	buf     []byte // whole records
	starts  bool   // buf begins with the head of the file
	written int64  // bytes of whole records that out took
	lost    uint64 // frames that were taken, and that out did not
	err     error
}

// writeBuffer is how many bytes a Writer gathers.
const writeBuffer = 256 << 10

// NewWriter makes the head of a file: of a pcapng file the section with the
// machine and the program, and the interface; of a pcap file, which has no
// place for those, the link type and nanoseconds. Format must be one of these.
func NewWriter(out io.Writer, format Format, about Interface) (*Writer, error) {
	w := &Writer{out: out, format: format, buf: make([]byte, 0, writeBuffer), starts: true}
	switch format {
	case Pcap:
		w.buf = appendPcapHead(w.buf, about)
	case PcapNG:
		w.buf = appendDescription(appendSection(w.buf, about), about)
	default:
		return nil, fmt.Errorf("captures cannot be written as %s: want pcap or pcapng", format)
	}
	return w, nil
}

// Write adds one frame. In pcap the direction, comments and drops are lost.
// After an error every call returns it again.
func (w *Writer) Write(r *Record) error {
	if len(r.Bytes) > MaxFrame {
		return fmt.Errorf("frame of %d bytes: captures hold up to %d", len(r.Bytes), MaxFrame)
	}
	if w.format == Pcap {
		w.room(16 + len(r.Bytes))
		w.buf = appendPcap(w.buf, r)
	} else {
		w.room(64 + len(r.Bytes))
		w.buf = appendPacket(w.buf, r)
	}
	return w.err
}

// room sends what is gathered before the buffer would have to grow.
func (w *Writer) room(n int) {
	if len(w.buf)+n > cap(w.buf) && len(w.buf) > 0 {
		w.Flush()
	}
}

// Flush gives the stream what was gathered.
func (w *Writer) Flush() error {
	if w.err != nil || len(w.buf) == 0 {
		w.buf = w.buf[:0]
		return w.err
	}
	n, err := w.out.Write(w.buf)
	if err != nil {
		w.err = err
		n, w.lost = w.whole(n)
	}
	w.written += int64(n)
	w.buf, w.starts = w.buf[:0], false
	return err
}

// Close writes what was gathered and, in pcapng, the account of the interface
// if there is one. It leaves the stream open.
func (w *Writer) Close(account *Statistics) error {
	if account != nil && w.format == PcapNG {
		w.buf = appendStatistics(w.buf, account)
	}
	return w.Flush()
}

// Size is the length in bytes of the file up to here, and Written that of the
// whole records the stream took.
func (w *Writer) Size() int64 { return w.written + int64(len(w.buf)) }

// Written is how many bytes of the file were written.
func (w *Writer) Written() int64 { return w.written }

// Lost is how many frames Write took without an error, and the stream did not.
func (w *Writer) Lost() uint64 { return w.lost }

// whole is how many of the first n bytes of the buffer are whole records, and
// how many frames are behind them.
func (w *Writer) whole(n int) (whole int, behind uint64) {
	at := 0
	if w.starts && w.format == Pcap {
		at = pcapHeader
	}
	if at <= n {
		whole = at
	}
	const least = 16 // of a pcap record without a frame, and less than a block
	for len(w.buf)-at >= least {
		length, isFrame := least+int(binary.LittleEndian.Uint32(w.buf[at+8:])), true
		if w.format == PcapNG {
			length, isFrame = int(binary.LittleEndian.Uint32(w.buf[at+4:])), binary.LittleEndian.Uint32(w.buf[at:]) == blockEnhanced
		}
		at += length
		switch {
		case at <= n:
			whole = at
		case isFrame:
			behind++
		}
	}
	return whole, behind
}
