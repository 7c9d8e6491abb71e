package show

import (
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ColumnsVar names the environment variable that says to how many columns text
// folds where the stream is no terminal: a lab tells its hosts.
const ColumnsVar = "ETERM_COLUMNS"

// leastColumns is the narrowest terminal that text is folded for.
const leastColumns = 20

// columnsAsked is what ColumnsVar says; 0: nothing.
func columnsAsked() int {
	n, err := strconv.Atoi(os.Getenv(ColumnsVar))
	if err != nil || n < leastColumns {
		return 0
	}
	return n
}

// Fold breaks each line of text that is longer than width between words, and
// goes on below what stands behind the line's key, else a little further in.
// What begins with "#", as in a dump, goes on behind another one. Width 0 folds
// nothing.
func Fold(text string, width int) string {
	if width < leastColumns {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		body, end := strings.CutSuffix(line, "\n")
		b.WriteString(strings.Join(foldLine(body, width), "\n"))
		if end {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// foldFrame folds what was appended to b of a frame since start; of notation, and
// of what programs read, nothing.
func foldFrame(b []byte, start int, f Format, width int) []byte {
	if width < leastColumns {
		return b
	}
	switch f {
	case FormatLine, FormatTree:
		return append(b[:start], Fold(string(b[start:]), width)...)
	case FormatDump:
		return append(b[:start], foldDump(string(b[start:]), width)...)
	}
	return b
}

// foldDump folds the comments of a dump. A row stays whole, so that it can be
// pasted; the layer's name stands above it, where it does not fit behind it.
func foldDump(dump string, width int) string {
	if width < leastColumns {
		return dump
	}
	var b strings.Builder
	above := ""
	for line := range strings.Lines(dump) {
		end := strings.LastIndexByte(line, '|') + 1
		name := strings.TrimSpace(bare(line[end:]))
		switch {
		case strings.HasPrefix(bare(line), "#"):
			line = Fold(line, width)
		case end > 0 && name != "" && visible(strings.TrimRight(line, " \n")) > width:
			line = line[:end] + "\n"
			if name != above { // not again for the other row of a difference
				line = "# " + name + "\n" + line
			}
			above = name
		}
		b.WriteString(line)
	}
	return b.String()
}

// deeper is how far the further lines of a folded line are set in.
const deeper = 4

// foldLine are the lines that one line becomes.
func foldLine(line string, width int) []string {
	if visible(line) <= width {
		return []string{line}
	}
	body := strings.TrimLeft(line, " ")
	indent := len(line) - len(body)
	if comment := bare(body); strings.HasPrefix(comment, "# ") {
		return hung(line, width, 0, strings.Repeat(" ", indent)+"#"+strings.Repeat(" ", deeper+1))
	}
	at := lastGap(line, indent, width)
	switch {
	case at > 0:
		return hung(line, width, at, strings.Repeat(" ", visible(line[:at])))
	case strings.Contains(body, "  "): // what is behind the gap goes below
		key, text, _ := strings.Cut(body, "  ")
		below := strings.Repeat(" ", indent+deeper)
		return append(foldLine(line[:indent]+key, width), hung(below+strings.TrimLeft(text, " "), width, len(below), below)...)
	}
	return hung(line, width, 0, strings.Repeat(" ", indent+deeper))
}

// lastGap is where the text behind the last key or column begins, so far left
// that there is room for it; 0: nowhere. Two blanks or more set it apart.
func lastGap(line string, indent, width int) (at int) {
	for i := indent; ; {
		gap := strings.Index(line[i:], "  ")
		if gap < 0 {
			return at
		}
		i += gap
		i += len(line[i:]) - len(strings.TrimLeft(line[i:], " "))
		if visible(line[:i]) > width*7/10 {
			return at
		}
		at = i
	}
}

// hung folds a line, of which the first bytes stay as they are; each further
// line begins with what is given.
func hung(line string, width, first int, further string) []string {
	if first == 0 {
		first = len(line) - len(strings.TrimLeft(line, " "))
	}
	room := max(width-len(further), leastColumns/2)
	lines := foldAfter(line[first:], width-visible(line[:first]), room)
	for i := range lines {
		if i == 0 {
			lines[i] = line[:first] + lines[i]
		} else {
			lines[i] = further + lines[i]
		}
	}
	return lines
}

// fold breaks text into lines of at most width characters: at blanks, behind
// commas, and within a word that is longer than a line, there at a hyphen.
func fold(s string, width int) []string { return foldAfter(s, width, width) }

// foldAfter is fold with a first line of another width.
func foldAfter(s string, first, width int) []string {
	var lines []string
	line, room := "", first
	for _, word := range foldable(s) {
		for {
			if visible(line)+visible(strings.TrimRight(word, " ")) <= room {
				line += word
				break
			}
			if line != "" {
				lines, line, room = append(lines, strings.TrimRight(line, " ")), "", width
				continue
			}
			if strings.Contains(word, "\x1b") { // a colour is never cut
				line = word
				break
			}
			runes := []rune(word)
			cut := hyphen(runes, room)
			lines, word, room = append(lines, string(runes[:cut])), string(runes[cut:]), width
		}
	}
	if line = strings.TrimRight(line, " "); line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// hyphen is where a word breaks that is longer than a line: behind a hyphen or a
// point in the second half of the line, or at its end.
func hyphen(word []rune, width int) int {
	for i := width; i > width/2; i-- {
		if word[i-1] == '-' || word[i-1] == '.' {
			return i
		}
	}
	return width
}

// foldable are the pieces of a text that a line end may come between, with the
// blanks behind them.
func foldable(s string) (pieces []string) {
	from := 0
	for i, r := range s {
		if (r == ' ' || r == ',') && (i+1 == len(s) || s[i+1] != ' ') {
			pieces, from = append(pieces, s[from:i+1]), i+1
		}
	}
	return append(pieces, s[from:])
}

// visible is how many columns a text takes: colours take none.
func visible(s string) int {
	if !strings.Contains(s, "\x1b") {
		return utf8.RuneCountInString(s)
	}
	return utf8.RuneCountInString(bare(s))
}

// bare is a text without colours.
func bare(s string) string {
	for {
		before, rest, found := strings.Cut(s, "\x1b[")
		if !found {
			return s
		}
		end := strings.IndexByte(rest, 'm')
		s = before + rest[end+1:] // the colours of this program all end so
	}
}
