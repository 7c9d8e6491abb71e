package show

import (
	"sync"
	"time"

	"eterm/frame"
	"eterm/iface"
)

// A Format is how frames are printed.
type Format string

// The formats of every command that prints frames as they pass.
const (
	FormatDump     Format = "dump"
	FormatHex      Format = "hex"     // digits alone, a frame a line (decode)
	FormatOD       Format = "od"      // offsets and bytes, as text2pcap reads them (decode)
	FormatC        Format = "c"       // arrays of C (decode)
	FormatTrafgen  Format = "trafgen" // a configuration of trafgen (decode)
	FormatLine     Format = "line"
	FormatNotation Format = "notation" // one line, which eterm send can send
	FormatTree     Format = "tree"     // a line a field
	FormatClassic  Format = "classic"  // as the original demo
	FormatJSON     Format = "json"     // by --json only
)

// What the first word of a printed frame says.
const (
	wasSent     = "Sent"
	wasReceived = "Received"
)

// FramesOptions say how frames are printed.
type FramesOptions struct {
	Format Format
	Snap   int // bytes of a frame to show; 0: all
	Color  bool
	// Columns that text folds to; 0: it does not fold
	Columns int
}

// Frames prints frames as they pass. Sender and receiver share it: each frame
// is written whole.
type Frames struct {
	FramesOptions
	out *Output

	mu      sync.Mutex
	buf     []byte
	decoded frame.Decoded
	clock   clockText
	faulty  uint64
}

// NewFrames prints frames to out.
func NewFrames(out *Output, o FramesOptions) *Frames {
	o.Columns = out.width
	return &Frames{FramesOptions: o, out: out}
}

// heading is what begins a frame's own line: in a dump the sign of a comment, so
// that text2pcap takes neither numbers nor addresses in it for bytes.
func (f Format) heading() string {
	if f == FormatDump {
		return "# "
	}
	return ""
}

// flushAt is how much text is gathered before it is written: large enough to
// make writing cheap, small enough to stay in the cache.
const flushAt = 64 << 10

// Received prints a frame that came. The text is written at Flush, or when there
// is much.
func (p *Frames) Received(r iface.Received) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.To == iface.Outgoing {
		return p.add(wasSent, r)
	}
	return p.add(wasReceived, r)
}

// Sending sends a frame and prints it if it was taken. Nothing else is printed
// in between, so that no reply stands above its request.
func (p *Frames) Sending(b []byte, at time.Time, send func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := send(); err != nil {
		return err
	}
	if err := p.add(wasSent, iface.Received{Bytes: b, At: at, Length: len(b)}); err != nil {
		return err
	}
	return p.write()
}

// Faulty is how many of the frames that came had faults.
func (p *Frames) Faulty() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.faulty
}

// Check counts a frame that came if it has faults, and prints nothing.
func (p *Frames) Check(r *iface.Received) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decode(r, r.To != iface.Outgoing)
}

// decode takes a frame apart, and counts it if it came and has faults.
func (p *Frames) decode(r *iface.Received, came bool) {
	p.decoded.DecodeCaptured(r.Bytes, frame.Captured{Length: r.Length, ChecksumPending: r.ChecksumPending, Unpadded: !came})
	if len(p.decoded.Faults) > 0 && came {
		p.faulty++
	}
}

func (p *Frames) add(direction string, r iface.Received) error {
	p.decode(&r, direction == wasReceived)
	switch p.Format {
	case FormatJSON:
		f := frameObject{direction: "received", at: r.At, length: r.Length, bytes: r.Bytes, faults: &p.decoded}
		if direction == wasSent {
			f.direction = "sent"
		}
		p.buf = f.append(p.buf)
	case FormatClassic:
		p.buf = p.appendClassic(p.buf, direction, r)
	case FormatNotation:
		p.buf = append(p.decoded.AppendNotation(p.buf), '\n')
	default:
		start := len(p.buf)
		p.buf = p.appendSummary(append(p.buf, p.Format.heading()...), direction, r)
		switch p.Format {
		case FormatDump:
			p.buf = p.decoded.AppendDump(p.buf, frame.DumpOptions{Snap: p.Snap, Color: p.Color})
		case FormatTree:
			p.buf = append(p.decoded.AppendTree(p.buf), '\n')
		}
		p.buf = foldFrame(p.buf, start, p.Format, p.Columns)
	}
	if len(p.buf) < flushAt {
		return nil
	}
	return p.write()
}

// Flush writes what was gathered.
func (p *Frames) Flush() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.write()
}

func (p *Frames) write() error {
	if len(p.buf) == 0 {
		return nil
	}
	_, err := p.out.Write(p.buf)
	p.buf = p.buf[:0]
	return err
}

// appendSummary writes the line of the frame just decoded.
func (p *Frames) appendSummary(dst []byte, direction string, r iface.Received) []byte {
	dst = append(append(dst, direction...), ' ')
	dst = append(p.clock.append(dst, r.At), ' ')
	dst = appendCut(p.decoded.AppendSummary(dst), r.Length, len(r.Bytes))
	if r.ChecksumPending {
		dst = append(dst, " (checksum not filled in yet)"...)
	}
	if r.Super {
		dst = append(dst, " (several frames in one, by this kernel)"...)
	}
	return append(dst, '\n')
}

// appendCut says of a frame that was captured in part how long it was.
func appendCut(dst []byte, length, captured int) []byte {
	if length <= captured {
		return dst
	}
	return append(appendInt(append(dst, " (cut: "...), length), " on the wire)"...)
}
