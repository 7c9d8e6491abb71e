// Package icmpv6 reads and writes ICMPv6 messages (RFC 4443): all types and
// codes of the IANA registry with their names, echo, the error messages with
// the packet they quote, and neighbour and router discovery with their options
// (RFC 4861). The numbers mean other things than those of ICMP for IPv4, and
// the checksum covers a pseudo-header, so the two packages share no types.
// Messages are plain values; nothing here allocates.
package icmpv6

import "strconv"

// Type is the first byte of a message; errors are below 128.
type Type uint8

// The types this package's users act on; Type.String knows all.
const (
	DestinationUnreachable Type = 1   // RFC 4443, 3.1
	PacketTooBig           Type = 2   // RFC 4443, 3.2
	TimeExceeded           Type = 3   // RFC 4443, 3.3
	ParameterProblem       Type = 4   // RFC 4443, 3.4
	EchoRequest            Type = 128 // RFC 4443, 4.1
	EchoReply              Type = 129 // RFC 4443, 4.2
	RouterSolicitation     Type = 133 // RFC 4861, 4.1
	RouterAdvertisement    Type = 134 // RFC 4861, 4.2
	NeighborSolicitation   Type = 135 // RFC 4861, 4.3
	NeighborAdvertisement  Type = 136 // RFC 4861, 4.4
	Redirect               Type = 137 // RFC 4861, 4.5
)

// kind is one row of the registry. A nil map of codes is a type with only
// code 0; anyCode one whose codes the registry leaves to another document.
type kind struct {
	name    string
	codes   map[uint8]string
	anyCode bool
}

var extendedReply = map[uint8]string{
	0: "No Error", 1: "Malformed Query", 2: "No Such Interface",
	3: "No Such Table Entry", 4: "Multiple Interfaces Satisfy Query",
}

// kinds is the IANA registry "Internet Control Message Protocol version 6
// (ICMPv6) Parameters", type numbers and the codes below them; rows without a
// name are unassigned.
var kinds = [256]kind{
	1: {"Destination Unreachable", map[uint8]string{
		0: "no route to destination",
		1: "communication with destination administratively prohibited",
		2: "beyond scope of source address",
		3: "address unreachable",
		4: "port unreachable",
		5: "source address failed ingress/egress policy",
		6: "reject route to destination",
		7: "Error in Source Routing Header",
		8: "Headers too long",
	}, false},
	2: {"Packet Too Big", nil, false},
	3: {"Time Exceeded", map[uint8]string{
		0: "hop limit exceeded in transit",
		1: "fragment reassembly time exceeded",
	}, false},
	4: {"Parameter Problem", map[uint8]string{
		0:  "erroneous header field encountered",
		1:  "unrecognized Next Header type encountered",
		2:  "unrecognized IPv6 option encountered",
		3:  "IPv6 First Fragment has incomplete IPv6 Header Chain",
		4:  "SR Upper-layer Header Error",
		5:  "Unrecognized Next Header type encountered by intermediate node",
		6:  "Extension header too big",
		7:  "Extension header chain too long",
		8:  "Too many extension headers",
		9:  "Too many options in extension header",
		10: "Option too big",
	}, false},
	100: {"Private experimentation", nil, true},
	101: {"Private experimentation", nil, true},
	128: {"Echo Request", nil, false},
	129: {"Echo Reply", nil, false},
	130: {"Multicast Listener Query", nil, false},
	131: {"Multicast Listener Report", nil, false},
	132: {"Multicast Listener Done", nil, false},
	133: {"Router Solicitation", nil, false},
	134: {"Router Advertisement", nil, false},
	135: {"Neighbor Solicitation", nil, false},
	136: {"Neighbor Advertisement", nil, false},
	137: {"Redirect Message", nil, false},
	138: {"Router Renumbering", map[uint8]string{
		0: "Router Renumbering Command", 1: "Router Renumbering Result", 255: "Sequence Number Reset",
	}, false},
	139: {"ICMP Node Information Query", map[uint8]string{
		0: "The Data field contains an IPv6 address which is the Subject of this Query",
		1: "The Data field contains a name which is the Subject of this Query, or is empty, as in the case of a NOOP",
		2: "The Data field contains an IPv4 address which is the Subject of this Query",
	}, false},
	140: {"ICMP Node Information Response", map[uint8]string{
		0: "A successful reply",
		1: "The Responder refuses to supply the answer",
		2: "The Qtype of the Query is unknown to the Responder",
	}, false},
	141: {"Inverse Neighbor Discovery Solicitation Message", nil, false},
	142: {"Inverse Neighbor Discovery Advertisement Message", nil, false},
	143: {"Version 2 Multicast Listener Report", nil, false},
	144: {"Home Agent Address Discovery Request Message", nil, false},
	145: {"Home Agent Address Discovery Reply Message", nil, false},
	146: {"Mobile Prefix Solicitation", nil, false},
	147: {"Mobile Prefix Advertisement", nil, false},
	148: {"Certification Path Solicitation Message", nil, false},
	149: {"Certification Path Advertisement Message", nil, false},
	150: {"ICMP messages utilized by experimental mobility protocols such as Seamoby", nil, true},
	151: {"Multicast Router Advertisement", nil, true}, // the code is an interval (RFC 4286, 3)
	152: {"Multicast Router Solicitation", nil, false},
	153: {"Multicast Router Termination", nil, false},
	154: {"FMIPv6 Messages", nil, true},
	155: {"RPL Control Message", nil, true},
	156: {"ILNPv6 Locator Update Message", nil, false},
	157: {"Duplicate Address Request", nil, true}, // the code has suffixes since RFC 8505
	158: {"Duplicate Address Confirmation", nil, true},
	159: {"MPL Control Message", nil, false},
	160: {"Extended Echo Request", map[uint8]string{0: "No Error"}, false},
	161: {"Extended Echo Reply", extendedReply, false},
	200: {"Private experimentation", nil, true},
	201: {"Private experimentation", nil, true},
}

// String is the registry's name, or "type N" for a number without one.
func (t Type) String() string {
	switch {
	case kinds[t].name != "":
		return kinds[t].name
	case t == 0:
		return "Reserved"
	case t == 127:
		return "Reserved for expansion of ICMPv6 error messages"
	case t == 255:
		return "Reserved for expansion of ICMPv6 informational messages"
	}
	return "type " + strconv.Itoa(int(t))
}

// CodeName is the registry's name of a code of this type, or "".
func (t Type) CodeName(code uint8) string { return kinds[t].codes[code] }

// Assigned says whether the registry assigns the type.
func (t Type) Assigned() bool { return kinds[t].name != "" }

// Known says whether the registry assigns the type and gives it this code.
func (t Type) Known(code uint8) bool {
	k := kinds[t]
	switch {
	case k.name == "":
		return false
	case k.anyCode:
		return true
	case k.codes == nil:
		return code == 0
	}
	_, ok := k.codes[code]
	return ok
}

// IsError says whether a message of this type quotes the packet it complains
// about (RFC 4443, 2.1).
func (t Type) IsError() bool { return t < 128 }
