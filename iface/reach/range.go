package reach

import (
	"math/big"
	"net/netip"
)

// Range is consecutive addresses.
type Range struct {
	First netip.Addr
	Count int
}

// RangeOf is the addresses of a network that hosts may have: in IPv4 not its
// first, which names it, and not its last, which is its broadcast address, but
// for networks of one or two addresses (RFC 3021).
func RangeOf(n netip.Prefix) Range {
	host := n.Addr().BitLen() - n.Bits()
	r := Range{First: n.Masked().Addr(), Count: 1 << min(host, 30)}
	if n.Addr().Is4() && host > 1 {
		r.First, r.Count = r.First.Next(), r.Count-2
	}
	return r
}

// index is the place of an address in the range, or -1.
func (r Range) index(a netip.Addr) int {
	if a.Is4() != r.First.Is4() || a.Less(r.First) {
		return -1
	}
	x, y := a.As16(), r.First.As16()
	d := new(big.Int).Sub(new(big.Int).SetBytes(x[:]), new(big.Int).SetBytes(y[:]))
	if !d.IsInt64() || d.Int64() >= int64(r.Count) {
		return -1
	}
	return int(d.Int64())
}
