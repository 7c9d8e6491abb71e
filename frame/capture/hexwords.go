package capture

import (
	"bytes"
	"strconv"

	"eterm/frame/ether"
)

// cutWord cuts the first word off; rest begins with the next.
func cutWord(text []byte) (word, rest []byte) {
	end := bytes.IndexAny(text, " \t")
	if end < 0 {
		return text, nil
	}
	return text[:end], bytes.TrimLeft(text[end:], " \t")
}

// digits counts the hex digits of a text.
func digits(text []byte) (n int) {
	for _, c := range text {
		if ether.HexDigit(c) < 16 {
			n++
		}
	}
	return n
}

// appendHex appends the bytes of a word of whole pairs of hex digits, joined
// by nothing or by single colons or dashes, with or without 0x before.
func appendHex(dst, word []byte) ([]byte, bool) {
	if len(word) > 2 && word[0] == '0' && word[1]|0x20 == 'x' {
		word = word[2:]
	}
	if len(word) == 0 {
		return dst, false
	}
	out := dst
	for i := 0; i < len(word); {
		if i+1 >= len(word) {
			return dst, false
		}
		high, low := ether.HexDigit(word[i]), ether.HexDigit(word[i+1])
		if high > 15 || low > 15 {
			return dst, false
		}
		out = append(out, high<<4|low)
		i += 2
		if i+1 < len(word) && (word[i] == ':' || word[i] == '-') {
			i++
		}
	}
	return out, true
}

// isArray says that a line is of a C array: a brace, or a number and a comma.
func isArray(text []byte) bool {
	if open := bytes.IndexByte(text, '{'); open >= 0 {
		return !bytes.HasPrefix(bytes.TrimSpace(text[open+1:]), []byte(`"`))
	}
	comma := bytes.IndexByte(text, ',')
	if comma < 0 || !bytes.HasPrefix(text, []byte("0x")) {
		return false
	}
	_, err := strconv.ParseUint(string(text[:comma]), 0, 8)
	return err == nil
}

// parseArray reads a line of a C array. The frame begins and ends at the
// braces if there are any.
func (l *hexLine) parseArray(text []byte, h *hexText) error {
	l.style = arrayLine
	text = withoutComments(text)
	if before, after, found := bytes.Cut(text, []byte("{")); found && bytes.IndexByte(before, '}') < 0 {
		text, l.begins, h.braces = after, true, true
	}
	if before, _, found := bytes.Cut(text, []byte("}")); found {
		text, l.ends, h.braces = before, true, false
	}
	if err := l.parseElements(text); err != nil {
		h.braces = false
		return err
	}
	return nil
}

// withoutComments cuts C's comments out of a line.
func withoutComments(text []byte) []byte {
	for {
		before, after, found := bytes.Cut(text, []byte("/*"))
		if !found {
			break
		}
		_, after, _ = bytes.Cut(after, []byte("*/"))
		text = append(append([]byte(nil), before...), after...)
	}
	before, _, _ := bytes.Cut(text, []byte("//"))
	return before
}

// isEscaped says that a line is, or is set to, a string with \x in it.
func isEscaped(text []byte) bool {
	escape, open := bytes.Index(text, []byte(`\x`)), bytes.IndexAny(text, `"'`)
	switch {
	case escape < 0, bytes.Contains(text[:max(open, 0)], []byte("//")), bytes.Contains(text[:max(open, 0)], []byte("/*")):
		return false
	case escape == 0:
		return true
	case open < 0:
		return false
	}
	before := bytes.TrimRight(text[:open], "b \t")
	return len(before) == 0 || bytes.IndexByte([]byte("=(,[{"), before[len(before)-1]) >= 0
}

// parseEscaped reads the string on a line, of C or Python. A backslash behind
// it says that the frame goes on.
func (l *hexLine) parseEscaped(text []byte) {
	body, quote := text, byte(0)
	if text[0] != '\\' {
		open := bytes.IndexAny(text, `"'`)
		body, quote = text[open+1:], text[open]
	}
	l.style, l.ends = escapeLine, true
	for i := 0; i < len(body); {
		c := body[i]
		switch {
		case c == quote && quote != 0:
			l.ends = !bytes.HasSuffix(body, []byte(`\`))
			return
		case c == '\\' && i+1 == len(body):
			l.ends = false
			return
		case c == '\\':
			b, n := unescape(body[i:])
			l.bytes = append(l.bytes, b)
			i += n
		default:
			l.bytes = append(l.bytes, c)
			i++
		}
	}
}

// unescape reads one escape and returns its length in characters.
func unescape(s []byte) (byte, int) {
	if s[1] == 'x' && len(s) >= 4 && ether.HexDigit(s[2]) < 16 && ether.HexDigit(s[3]) < 16 {
		return ether.HexDigit(s[2])<<4 | ether.HexDigit(s[3]), 4
	}
	if i := bytes.IndexByte([]byte("abfnrtv0"), s[1]); i >= 0 {
		return "\a\b\f\n\r\t\v\x00"[i], 2
	}
	return s[1], 2
}
