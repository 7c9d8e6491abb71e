package frame

import (
	"strconv"
	"strings"
)

// SyntaxError is what [Parse] says of notation it cannot read.
type SyntaxError struct {
	Notation string // what was read
	Offset   int    // where in it the wrong word starts, in bytes
	Length   int    // of the wrong word in bytes; 0 at the end
	Problem  string // lower case, with the remedy
}

// Error is one line: the problem and the column it is at, counted from 1.
func (e *SyntaxError) Error() string {
	return e.Problem + ", at column " + strconv.Itoa(e.Offset+1)
}

// Caret is two lines: the notation, cut to what is near the wrong word, and
// carets under that word. Bytes that are not printable ASCII are shown as "?".
func (e *SyntaxError) Caret() string {
	const before, width = 40, 74 // with the points at both ends it fits 80 columns
	from := max(0, e.Offset-before)
	to := min(len(e.Notation), from+width)
	var b strings.Builder
	pre, post := "", ""
	if from > 0 {
		pre = "..."
	}
	if to < len(e.Notation) {
		post = "..."
	}
	b.WriteString(pre)
	for i := from; i < to; i++ {
		if c := e.Notation[i]; printable(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('?')
		}
	}
	b.WriteString(post + "\n")
	b.WriteString(strings.Repeat(" ", len(pre)+e.Offset-from))
	b.WriteString(strings.Repeat("^", max(1, min(e.Length, to-e.Offset))))
	return b.String()
}

// Words joins words as a shell gave them to one notation: what the shell took
// the quotes off gets them back.
func Words(args []string) string {
	var b []byte
	for i, a := range args {
		if i > 0 {
			b = append(b, ' ')
		}
		key, value, has := cutByte(a, '=')
		switch {
		case len(args) == 1 || !strings.ContainsAny(a, " \t\"\\"):
			b = append(b, a...)
		case i > 0 && args[i-1] == "text" && !strings.HasPrefix(a, "\""):
			b = appendQuoted(b, []byte(a))
		case strings.Contains(a, " / "): // several layers in one word
			b = append(b, a...)
		case has && !strings.ContainsAny(key, " \t\"\\") && !strings.HasPrefix(value, "\""):
			b = append(append(b, key...), '=')
			b = appendQuoted(b, []byte(value))
		case strings.HasPrefix(a, "\"") || has:
			b = append(b, a...)
		default:
			b = appendQuoted(b, []byte(a))
		}
	}
	return string(b)
}

// nearest is the name most like a wrong one, or one it is a part of, or "":
// for "did you mean".
func nearest(wrong string, names []string) string {
	best, least := "", 3
	for _, n := range names {
		if len(wrong) > 3 && strings.Contains(n, wrong) {
			best = n
			break
		}
	}
	for _, n := range names {
		if d := distance(wrong, n); d < least && d < len(wrong) {
			best, least = n, d
		}
	}
	return best
}

// distance is how many letters must be put in, taken out or changed to make
// one word of another; words over 32 letters are not compared.
func distance(a, b string) int {
	const most = 32
	if len(a) > most || len(b) > most {
		return most
	}
	var row [most + 1]int
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
