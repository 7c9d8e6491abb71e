package capture

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// maxHexFrame is the longest frame taken from text, in bytes: the length that
// tcpdump prints at most.
const maxHexFrame = 256 << 10

// hexText reads frames from text, line by line. What a line is it knows from
// the line alone; where a frame ends, from the line behind it:
//
//   - a dump with offsets goes on while the offsets do, and a new frame begins
//     at offset 0;
//   - C arrays end at the brace, escaped strings at a line without a
//     continuing backslash;
//   - of plain hex every line is a frame, unless it has one of the widths in
//     which a frame is usually folded: see folds;
//   - empty lines, comments and prose end a frame.
type hexText struct {
	in     *bufio.Reader
	offset int64 // of the line in the file
	number int   // of the line, from 1
	again  bool  // the line was not used yet
	line   hexLine

	frame  []byte
	style  lineStyle // of the frame
	width  int       // bytes on its first line
	folds  bool      // its first line may be one of several
	last   int       // bytes on its last line
	repeat bool      // a line of * stands for copies of the last line
	braces bool      // inside a C array
	frames int
	prose  string // the first line that is none of hex
}

func newHexText(in *bufio.Reader) *hexText { return &hexText{in: in} }

func (h *hexText) describe(int) (Interface, bool) { return Interface{}, false }

func (h *hexText) next(r *Record) error {
	h.frame, h.style, h.repeat = h.frame[:0], noStyle, false
	for {
		if !h.again {
			if err := h.read(); err != nil {
				return h.end(r, err)
			}
		}
		h.again = false
		whole, err := h.take()
		if err != nil {
			return h.damage(err)
		}
		if len(h.frame) > maxHexFrame {
			return h.damage(fmt.Errorf("frame of more than %d bytes", maxHexFrame))
		}
		if whole && len(h.frame) > 0 {
			return h.give(r)
		}
		if whole {
			h.style = noStyle
		}
	}
}

func (h *hexText) give(r *Record) error {
	h.frames++
	r.Bytes, r.Length = h.frame, len(h.frame)
	return nil
}

// end gives the last frame, and then the end.
func (h *hexText) end(r *Record, err error) error {
	switch {
	case errors.Is(err, io.EOF) && len(h.frame) > 0:
		return h.give(r)
	case errors.Is(err, io.EOF) && h.frames == 0:
		return errors.New("no frame in it: want pcap, pcapng or hex text" + h.begins())
	default:
		return err
	}
}

func (h *hexText) begins() string {
	if h.prose == "" {
		return ""
	}
	return fmt.Sprintf(", not %.40q", h.prose)
}

func (h *hexText) damage(err error) error {
	return &DamageError{Offset: h.offset, Problem: fmt.Sprintf("line %d: %v", h.number, err)}
}

// read parses the next line of the file.
func (h *hexText) read() error {
	h.offset += int64(h.line.length)
	text, err := h.in.ReadSlice('\n')
	if err != nil && len(text) == 0 {
		return err
	}
	h.number++
	h.line.length = len(text)
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return h.damage(fmt.Errorf("longer than %d bytes", h.in.Size()))
	case err != nil && !errors.Is(err, io.EOF):
		return err
	}
	if err := h.line.parse(text, h); err != nil {
		return h.damage(err)
	}
	return nil
}

// take adds the line to the frame, or keeps it for the next frame; whole says
// that the frame has ended.
func (h *hexText) take() (whole bool, err error) {
	l := &h.line
	switch l.style {
	case noStyle:
		if h.prose == "" && l.text != "" {
			h.prose = l.text
		}
		return true, nil
	case starLine:
		h.repeat = h.style == dumpLine && h.last > 0
		return !h.repeat, nil
	case dumpLine:
		return h.takeDump()
	}
	if h.style != noStyle && (h.style != l.style || l.begins || l.style == plainLine && !h.folded()) {
		h.again = true
		return true, nil
	}
	h.add()
	return l.ends || l.style == plainLine && !h.folds, nil
}

// takeDump adds a line with an offset.
func (h *hexText) takeDump() (whole bool, err error) {
	l, have := &h.line, int64(len(h.frame))
	switch {
	case h.style != noStyle && (h.style != dumpLine || l.at == 0):
		h.again = true
		return true, nil
	case h.repeat && l.at > have && l.at <= maxHexFrame:
		copied := h.frame[len(h.frame)-h.last:]
		for end := int(l.at); len(h.frame) < end; {
			h.frame = append(h.frame, copied[:min(len(copied), end-len(h.frame))]...)
		}
	case l.at != have:
		return false, fmt.Errorf("offset 0x%x, but the frame has 0x%x bytes up to here", l.at, have)
	}
	h.repeat = false
	if len(l.bytes) == 0 { // hexdump ends with the length
		return true, nil
	}
	h.add()
	return false, nil
}

func (h *hexText) add() {
	l := &h.line
	if h.style == noStyle {
		h.style, h.width = l.style, len(l.bytes)
		h.folds = l.folds()
	}
	h.last = len(l.bytes)
	h.frame = append(h.frame, l.bytes...)
}

// folded says that the line of plain hex goes on with the frame.
func (h *hexText) folded() bool {
	return h.folds && h.last == h.width && len(h.line.bytes) <= h.width
}
