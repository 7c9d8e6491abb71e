package frame

import (
	"net/netip"
	"strconv"
	"strings"

	"eterm/frame/ether"
)

// Values are read by hand where a line of notation holds many of them: the
// standard library's readers allocate their errors.

// cutByte cuts s at the first c.
func cutByte(s string, c byte) (before, after string, found bool) {
	if i := strings.IndexByte(s, c); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// parseUint reads a decimal number, or a hexadecimal one after 0x. A leading
// zero does not make it octal.
func parseUint(s string) (v uint64, ok bool) {
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		if len(s) > 18 {
			return 0, false
		}
		for i := 2; i < len(s); i++ {
			d := ether.HexDigit(s[i])
			if d > 15 {
				return 0, false
			}
			v = v<<4 | uint64(d)
		}
		return v, true
	}
	if len(s) == 0 || len(s) > 19 {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		v = v*10 + uint64(s[i]-'0')
	}
	return v, true
}

// appendUnhex appends the bytes that hex digits write; bytes in skip may stand
// between them.
func appendUnhex(dst []byte, s, skip string) ([]byte, string) {
	high := -1
	for i := 0; i < len(s); i++ {
		d := ether.HexDigit(s[i])
		switch {
		case d > 15 && high < 0 && strings.IndexByte(skip, s[i]) >= 0:
		case d > 15:
			return dst, quote(s[i:i+1]) + " is no hex digit"
		case high < 0:
			high = int(d)
		default:
			dst = append(dst, byte(high)<<4|d)
			high = -1
		}
	}
	if high >= 0 {
		return dst, "odd number of hex digits"
	}
	return dst, ""
}

// parseIP4 reads a dotted address.
func parseIP4(s string) (v uint64, ok bool) {
	for part := 0; part < 4; part++ {
		one := s
		if part < 3 {
			var found bool
			if one, s, found = cutByte(s, '.'); !found {
				return 0, false
			}
		}
		n, ok := parseUint(one)
		if !ok || n > 255 || len(one) > 3 || len(one) > 1 && one[0] == '0' {
			return 0, false
		}
		v = v<<8 | n
	}
	return v, true
}

// parseIP6 reads an IPv6 address without zone.
func parseIP6(s string) (b [16]byte, ok bool) {
	if strings.IndexByte(s, ':') < 0 || strings.IndexByte(s, '%') >= 0 {
		return b, false
	}
	a, err := netip.ParseAddr(s)
	return a.As16(), err == nil
}

// quote writes a piece of a notation for a message: short and printable.
func quote(s string) string {
	if len(s) > 40 {
		s = s[:40] + "..."
	}
	return strconv.QuoteToASCII(s)
}
