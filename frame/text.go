package frame

import (
	"net/netip"
	"strconv"
)

const hexDigits = "0123456789abcdef"

// appendHex appends two digits a byte.
func appendHex(dst, b []byte) []byte {
	n := len(dst)
	dst = append(dst, make([]byte, 2*len(b))...)
	out := dst[n:]
	for i, c := range b {
		out[2*i], out[2*i+1] = hexDigits[c>>4], hexDigits[c&15]
	}
	return dst
}

// appendHexN appends v as 0x and a fixed number of digits.
func appendHexN(dst []byte, v uint64, digits int) []byte {
	dst = append(dst, '0', 'x')
	for i := digits - 1; i >= 0; i-- {
		dst = append(dst, hexDigits[v>>(4*i)&15])
	}
	return dst
}

// appendMAC appends the low 48 bits of v as an address.
func appendMAC(dst []byte, v uint64) []byte {
	for i := 40; i >= 0; i -= 8 {
		c := byte(v >> i)
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
		if i > 0 {
			dst = append(dst, ':')
		}
	}
	return dst
}

// appendIP4 appends the low 32 bits of v as an address.
func appendIP4(dst []byte, v uint64) []byte {
	for i := 24; i >= 0; i -= 8 {
		dst = strconv.AppendUint(dst, v>>i&0xff, 10)
		if i > 0 {
			dst = append(dst, '.')
		}
	}
	return dst
}

// appendIP6 appends 16 bytes as an address (RFC 5952).
func appendIP6(dst, b []byte) []byte {
	return netip.AddrFrom16([16]byte(b)).AppendTo(dst)
}

// printable says whether a byte may go to a terminal as it is: all others,
// escape sequences above all, are shown in another way.
func printable(c byte) bool { return c >= 0x20 && c <= 0x7e }

// appendQuoted appends text in quotes. All of it must be printable.
func appendQuoted(dst, text []byte) []byte {
	dst = append(dst, '"')
	for _, c := range text {
		if c == '"' || c == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}

// isText says whether b is worth showing as text: some of it, all printable.
func isText(b []byte) bool {
	for _, c := range b {
		if !printable(c) {
			return false
		}
	}
	return len(b) > 0
}
