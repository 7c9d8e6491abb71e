package show

import (
	"strconv"
	"time"
)

// clockText writes times of day with nanoseconds, 15:04:05.000000000, and
// works out the part before the point once a second only: a receiver prints
// hundreds of thousands of them a second.
type clockText struct {
	second int64
	text   []byte
}

func (c *clockText) append(dst []byte, t time.Time) []byte {
	if s := t.Unix(); s != c.second || c.text == nil {
		c.second = s
		c.text = t.Local().AppendFormat(c.text[:0], "15:04:05.")
	}
	return appendNanoseconds(append(dst, c.text...), t.Nanosecond())
}

// appendNanoseconds writes the nine digits after the point.
func appendNanoseconds(dst []byte, ns int) []byte {
	var digits [9]byte
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = byte('0' + ns%10)
		ns /= 10
	}
	return append(dst, digits[:]...)
}

func appendInt(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
