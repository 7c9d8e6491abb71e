package icmp

import "strconv"

// Type is the first byte of a message.
type Type uint8

// The types that are assigned and not deprecated, and the deprecated ones that
// are still met, from the IANA registry "ICMP Type Numbers". [Type.String]
// knows them all.
const (
	EchoReply              Type = 0  // RFC 792
	DestinationUnreachable Type = 3  // RFC 792
	SourceQuench           Type = 4  // RFC 792, deprecated by RFC 6633
	Redirect               Type = 5  // RFC 792
	Echo                   Type = 8  // RFC 792
	RouterAdvertisement    Type = 9  // RFC 1256
	RouterSolicitation     Type = 10 // RFC 1256
	TimeExceeded           Type = 11 // RFC 792
	ParameterProblem       Type = 12 // RFC 792
	Timestamp              Type = 13 // RFC 792
	TimestampReply         Type = 14 // RFC 792
	InformationRequest     Type = 15 // RFC 792, deprecated by RFC 6918
	InformationReply       Type = 16 // RFC 792, deprecated by RFC 6918
	AddressMaskRequest     Type = 17 // RFC 950, deprecated by RFC 6918
	AddressMaskReply       Type = 18 // RFC 950, deprecated by RFC 6918
	Photuris               Type = 40 // RFC 2521
	ExtendedEcho           Type = 42 // RFC 8335
	ExtendedEchoReply      Type = 43 // RFC 8335
)

// Codes of DestinationUnreachable (RFC 792, RFC 1122, RFC 1812), Redirect,
// TimeExceeded and ParameterProblem.
const (
	NetUnreachable      = 0
	HostUnreachable     = 1
	ProtocolUnreachable = 2
	PortUnreachable     = 3
	FragmentationNeeded = 4 // the next hop's MTU: [Message.MTU]
	SourceRouteFailed   = 5
	AdminProhibited     = 13

	RedirectHost = 1

	TTLExceeded        = 0
	ReassemblyExceeded = 1

	PointerIndicates = 0
)

// kind is one row of the registry.
type kind struct {
	name string
	// codes by number; a nil map is a type whose registry has only code 0.
	codes map[uint8]string
	// assigned is false for numbers that the registry reserves or leaves free.
	assigned bool
}

// kinds is the IANA registry "Internet Control Message Protocol (ICMP)
// Parameters", type numbers and the codes below them.
var kinds = [256]kind{
	0: {"Echo Reply", nil, true},
	3: {"Destination Unreachable", map[uint8]string{
		0:  "Net Unreachable",
		1:  "Host Unreachable",
		2:  "Protocol Unreachable",
		3:  "Port Unreachable",
		4:  "Fragmentation Needed and Don't Fragment was Set",
		5:  "Source Route Failed",
		6:  "Destination Network Unknown",
		7:  "Destination Host Unknown",
		8:  "Source Host Isolated",
		9:  "Communication with Destination Network is Administratively Prohibited",
		10: "Communication with Destination Host is Administratively Prohibited",
		11: "Destination Network Unreachable for Type of Service",
		12: "Destination Host Unreachable for Type of Service",
		13: "Communication Administratively Prohibited",
		14: "Host Precedence Violation",
		15: "Precedence cutoff in effect",
	}, true},
	4: {"Source Quench", nil, true},
	5: {"Redirect", map[uint8]string{
		0: "Redirect Datagram for the Network (or subnet)",
		1: "Redirect Datagram for the Host",
		2: "Redirect Datagram for the Type of Service and Network",
		3: "Redirect Datagram for the Type of Service and Host",
	}, true},
	6: {"Alternate Host Address", map[uint8]string{0: "Alternate Address for Host"}, true},
	8: {"Echo", nil, true},
	9: {"Router Advertisement", map[uint8]string{
		0:  "Normal router advertisement",
		16: "Does not route common traffic",
	}, true},
	10: {"Router Solicitation", nil, true},
	11: {"Time Exceeded", map[uint8]string{
		0: "Time to Live exceeded in Transit",
		1: "Fragment Reassembly Time Exceeded",
	}, true},
	12: {"Parameter Problem", map[uint8]string{
		0: "Pointer indicates the error",
		1: "Missing a Required Option",
		2: "Bad Length",
	}, true},
	13: {"Timestamp", nil, true},
	14: {"Timestamp Reply", nil, true},
	15: {"Information Request", nil, true},
	16: {"Information Reply", nil, true},
	17: {"Address Mask Request", nil, true},
	18: {"Address Mask Reply", nil, true},
	19: {"Reserved (for Security)", nil, false},
	30: {"Traceroute", nil, true},
	31: {"Datagram Conversion Error", nil, true},
	32: {"Mobile Host Redirect", nil, true},
	33: {"IPv6 Where-Are-You", nil, true},
	34: {"IPv6 I-Am-Here", nil, true},
	35: {"Mobile Registration Request", nil, true},
	36: {"Mobile Registration Reply", nil, true},
	37: {"Domain Name Request", nil, true},
	38: {"Domain Name Reply", nil, true},
	39: {"SKIP", nil, true},
	40: {"Photuris", map[uint8]string{
		0: "Bad SPI",
		1: "Authentication Failed",
		2: "Decompression Failed",
		3: "Decryption Failed",
		4: "Need Authentication",
		5: "Need Authorization",
	}, true},
	41: {"ICMP messages utilized by experimental mobility protocols such as Seamoby", nil, true},
	42: {"Extended Echo Request", map[uint8]string{0: "No Error"}, true},
	43: {"Extended Echo Reply", map[uint8]string{
		0: "No Error",
		1: "Malformed Query",
		2: "No Such Interface",
		3: "No Such Table Entry",
		4: "Multiple Interfaces Satisfy Query",
	}, true},
	253: {"RFC3692-style Experiment 1", nil, true},
	254: {"RFC3692-style Experiment 2", nil, true},
	255: {"Reserved", nil, false},
}

// String is the registry's name, or "type N" for a number without one.
func (t Type) String() string {
	switch {
	case kinds[t].name != "":
		return kinds[t].name
	case t >= 20 && t <= 29:
		return "Reserved (for Robustness Experiment)"
	}
	return "type " + strconv.Itoa(int(t))
}

// CodeName is the registry's name of a code of this type, or "" where it has
// none.
func (t Type) CodeName(code uint8) string { return kinds[t].codes[code] }

// Assigned says whether the registry assigns the type.
func (t Type) Assigned() bool { return kinds[t].assigned }

// Known says whether the registry assigns the type and gives it this code; a
// type without a list of codes has only code 0 (experimental ones have all).
func (t Type) Known(code uint8) bool {
	k := kinds[t]
	switch {
	case !k.assigned:
		return false
	case t == 41 || t == 253 || t == 254:
		return true
	case k.codes == nil:
		return code == 0
	}
	_, ok := k.codes[code]
	return ok
}

// IsError says whether the message quotes the packet it complains about
// (RFC 1122, 3.2.2): such a message must never be answered with another.
func (t Type) IsError() bool {
	switch t {
	case DestinationUnreachable, SourceQuench, Redirect, TimeExceeded, ParameterProblem, 31, 32, Photuris:
		return true
	}
	return false
}
