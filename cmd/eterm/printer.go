package main

import (
	"io"
	"sync"

	"eterm/frame"
	"eterm/iface"
)

// A frameFormat is how frames are printed.
type frameFormat string

// The formats of every command that prints frames as they pass.
const (
	formatDump     frameFormat = "dump"
	formatLine     frameFormat = "line"
	formatNotation frameFormat = "notation" // one line, which eterm send can send
	formatTree     frameFormat = "tree"     // a line a field
	formatClassic  frameFormat = "classic"  // as the original demo
	formatJSON     frameFormat = "json"     // by --json only
)

// What the first word of a printed frame says.
const (
	wasSent     = "Sent"
	wasReceived = "Received"
)

// printer writes frames to standard output. Sender and receiver share it: each
// frame is written whole.
type printer struct {
	out    io.Writer
	format frameFormat
	snap   int // bytes of a frame to show; 0: all
	color  bool

	mu      sync.Mutex
	buf     []byte
	decoded frame.Decoded
	clock   clockText
}

// flushAt is how much text is gathered before it is written: large enough to
// make writing cheap, small enough to stay in the cache.
const flushAt = 64 << 10

// frame prints one frame. The text is written at flush, or when there is much.
func (p *printer) frame(direction string, r iface.Received) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.add(direction, r)
}

// sending sends a frame and prints it if it was taken. Nothing else is printed
// in between, so that no answer stands above its question.
func (p *printer) sending(r iface.Received, send func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := send(); err != nil {
		return err
	}
	if err := p.add(wasSent, r); err != nil {
		return err
	}
	return p.write()
}

func (p *printer) add(direction string, r iface.Received) error {
	switch p.format {
	case formatJSON:
		p.buf = appendFrameJSON(p.buf, direction, r)
	case formatClassic:
		p.buf = p.appendClassic(p.buf, direction, r)
	case formatNotation:
		p.decoded.Decode(r.Bytes)
		p.buf = append(p.decoded.AppendNotation(p.buf), '\n')
	default:
		p.buf = p.appendSummary(p.buf, direction, r)
		switch p.format {
		case formatDump:
			p.buf = p.decoded.AppendDump(p.buf, frame.DumpOptions{Snap: p.snap, Color: p.color})
		case formatTree:
			p.buf = append(p.decoded.AppendTree(p.buf), '\n')
		}
	}
	if len(p.buf) < flushAt {
		return nil
	}
	return p.write()
}

// flush writes what was gathered.
func (p *printer) flush() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.write()
}

func (p *printer) write() error {
	if len(p.buf) == 0 {
		return nil
	}
	_, err := p.out.Write(p.buf)
	p.buf = p.buf[:0]
	return err
}

func (p *printer) appendSummary(dst []byte, direction string, r iface.Received) []byte {
	p.decoded.DecodeCaptured(r.Bytes, frame.Captured{Length: r.Length, ChecksumPending: r.ChecksumPending})
	dst = append(dst, direction...)
	dst = append(dst, ' ')
	dst = p.clock.append(dst, r.At)
	dst = append(dst, ' ')
	dst = p.decoded.AppendSummary(dst)
	if r.Length > len(r.Bytes) {
		dst = append(dst, " (cut: "...)
		dst = appendInt(dst, r.Length)
		dst = append(dst, " on the wire)"...)
	}
	if r.ChecksumPending {
		dst = append(dst, " (checksum not filled in yet)"...)
	}
	if r.Super {
		dst = append(dst, " (several frames in one, by this kernel)"...)
	}
	return append(dst, '\n')
}
