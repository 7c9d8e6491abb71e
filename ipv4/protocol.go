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
