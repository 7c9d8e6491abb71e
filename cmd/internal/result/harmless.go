package result

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// AppendHarmless appends JSON without line ends, in which only strings have
// anything but ASCII that can be printed. What is not Harmless in them is
// escaped: the values stay the same, and a terminal that is given the JSON, or a
// file with it, obeys nothing in it.
func AppendHarmless(dst, b []byte) []byte {
	if HarmlessASCII(b) {
		return append(dst, b...)
	}
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case Harmless(r):
			dst = append(dst, b[:n]...)
		case r > 0xffff:
			r -= 0x10000
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
		b = b[n:]
	}
	return dst
}

// Text is s on one line and harmless, wherever it comes from: the network, a
// file, the name of an interface, an argument. What a terminal would act upon
// or a person could not see becomes a point: control characters of C0 and C1
// (a terminal takes U+009B for an escape), marks that turn the direction of
// writing (U+202E) or have no width, and bytes that are no UTF-8. Line ends and
// tabs become blanks.
func Text(s string) string {
	if HarmlessASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case Harmless(r):
			return r
		}
		return '.'
	}, s)
}

// Harmless says whether a character is one that a person sees and a terminal
// only shows. The replacement character is none: it stands for bytes that are
// no UTF-8.
func Harmless(r rune) bool { return unicode.IsPrint(r) && r != utf8.RuneError }

// HarmlessASCII is Harmless of a whole text, for most of what there is, and fast.
func HarmlessASCII[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
