package ipv6

import "encoding/binary"

// The extension headers, from the IANA registry "IPv6 Extension Header Types".
const (
	HopByHop    = 0
	Routing     = 43
	Fragment    = 44
	ESP         = 50 // what follows is encrypted: the walk ends
	AH          = 51
	NoNext      = 59
	DestOptions = 60
	Mobility    = 135
	HIP         = 139
	Shim6       = 140
)

// maxExtensions bounds the walk: nobody sends more (RFC 9098 tells how few
// pass at all).
const maxExtensions = 16

// IsExtension says whether a next-header value is an extension header that
// Extension can step over.
func IsExtension(next uint8) bool {
	switch next {
	case HopByHop, Routing, Fragment, AH, DestOptions, Mobility, HIP, Shim6:
		return true
	}
	return false
}

// Extension is the length in bytes of the extension header of type header at
// the start of b, at least 8, and the type of what follows it. It returns
// ErrShort if b ends before the header does. Of all but the fragment header
// (RFC 8200, 4.5) and AH, whose length counts 4 bytes:
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  0
//	|  Next Header  |  Hdr Ext Len  | in 8 bytes, without the first |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  4
//	|     Options ...
//
// and of the fragment header:
//
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  0
//	|  Next Header  |   Reserved    |      Fragment Offset    |Res|M|
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  4
//	|                         Identification                        |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  8
func Extension(header uint8, b []byte) (length int, next uint8, err error) {
	if len(b) < 8 {
		return 0, 0, ErrShort
	}
	switch header {
	case Fragment:
		length = 8
	case AH: // in words of 4 bytes, less 2 (RFC 4302, 2.2)
		length = (int(b[1]) + 2) * 4
	default: // in words of 8 bytes, less 1 (RFC 8200, 4.3 on)
		length = (int(b[1]) + 1) * 8
	}
	if length < 8 || length > len(b) {
		return 0, 0, ErrShort
	}
	return length, b[0], nil
}

// Upper is where the chain of extension headers ends.
type Upper struct {
	Protocol uint8 // of what is at Offset; NoNext if nothing
	Offset   int   // in bytes from the end of the fixed header
	// Fragment says that a fragment header was passed. If FragmentOffset
	// (units of 8 bytes) is not 0, no upper-layer header is at Offset.
	Fragment       bool
	FragmentOffset uint16
	MoreFragments  bool
}

// Walk steps over the extension headers at the start of b, which is the
// payload of a header whose NextHeader is next. With an error it returns how
// far it came.
func Walk(next uint8, b []byte) (Upper, error) {
	u := Upper{Protocol: next}
	for range maxExtensions {
		if !IsExtension(u.Protocol) {
			return u, nil
		}
		rest := b[u.Offset:]
		n, following, err := Extension(u.Protocol, rest)
		if err != nil {
			return u, err
		}
		if u.Protocol == Fragment {
			w := binary.BigEndian.Uint16(rest[2:])
			u.Fragment, u.FragmentOffset, u.MoreFragments = true, w>>3, w&1 != 0
		}
		u.Protocol, u.Offset = following, u.Offset+n
		if u.FragmentOffset != 0 { // the rest of the chain is in the first fragment
			return u, nil
		}
	}
	if IsExtension(u.Protocol) {
		return u, ErrChain
	}
	return u, nil
}
