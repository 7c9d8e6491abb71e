package capture

import (
	"errors"
	"io"
	"time"
)

// mostReplay is how many bytes of frames a Replay keeps.
const mostReplay = 1 << 30

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
		if len(p.bytes)+len(rec.Bytes) > mostReplay {
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
	}
	if len(p.ends) == 0 {
		return ErrNoFrames
	}
	if !timed {
		p.Times = nil
	}
	p.Period = time.Second
	if n := len(p.Times); n > 1 && last > 0 {
		p.Period = last + last/time.Duration(n-1) // the mean gap before the next round
	}
	return nil
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
