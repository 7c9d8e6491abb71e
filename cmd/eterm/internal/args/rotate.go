package args

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Rotate is when a capture goes on in a new file.
type Rotate struct {
	text  string
	Bytes int64
	Age   time.Duration
}

// Given says whether there is one.
func (v *Rotate) Given() bool { return v.text != "" }

// Set reads what was typed; its error says what is wanted.
func (v *Rotate) Set(s string) error {
	*v = Rotate{text: s}
	for _, word := range strings.Split(s, ",") {
		if n, ok := parseBytes(word); ok && n >= 1000 {
			v.Bytes = n
		} else if d, err := time.ParseDuration(word); err == nil && d > 0 {
			v.Age = d
		} else {
			return errors.New("want a size such as 100MB, a time such as 10m, or both with a comma")
		}
	}
	return nil
}

func (v *Rotate) String() string { return v.text }

// parseBytes reads a size in bytes with its unit: kB, MB, GB, or KiB, MiB, GiB.
func parseBytes(s string) (int64, bool) {
	for unit, factor := range map[string]float64{
		"kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
	} {
		if digits, ok := strings.CutSuffix(s, unit); ok {
			n, err := strconv.ParseFloat(digits, 64)
			return int64(n * factor), err == nil && n > 0 && n*factor < 1<<62
		}
	}
	return 0, false
}
