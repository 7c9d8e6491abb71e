package capture

import (
	"bytes"
	"errors"
	"fmt"

	"eterm/frame/ether"
)

// lineStyle says what a line of text is.
type lineStyle uint8

const (
	noStyle    lineStyle = iota // empty, a comment, or prose
	dumpLine                    // an offset and bytes
	starLine                    // hexdump's mark of repeated lines
	plainLine                   // hex digits
	arrayLine                   // 0xff, 0xff
	escapeLine                  // "\xff\xff"
)

// hexLine is one line of text, taken apart. It is reused.
type hexLine struct {
	style  lineStyle
	bytes  []byte
	at     int64  // a dump's offset
	joined bool   // plain digits without a space
	begins bool   // the line begins a frame
	ends   bool   // the line ends its frame
	text   string // of prose
	length int    // in the file, with the end of the line
}

// errNotHex is a line that has begun as hex.
var errNotHex = errors.New("not a hex byte")

// parse takes a line apart. h is the frame so far, which tells an offset from
// bytes.
func (l *hexLine) parse(line []byte, h *hexText) error {
	*l = hexLine{bytes: l.bytes[:0], length: l.length}
	text := bytes.TrimSpace(withoutCharacters(bytes.TrimRight(line, "\r\n")))
	switch {
	case h.braces:
		return l.parseArray(text, h)
	case len(text) == 0 || text[0] == '#':
		return nil
	case len(text) == 1 && text[0] == '*':
		l.style = starLine
		return nil
	}
	// Dumps first: the characters at their end may look like anything.
	if done, err := l.parseDump(text, h); done || err != nil {
		return err
	}
	switch {
	case isEscaped(text) && h.style != arrayLine:
		l.parseEscaped(text)
		return nil
	case isArray(text), h.style == arrayLine && bytes.HasPrefix(text, []byte("0x")):
		return l.parseArray(text, h)
	default:
		return l.parsePlain(unquoted(text))
	}
}

// folds says that plain hex of this width may be one frame over several lines:
// what xxd -p prints is folded after 30 bytes, and bytes typed apart after 16
// or 32. No frame fits on a line of fewer than 14.
func (l *hexLine) folds() bool {
	n := len(l.bytes)
	return n < 14 || l.joined && n == 30 || !l.joined && (n == 16 || n == 32)
}

// parsePlain reads digits in pairs, apart or joined by nothing, colons or
// dashes. A line that is hardly hex is prose, one that is mostly hex wrong.
func (l *hexLine) parsePlain(text []byte) error {
	l.style, l.joined = plainLine, !bytes.ContainsAny(text, " \t")
	good, all := 0, 0
	var wrong []byte
	for rest := text; len(rest) > 0; {
		var word []byte
		word, rest = cutWord(rest)
		all += len(word)
		if out, ok := appendHex(l.bytes, word); ok {
			l.bytes, good = out, good+len(word)
		} else if wrong == nil {
			wrong = word
		}
	}
	switch {
	case wrong == nil:
		return nil
	case good*4 >= all*3:
		return fmt.Errorf("%w: %.40q", errNotHex, wrong)
	case len(text) >= 28 && digits(text)*10 >= len(text)*9:
		return fmt.Errorf("%w: odd or wrong digits in %.40q", errNotHex, wrong)
	}
	l.style, l.bytes, l.text = noStyle, l.bytes[:0], string(text[:min(len(text), 80)])
	return nil
}

// parseDump reads a line of xxd, hexdump -C, tcpdump -xx, od -A x -t x1,
// Wireshark or eterm: an offset, bytes, and perhaps their characters behind at
// least two spaces or a bar. done is false for a line that has no offset.
func (l *hexLine) parseDump(text []byte, h *hexText) (done bool, err error) {
	word, rest := cutWord(text)
	colon := bytes.HasSuffix(word, []byte(":"))
	at, ok := parseOffset(bytes.TrimSuffix(word, []byte(":")))
	if !ok {
		return false, nil
	}
	due := at == 0 || h.style == dumpLine && (at == int64(len(h.frame)) || h.repeat)
	gap := len(text) - len(word) - len(rest)
	next, _ := cutWord(rest)
	_, hex := appendHex(nil, next)
	switch {
	case colon && (due || hex):
	case len(rest) == 0 && h.style == dumpLine && due: // the length, at hexdump's end
	case gap >= 2 && len(next) >= 2 && (due || len(word) >= 4 && len(next) == 2):
	case gap == 1 && due && len(word) >= 6 && len(next) == 2:
	case gap == 1 && due && len(word) == 7 && len(next) == 4:
		return true, errors.New("two-byte words in the host's order: use hexdump -C or xxd")
	default:
		return false, nil
	}
	l.style, l.at = dumpLine, at
	return true, l.parseBytes(rest, !colon)
}

// parseBytes reads a dump's bytes up to their characters. Between the eighth
// and the ninth byte, middle allows two spaces.
func (l *hexLine) parseBytes(rest []byte, middle bool) error {
	for len(rest) > 0 && rest[0] != '|' {
		word, after := cutWord(rest)
		out, ok := appendHex(l.bytes, word)
		if !ok {
			return fmt.Errorf("%w: %.40q", errNotHex, word)
		}
		l.bytes = out
		gap := len(rest) - len(word) - len(after)
		if gap >= 2 && !(middle && gap == 2 && len(l.bytes) == 8) || gap == 1 && bytes.HasPrefix(after, []byte("|")) {
			return nil
		}
		rest = after
	}
	return nil
}

// parseOffset reads 3 to 8 hex digits, with or without 0x.
func parseOffset(word []byte) (int64, bool) {
	word = bytes.TrimPrefix(word, []byte("0x"))
	if len(word) < 3 || len(word) > 8 {
		return 0, false
	}
	n := int64(0)
	for _, c := range word {
		d := ether.HexDigit(c)
		if d > 15 {
			return 0, false
		}
		n = n<<4 | int64(d)
	}
	return n, true
}
