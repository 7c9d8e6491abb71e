package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// longest text of a document that is shown as one.
const longestText = 240

// clean is a text of a document as it may be shown: what moves, hides or turns
// other text is written as its escape, and what is long is cut.
func clean(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > longestText {
			b.WriteString("…")
			break
		}
		switch {
		case r == unicode.ReplacementChar:
			b.WriteString(`\ufffd`)
		case r != ' ' && (!unicode.IsPrint(r) || unicode.Is(unicode.M, r)):
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// duration is nanoseconds with three or four digits and a unit.
func duration(ns int64) string {
	abs := math.Abs(float64(ns))
	switch {
	case abs < 1e3:
		return fmt.Sprintf("%d ns", ns)
	case abs < 1e6:
		return digits(float64(ns)/1e3) + " µs"
	case abs < 1e9:
		return digits(float64(ns)/1e6) + " ms"
	case abs < 120e9:
		return digits(float64(ns)/1e9) + " s"
	}
	return time.Duration(ns).Round(time.Second).String()
}

// digits is a number with four significant digits, none of them needless.
func digits(f float64) string { return strconv.FormatFloat(signif(f, 4), 'f', -1, 64) }

func signif(f float64, n int) float64 {
	if f == 0 || math.IsInf(f, 0) || math.IsNaN(f) {
		return 0
	}
	scale := math.Pow(10, float64(n)-math.Ceil(math.Log10(math.Abs(f))))
	if math.IsInf(scale, 0) || scale == 0 {
		return f
	}
	return math.Round(f*scale) / scale
}

// si is a number with a prefix of thousands; what follows is its unit.
func si(f float64) string {
	abs := math.Abs(f)
	for _, p := range []struct {
		factor float64
		prefix string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if abs >= p.factor {
			return digits(f/p.factor) + " " + p.prefix
		}
	}
	return digits(f) + " "
}

// grouped is a whole number with its thousands apart.
func grouped(f float64) string {
	s := strconv.FormatFloat(f, 'f', -1, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "\u00a0" + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return whole
}

// number is a count with its thousands apart.
func number(n uint64) string { return grouped(float64(n)) }

// share is n of so many, in percent.
func share(n, of uint64) string {
	if of == 0 {
		return ""
	}
	return digits(100*float64(n)/float64(of)) + " %"
}

// or is s, or what stands for nothing.
func or(s, nothing string) string {
	if s == "" {
		return nothing
	}
	return s
}
