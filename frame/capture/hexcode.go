package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"

	"eterm/frame/ether"
)

// parseElements reads what stands between the braces of a C array or of a frame
// of trafgen: numbers, text in quotes, and the calls of trafgen that always make
// the same bytes. What makes others each time, or counts on its own, is refused.
func (l *hexLine) parseElements(text []byte) error {
	for {
		text = bytes.TrimLeft(text, ", \t;")
		if len(text) == 0 {
			return nil
		}
		if text[0] == '"' {
			end := bytes.IndexByte(text[1:], '"')
			if end < 0 || bytes.IndexByte(text[1:1+end], '\\') >= 0 {
				return fmt.Errorf("%w: %.40q", errNotHex, text)
			}
			l.bytes = append(l.bytes, text[1:1+end]...)
			text = text[end+2:]
			continue
		}
		end := bytes.IndexAny(text, ", \t;(")
		if end < 0 {
			end = len(text)
		}
		word := text[:end]
		if text = text[end:]; len(text) > 0 && text[0] == '(' {
			inside, after, closed := bytes.Cut(text[1:], []byte(")"))
			if err := l.call(string(word), inside); err != nil || !closed {
				return fmt.Errorf("%w: %.40q", errNotHex, string(word)+string(text))
			}
			text = after
			continue
		}
		n, err := number(word, 8)
		if err != nil {
			return fmt.Errorf("%w: %.40q", errNotHex, word)
		}
		l.bytes = append(l.bytes, byte(n))
	}
}

// number reads a number as C and trafgen write them, 0b too.
func number(word []byte, bits int) (uint64, error) {
	return strconv.ParseUint(string(bytes.TrimSpace(word)), 0, bits)
}

// call reads trafgen's fill(BYTE, TIMES) and const8 to const64 (c8 to c64).
func (l *hexLine) call(name string, inside []byte) error {
	if name == "fill" {
		value, times, _ := bytes.Cut(inside, []byte(","))
		v, err := number(value, 8)
		n, badTimes := number(times, 32)
		if err != nil || badTimes != nil || n > maxHexFrame {
			return errNotHex
		}
		l.bytes = append(l.bytes, bytes.Repeat([]byte{byte(v)}, int(n))...)
		return nil
	}
	width := map[string]int{"const8": 8, "c8": 8, "const16": 16, "c16": 16, "const32": 32, "c32": 32, "const64": 64, "c64": 64}[name]
	if width == 0 {
		return errNotHex
	}
	v, err := number(inside, width)
	if err != nil {
		return err
	}
	l.bytes = append(l.bytes, binary.BigEndian.AppendUint64(nil, v)[8-width/8:]...)
	return nil
}

// leastFrame is as many bytes as one line must have to be taken for a frame
// where it might be something else: those of a header.
const leastFrame = 14

// unquoted is the hex in the quotes of a line such as
// bytes.fromhex("0200...") or b'0200...', or the line as it is.
func unquoted(text []byte) []byte {
	open := bytes.IndexAny(text, `"'`)
	if open < 0 {
		return text
	}
	inside, _, closed := bytes.Cut(text[open+1:], text[open:open+1])
	if _, hex := appendHex(nil, inside); !closed || !hex || len(inside) < 2*leastFrame {
		return text
	}
	return inside
}

// withoutCharacters cuts off what scapy's hexstr writes behind the bytes of a
// line: two blanks and a character for each of them.
func withoutCharacters(line []byte) []byte {
	at := bytes.Index(line, []byte("  "))
	if at < 0 || (at+1)%3 != 0 || (at+1)/3 < leastFrame || len(line)-at-2 != (at+1)/3 {
		return line
	}
	for i := 0; i < at; i += 3 {
		if ether.HexDigit(line[i]) > 15 || ether.HexDigit(line[i+1]) > 15 || i+2 < at && line[i+2] != ' ' {
			return line
		}
	}
	return line[:at]
}
