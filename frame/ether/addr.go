package ether

import (
	"errors"
	"net"
)

// AddrLen is the length in bytes of an address (IEEE 802-2014, 8.2.1).
const AddrLen = 6

// Addr is a 48-bit address.
type Addr [AddrLen]byte

// Broadcast is the address of all stations (IEEE 802.3-2022, 3.2.3.1).
var Broadcast = Addr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// ErrAddr is what ParseAddr says of anything else.
var ErrAddr = errors.New("want a MAC address of six bytes, such as 02:00:00:00:00:01")

// ParseAddr reads an address in any usual spelling: six numbers of one or two
// hex digits with colons or hyphens between them, three groups of four digits
// with dots, twelve digits with nothing between, or the word broadcast. It is
// the only reader of addresses. An error is always ErrAddr.
func ParseAddr(s string) (a Addr, err error) {
	if s == "broadcast" {
		return Broadcast, nil
	}
	var ok bool
	switch {
	case len(s) == 2*AddrLen:
		ok = a.joined(s)
	case len(s) == 14 && s[4] == '.' && s[9] == '.':
		ok = a.groups(s)
	}
	if !ok && !a.pairs(s) {
		return Addr{}, ErrAddr
	}
	return a, nil
}

// joined reads twelve digits.
func (a *Addr) joined(s string) bool {
	for i := range a {
		high, low := HexDigit(s[2*i]), HexDigit(s[2*i+1])
		if high|low > 15 {
			return false
		}
		a[i] = high<<4 | low
	}
	return true
}

// groups reads three groups of four digits, one byte apart.
func (a *Addr) groups(s string) bool {
	for i := range a {
		at := 2*i + i/2
		high, low := HexDigit(s[at]), HexDigit(s[at+1])
		if high|low > 15 {
			return false
		}
		a[i] = high<<4 | low
	}
	return true
}

// pairs reads six numbers of one or two digits with one kind of separator.
func (a *Addr) pairs(s string) bool {
	at, sep := 0, byte(0)
	for i := range a {
		if i > 0 {
			if at >= len(s) || s[at] != ':' && s[at] != '-' || sep != 0 && s[at] != sep {
				return false
			}
			sep = s[at]
			at++
		}
		if at >= len(s) || HexDigit(s[at]) > 15 {
			return false
		}
		a[i] = HexDigit(s[at])
		if at++; at < len(s) && HexDigit(s[at]) <= 15 {
			a[i] = a[i]<<4 | HexDigit(s[at])
			at++
		}
	}
	return at == len(s)
}

// HexDigit is the value of a hex digit, 255 for anything else.
func HexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

const hexDigits = "0123456789abcdef"

// Append appends the address as 02:00:00:00:00:01.
func (a Addr) Append(dst []byte) []byte {
	for i, c := range a {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

// String is the address as 02:00:00:00:00:01.
func (a Addr) String() string { return string(a.Append(make([]byte, 0, 17))) }

// Uint64 is the address as a number: its first byte is the highest of six.
func (a Addr) Uint64() uint64 {
	return uint64(a[0])<<40 | uint64(a[1])<<32 | uint64(a[2])<<24 | uint64(a[3])<<16 | uint64(a[4])<<8 | uint64(a[5])
}

// HardwareAddr is a copy of the address as the standard library has it.
func (a Addr) HardwareAddr() net.HardwareAddr { return append(net.HardwareAddr(nil), a[:]...) }

// IsGroup says whether an address is a multicast or broadcast one: its I/G bit
// is the lowest of the first byte (IEEE 802-2014, 8.2.2).
func IsGroup(a net.HardwareAddr) bool { return len(a) > 0 && a[0]&1 != 0 }

// IsStation says whether an address is one of a single station.
func IsStation(a net.HardwareAddr) bool { return len(a) == 6 && !IsGroup(a) }
