package frame

import (
	"cmp"
	"slices"

	"eterm/frame/ether"
)

// Which layer a number announces, and which number announces a layer, are
// columns of the table of layers. What is here looks them up both ways.

// protocol is the number by which an IP header announces a layer, and inside
// which IP versions it does. The zero value is that of a layer that none does.
type protocol struct {
	number uint8
	v4, v6 bool
}

func inIP(n uint8) protocol   { return protocol{n, true, true} }
func inIPv4(n uint8) protocol { return protocol{n, true, false} }
func inIPv6(n uint8) protocol { return protocol{n, false, true} }

func (p protocol) announced() bool { return p.v4 || p.v6 }

// Protocol numbers for what is no protocol: nothing (RFC 8200, 4.7) and data
// of no other kind (RFC 3692).
const noNext, experimental = 59, 253

// vlanTypes are the tags that are none of 802.1ad, 0x8100 first.
func vlanTypes() []uint16 {
	return slices.DeleteFunc(slices.Clone(ether.TPIDs[:]), func(t uint16) bool { return t == TypeSVLAN })
}

// typeLayers and protocolLayers are the layer that each number stands for;
// LayerData, the zero Layer, where it stands for none.
var (
	typeLayers       [1 << 16]Layer
	protocolLayersV4 [256]Layer
	protocolLayersV6 [256]Layer
)

// etherTypes and protocols name what announces layers as the layers are
// named; of protocols some more that are no layer here.
var (
	etherTypes = &words{}
	protocols  = &words{list: []word{{47, "gre"}, {noNext, "none"}, {89, "ospf"}, {132, "sctp"}}}
)

func init() {
	for i, s := range table {
		if s == nil {
			continue
		}
		s.layer = Layer(i)
		s.finish()
		for _, t := range s.types {
			typeLayers[t] = s.layer
		}
		if len(s.types) > 0 {
			etherTypes.list = append(etherTypes.list, word{uint64(s.types[0]), s.layer.String()})
		}
		if s.number.announced() {
			protocols.list = append(protocols.list, word{uint64(s.number.number), s.layer.String()})
		}
		if s.number.v4 {
			protocolLayersV4[s.number.number] = s.layer
		}
		if s.number.v6 {
			protocolLayersV6[s.number.number] = s.layer
		}
	}
	for _, w := range []*words{etherTypes, protocols} {
		slices.SortFunc(w.list, func(a, b word) int { return cmp.Compare(a.value, b.value) })
	}
}

// etherTypeOf is the EtherType that announces a layer.
func etherTypeOf(l Layer) uint64 {
	if l < layers && table[l] != nil && len(table[l].types) > 0 {
		return uint64(table[l].types[0])
	}
	return TypeLocal
}

// protocolOf is the protocol number that announces a layer; nothing is what
// stands for none.
func protocolOf(l Layer, nothing uint64) uint64 {
	switch {
	case l == none:
		return nothing
	case table[l] != nil && table[l].number.announced():
		return uint64(table[l].number.number)
	}
	return experimental
}
