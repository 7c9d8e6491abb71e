package report

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// namedHistogram is a distribution in HdrHistogram's compressed form.
type namedHistogram struct{ name, text string }

// tail adds the complementary distribution of delays: how many frames took
// longer, on a logarithmic axis, where the rare ones have room.
func (v *View) tail(curves []namedHistogram) {
	p := Plot{
		Title: "How many frames took longer", X: Axis{Title: "delay", Log: true, Name: durationTick},
		Y:    Axis{Title: "share that took longer", Log: true, Name: shareTick},
		Desc: "Complementary distribution of the delay, both axes logarithmic",
	}
	for _, c := range curves {
		h, err := histogram(c.text)
		if err != nil {
			v.check("Distribution of "+c.name, "its histogram cannot be read: "+err.Error(), Doubtful)
			continue
		}
		if h.TotalCount() > 0 {
			p.Lines = append(p.Lines, Series{c.name, tailPoints(h)})
		}
	}
	if len(p.Lines) > 0 {
		v.Figures = append(v.Figures, p.figure())
	}
}

// tailPoints are places of the distribution, ten for each power of ten.
func tailPoints(h *hdr.Histogram) (points []Point) {
	const perDecade = 10
	total := float64(h.TotalCount())
	last := int64(-1)
	for k := 0; ; k++ {
		longer := math.Pow(10, -float64(k)/perDecade)
		if longer*total < 1 {
			break
		}
		if at := h.ValueAtQuantile(100 * (1 - longer)); at > last {
			points = append(points, Point{float64(at), longer})
			last = at
		}
	}
	return append(points, Point{float64(h.Max()), 1 / total})
}

func durationTick(ns float64) string {
	if ns == 0 {
		return "0"
	}
	return strings.ReplaceAll(duration(int64(ns)), " ", "\u00a0")
}

func shareTick(f float64) string {
	if f >= 0.001 {
		return digits(100*f) + " %"
	}
	return digits(1e6*f) + " ppm"
}

// What a histogram of a document may be at most: as it is encoded, as it
// unpacks, and what it counts (an hour, three digits).
const (
	maxEncoded   = 256 << 10
	maxUnpacked  = 4 << 20
	maxCounted   = 3600e9
	maxPrecision = 3
)

// histogram decodes a histogram that may be hostile: HdrHistogram's own reader
// takes memory for whatever the header says.
func histogram(text string) (h *hdr.Histogram, err error) {
	if err := checkHistogram(text); err != nil {
		return nil, err
	}
	defer func() {
		if recover() != nil {
			h, err = nil, errors.New("it is damaged")
		}
	}()
	h, err = hdr.Decode([]byte(text))
	if err != nil {
		return nil, errors.New("it is damaged")
	}
	return h, nil
}

// checkHistogram looks at the sizes in the header of a compressed histogram
// (V2): cookie and length of 4 bytes each, and in what follows cookie, length,
// normalizing offset, digits of 4 bytes, lowest and highest value of 8.
func checkHistogram(text string) error {
	if len(text) > maxEncoded {
		return fmt.Errorf("it has %d bytes", len(text))
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) < 8 {
		return errors.New("it is not base64")
	}
	z, err := zlib.NewReader(bytes.NewReader(b[8:]))
	if err != nil {
		return errors.New("it is not packed")
	}
	in, err := io.ReadAll(io.LimitReader(z, maxUnpacked+1))
	if err != nil || len(in) < 40 || len(in) > maxUnpacked {
		return errors.New("it does not unpack")
	}
	precision, lowest, highest := int32(binary.BigEndian.Uint32(in[12:])), int64(binary.BigEndian.Uint64(in[16:])), int64(binary.BigEndian.Uint64(in[24:]))
	if precision < 1 || precision > maxPrecision || lowest < 1 || highest < 2*lowest || highest > maxCounted {
		return errors.New("it counts what no delay is")
	}
	return nil
}
