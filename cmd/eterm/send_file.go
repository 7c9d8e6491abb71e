package main

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/capture"
	"eterm/iface/load"
)

// mostFile is how many bytes of frames are kept in memory.
const mostFile = 1 << 30

// replay is the frames of a file, in memory.
type replay struct {
	bytes  []byte
	ends   []int // where each frame ends in bytes
	times  []time.Duration
	timed  bool // every frame has a time
	cut    int  // frames that the capture cut short
	period time.Duration
}

// readReplay reads all frames of a capture, or of hex text.
func readReplay(c *cli.Context, name string) (*replay, error) {
	in := c.App.Reader
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, exit.Usage("%w", err)
		}
		defer f.Close()
		in = f
	}
	ctx, cancel := reading(c.Context, in)
	defer cancel()
	p, err := unlessEnded(ctx, func() (*replay, error) { return newReplay(in) })
	if err != nil {
		return nil, exit.Usage("%s: %w", name, err)
	}
	if p.cut > 0 {
		note(c, "%s: the capture cut %d of %d frames short: they are sent as short as they are", name, p.cut, len(p.ends))
	}
	return p, nil
}

func newReplay(in io.Reader) (*replay, error) {
	r, err := capture.NewReader(in)
	if err != nil {
		return nil, err
	}
	p := &replay{timed: true}
	return p, p.read(r)
}

func (p *replay) read(r *capture.Reader) error {
	var first time.Time
	last := time.Duration(0)
	for {
		var rec capture.Record
		err := r.Next(&rec)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if len(p.bytes)+len(rec.Bytes) > mostFile {
			return errors.New("more than 1 GiB of frames: split the file, for example by editcap -c")
		}
		if len(p.ends) == 0 {
			first = rec.Time
		}
		p.timed = p.timed && !rec.Time.IsZero()
		last = max(last, rec.Time.Sub(first)) // clocks are set back at times
		p.times = append(p.times, last)
		p.bytes = append(p.bytes, rec.Bytes...)
		p.ends = append(p.ends, len(p.bytes))
		if rec.Length > len(rec.Bytes) {
			p.cut++
		}
	}
	if len(p.ends) == 0 {
		return errors.New("no frames in it")
	}
	p.period = time.Second
	if n := len(p.times); n > 1 && last > 0 {
		p.period = last + last/time.Duration(n-1) // the mean gap before the next round
	}
	return nil
}

// source is the frames again and again.
func (p *replay) source() load.Source {
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
