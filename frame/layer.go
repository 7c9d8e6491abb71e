package frame

// Layer is a kind of part of a frame.
type Layer uint8

// The layers, each with the name it has in the notation.
const (
	LayerData       Layer = iota // what is not understood, or cut short
	LayerEth                     // Ethernet II, or 802.3 with a length (IEEE 802.3)
	LayerVLAN                    // 802.1Q tag, also with other TPIDs than 0x8100
	LayerSVLAN                   // 802.1ad service tag
	LayerLLC                     // IEEE 802.2
	LayerSNAP                    // IEEE 802, 10.3
	LayerMPLS                    // one label stack entry (RFC 3032)
	LayerARP                     // RFC 826, for Ethernet and IPv4
	LayerIPv4                    // RFC 791
	LayerIPv6                    // RFC 8200
	LayerHopOpts                 // IPv6 hop-by-hop options
	LayerDstOpts                 // IPv6 destination options
	LayerRouting                 // IPv6 routing header
	LayerFragment                // IPv6 fragment header
	LayerAH                      // IP authentication header (RFC 4302)
	LayerESP                     // IP encapsulating security payload (RFC 4303)
	LayerICMP                    // RFC 792
	LayerICMPv6                  // RFC 4443, with neighbour discovery and MLD
	LayerND                      // one option of neighbour discovery (RFC 4861)
	LayerMLDRecord               // one record of an MLDv2 report (RFC 3810)
	LayerIGMP                    // RFC 2236, RFC 3376
	LayerIGMPRecord              // one record of an IGMPv3 report
	LayerUDP                     // RFC 768
	LayerTCP                     // RFC 9293
	LayerLLDP                    // one TLV of an LLDPDU (IEEE 802.1AB)
	LayerSTP                     // spanning tree BPDU (IEEE 802.1D)
	LayerPause                   // MAC control (IEEE 802.3 annex 31)
	LayerSurplus                 // bytes behind an inner packet's stated length, inside an outer one
	LayerTrailer                 // bytes behind everything: padding, usually
	layers                       // how many there are

	// none ends a frame: nothing follows.
	none Layer = 0xff
)

// String is the layer's name as in the notation.
func (l Layer) String() string {
	if l < layers {
		return layerNames[l]
	}
	return "unknown"
}

var layerNames = [layers]string{
	LayerData: "data", LayerEth: "eth", LayerVLAN: "vlan", LayerSVLAN: "svlan",
	LayerLLC: "llc", LayerSNAP: "snap", LayerMPLS: "mpls", LayerARP: "arp",
	LayerIPv4: "ipv4", LayerIPv6: "ipv6", LayerHopOpts: "hopopts", LayerDstOpts: "dstopts",
	LayerRouting: "routing", LayerFragment: "fragment", LayerAH: "ah", LayerESP: "esp",
	LayerICMP: "icmp", LayerICMPv6: "icmpv6", LayerND: "nd", LayerMLDRecord: "mld-record",
	LayerIGMP: "igmp", LayerIGMPRecord: "igmp-record", LayerUDP: "udp", LayerTCP: "tcp",
	LayerLLDP: "lldp", LayerSTP: "stp", LayerPause: "pause",
	LayerSurplus: "surplus", LayerTrailer: "trailer",
}

// Part is one layer of a frame: the bytes that are its own header (or data),
// not those of what it carries.
type Part struct {
	Layer          Layer
	form           uint8 // which of the layer's forms; of surplus: how many packets it ends
	Offset, Length int   // in bytes from the start of the frame
	end            int   // where what this part carries ends
}

// bytes is the part's own bytes.
func (p *Part) bytes(b []byte) []byte { return b[p.Offset : p.Offset+p.Length] }
