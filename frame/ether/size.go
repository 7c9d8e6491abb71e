package ether

// Sizes in bytes. A frame's length is counted without the FCS wherever bytes
// are in hand, since no socket shows the FCS; RFC 2544 and what users write
// count it: that is FCSLen more.
const (
	// HeaderLen is the two addresses and the length/type field, without tags
	// (IEEE 802.3-2022, 3.1.1).
	HeaderLen = 2*AddrLen + 2
	// TagLen is one VLAN tag: TPID and TCI (IEEE 802.1Q-2022, 9.3).
	TagLen = 4
	// FCSLen is the frame check sequence (IEEE 802.3-2022, 3.2.9).
	FCSLen = 4
	// MinFrame is the shortest frame without FCS: minFrameSize of 64 bytes
	// less FCSLen (IEEE 802.3-2022, 4.4.2). What is shorter is a runt.
	MinFrame = 60
	// MaxPayload is the most a basic frame carries: maxBasicDataSize, and the
	// largest value of the length/type field that is a length (IEEE
	// 802.3-2022, 3.2.6 and 3.2.7).
	MaxPayload = 1500
	// MinType is the smallest value of the length/type field that is a type
	// (IEEE 802.3-2022, 3.2.6). Between MaxPayload and it is neither.
	MinType = 0x0600
	// Preamble is preamble and start frame delimiter (IEEE 802.3-2022, 3.2.1
	// and 3.2.2).
	Preamble = 8
	// Gap is the interPacketGap of 96 bit times (IEEE 802.3-2022, 4.4.2).
	Gap = 12
)

// MaxFrame is the longest frame without FCS that an interface of the given MTU
// takes. Linux lets a frame be TagLen longer when its outermost tag is 802.1Q
// with TPID 0x8100, and for no other TPID: that is what tagged says.
func MaxFrame(mtu int, tagged bool) int {
	if tagged {
		mtu += TagLen
	}
	return mtu + HeaderLen
}

// Tagged says whether the outermost tag of a frame is 802.1Q with TPID 0x8100,
// as MaxFrame asks.
func Tagged(frame []byte) bool {
	return len(frame) >= HeaderLen && frame[12] == TypeVLAN>>8 && frame[13] == TypeVLAN&0xff
}

// WireLen is how many byte times a frame of n bytes without FCS takes on the
// wire: padded to MinFrame, with FCS, preamble and gap. It is what a line
// speed is divided by.
func WireLen(n int) int { return max(n, MinFrame) + FCSLen + Preamble + Gap }

// TPIDs of tags (IEEE 802.1Q-2022, table 9-1).
const (
	TypeVLAN  = 0x8100 // customer tag
	TypeSVLAN = 0x88a8 // service tag
)

// TPIDs are the types that are tags everywhere in this module: the two of IEEE
// 802.1Q and those vendors used for stacked tags before 802.1ad. No EtherType
// was assigned to those three.
var TPIDs = [...]uint16{TypeVLAN, TypeSVLAN, 0x9100, 0x9200, 0x9300}

// IsTag says whether a value of the length/type field is one of TPIDs.
func IsTag(t uint16) bool {
	switch t {
	case TypeVLAN, TypeSVLAN, 0x9100, 0x9200, 0x9300:
		return true
	}
	return false
}
