package ipv4

// Numbers of protocols this repository speaks or names often, from the IANA
// registry "Assigned Internet Protocol Numbers".
const (
	ProtocolICMP   = 1
	ProtocolIGMP   = 2
	ProtocolTCP    = 6
	ProtocolUDP    = 17
	ProtocolGRE    = 47
	ProtocolICMPv6 = 58
	ProtocolOSPF   = 89
	ProtocolSCTP   = 132
)

// protocols are the registry's keywords of the protocols met in practice.
var protocols = map[uint8]string{
	0: "HOPOPT", 1: "ICMP", 2: "IGMP", 3: "GGP", 4: "IPv4", 5: "ST", 6: "TCP", 7: "CBT",
	8: "EGP", 9: "IGP", 17: "UDP", 20: "HMP", 27: "RDP", 33: "DCCP", 41: "IPv6",
	43: "IPv6-Route", 44: "IPv6-Frag", 46: "RSVP", 47: "GRE", 50: "ESP", 51: "AH",
	58: "IPv6-ICMP", 59: "IPv6-NoNxt", 60: "IPv6-Opts", 88: "EIGRP", 89: "OSPFIGP",
	94: "IPIP", 97: "ETHERIP", 98: "ENCAP", 103: "PIM", 108: "IPComp", 112: "VRRP",
	115: "L2TP", 124: "ISIS over IPv4", 132: "SCTP", 133: "FC", 135: "Mobility Header",
	136: "UDPLite", 137: "MPLS-in-IP", 138: "manet", 139: "HIP", 140: "Shim6",
	141: "WESP", 142: "ROHC", 143: "Ethernet", 144: "AGGFRAG", 145: "NSH", 255: "Reserved",
}

// ProtocolName is the IANA keyword of a protocol number, or "" where this
// package has none.
func ProtocolName(p uint8) string { return protocols[p] }
