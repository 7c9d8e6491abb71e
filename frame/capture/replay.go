package capture

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// mostReplay is how many bytes a Replay keeps.
const mostReplay = 1 << 30

// perFrame is what a Replay keeps of a frame besides its bytes: a small compressed
// file may have very many that are empty.
const perFrame = 16

// ErrNoFrames is what ReadReplay says of a file without any.
var ErrNoFrames = errors.New("no frames in it")

// ErrTooMuch is what ReadReplay says of more than it keeps.
var ErrTooMuch = errors.New("more than 1 GiB of frames")

// Replay is the frames of a file in memory, to be sent again.
type Replay struct {
	// Times are when the frames are due after the first, never falling; nil
	// where a frame has no time. Period is how long a round of them takes: to the
	// last, and the mean gap before the next round.
	Times  []time.Duration
	Period time.Duration
	// Cut is how many frames the capture cut short.
	Cut int
	// Made is how many frames got a header made, because the file has MadeOf
	// instead of Ethernet: see Record.Made.
	Made   int
	MadeOf string

	bytes []byte
	ends  []int // where each frame ends in bytes
}

// ReadReplay reads all frames of a capture, or of hex text.
func ReadReplay(in io.Reader) (*Replay, error) {
	r, err := NewReader(in)
	if err != nil {
		return nil, err
	}
	p := &Replay{}
	return p, p.read(r)
}

// NewReplay is a replay of frames that have no times.
func NewReplay(frames [][]byte) (*Replay, error) {
	p := &Replay{}
	for _, b := range frames {
		p.bytes = append(p.bytes, b...)
		p.ends = append(p.ends, len(p.bytes))
	}
	switch {
	case len(p.ends) == 0:
		return nil, ErrNoFrames
	case len(p.bytes) > mostReplay:
		return nil, ErrTooMuch
	}
	p.setPeriod()
	return p, nil
}

// Len is the number of frames.
func (p *Replay) Len() int { return len(p.ends) }

func (p *Replay) read(r *Reader) error {
	var first time.Time
	last, timed := time.Duration(0), true
	for {
		var rec Record
		err := r.Next(&rec)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if len(p.bytes)+len(rec.Bytes)+perFrame*len(p.ends) > mostReplay {
			return ErrTooMuch
		}
		if len(p.ends) == 0 {
			first = rec.Time
		}
		timed = timed && !rec.Time.IsZero()
		last = max(last, rec.Time.Sub(first)) // clocks are set back at times
		p.Times = append(p.Times, last)
		p.bytes = append(p.bytes, rec.Bytes...)
		p.ends = append(p.ends, len(p.bytes))
		if rec.Length > len(rec.Bytes) {
			p.Cut++
		}
		if rec.Made != "" {
			p.Made, p.MadeOf = p.Made+1, rec.Made
		}
	}
	if len(p.ends) == 0 {
		return ErrNoFrames
	}
	if !timed {
		p.Times = nil
	}
	p.setPeriod()
	return nil
}

// setPeriod works out how long a round takes: to the last frame, and the mean
// gap before the next round.
func (p *Replay) setPeriod() {
	p.Period = time.Second
	if n := len(p.Times); n > 1 && p.Times[n-1] > 0 {
		p.Period = p.Times[n-1] + p.Times[n-1]/time.Duration(n-1)
	}
}

// Source is the frames again and again: each call appends the next.
func (p *Replay) Source() func(dst []byte) []byte {
	i := 0
	return func(dst []byte) []byte {
		from := 0
		if i > 0 {
			from = p.ends[i-1]
		}
		dst = append(dst, p.bytes[from:p.ends[i]]...)
		i = (i + 1) % len(p.ends)
		return dst
	}
}

// Select keeps the frames from the one numbered first to that numbered last,
// both counted from 1. The time of the first becomes 0.
func (p *Replay) Select(first, last int) error {
	if first < 1 || last < first || last > p.Len() {
		return fmt.Errorf("has %d frames: want numbers from 1 to %d, not %d to %d", p.Len(), p.Len(), first, last)
	}
	from := 0
	if first > 1 {
		from = p.ends[first-2]
	}
	p.bytes, p.ends = p.bytes[from:], p.ends[first-1:last]
	for i := range p.ends {
		p.ends[i] -= from
	}
	if p.Times != nil {
		p.Times = p.Times[first-1 : last]
		start := p.Times[0]
		for i := range p.Times {
			p.Times[i] -= start
		}
	}
	p.setPeriod()
	return nil
}

// Change puts what f makes of each frame into its place. An error of f ends it
// and is given with the frame's number.
func (p *Replay) Change(f func(frame []byte) ([]byte, error)) error {
	var bytes []byte
	from := 0
	for i, end := range p.ends {
		b, err := f(p.bytes[from:end:end])
		if err != nil {
			return fmt.Errorf("frame %d: %w", i+1, err)
		}
		bytes = append(bytes, b...)
		p.ends[i], from = len(bytes), end
	}
	p.bytes = bytes
	return nil
}
