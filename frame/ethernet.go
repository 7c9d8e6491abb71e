package frame

import (
	"fmt"
	"net"

	"github.com/mdlayher/ethernet"

	"eterm/frame/ether"
)

// Values of the EtherType field (IEEE 802 numbers) this package knows.
const (
	TypeIPv4      = 0x0800
	TypeARP       = 0x0806
	TypeVLAN      = ether.TypeVLAN
	TypeIPv6      = 0x86dd
	TypePause     = 0x8808 // MAC control (IEEE 802.3 annex 31)
	TypeMPLS      = 0x8847 // RFC 3032
	TypeMPLSMulti = 0x8848 // RFC 5332
	TypeSVLAN     = ether.TypeSVLAN
	TypeLocal     = 0x88b5 // local experimental: what eterm sends unless told otherwise
	TypeLLDP      = 0x88cc // IEEE 802.1AB
)

// VLAN is one tag of a frame (IEEE 802.1Q, 9.6).
type VLAN struct {
	TPID uint16 // 0 means TypeVLAN (0x8100)
	PCP  uint8  // priority, 0 to 7
	DEI  bool   // drop eligible
	ID   uint16 // 0 (priority tag) to 4094; 4095 is reserved
}

// Ethernet is an Ethernet II header with any number of tags.
type Ethernet struct {
	Dst, Src  net.HardwareAddr // 6 bytes each
	VLANs     []VLAN           // outermost first
	EtherType uint16
}

// Append appends the header and the payload, without padding, and returns the
// longer slice. If a field is out of range it returns dst as it was and an
// error that names the value. Dst and Src must be 6 bytes: the library below
// would cut or fill any other length without a word.
func (e Ethernet) Append(dst, payload []byte) ([]byte, error) {
	if err := e.check(); err != nil {
		return dst, err
	}
	if len(e.VLANs) <= 2 && len(payload) >= ether.MinFrame-ether.HeaderLen && e.plainTags() {
		return e.marshal(dst, payload)
	}
	return append(e.header(dst), payload...), nil
}

// AppendHeader appends the header alone, for a payload that is appended next.
// It allocates nothing if dst has room. Errors are those of Append.
func (e Ethernet) AppendHeader(dst []byte) ([]byte, error) {
	if err := e.check(); err != nil {
		return dst, err
	}
	return e.header(dst), nil
}

func (e Ethernet) header(dst []byte) []byte {
	dst = append(append(dst, e.Dst...), e.Src...)
	for _, v := range e.VLANs {
		tci := v.tci()
		tpid := v.tpid()
		dst = append(dst, byte(tpid>>8), byte(tpid), byte(tci>>8), byte(tci))
	}
	return append(dst, byte(e.EtherType>>8), byte(e.EtherType))
}

// marshal lets the library write a frame it can express: it pads short
// payloads and knows 802.1Q, or 802.1ad around 802.1Q, and no other tags.
func (e Ethernet) marshal(dst, payload []byte) ([]byte, error) {
	f := ethernet.Frame{
		Destination: e.Dst, Source: e.Src,
		EtherType: ethernet.EtherType(e.EtherType), Payload: payload,
	}
	for _, v := range e.VLANs {
		tag := &ethernet.VLAN{Priority: ethernet.Priority(v.PCP), DropEligible: v.DEI, ID: v.ID}
		if v.tpid() == TypeSVLAN {
			f.ServiceVLAN = tag
		} else {
			f.VLAN = tag
		}
	}
	b, err := f.MarshalBinary()
	if err != nil {
		return dst, fmt.Errorf("frame: %w", err)
	}
	return append(dst, b...), nil
}

// plainTags says whether the tags are none, 8100, or 8100 inside 88a8.
func (e Ethernet) plainTags() bool {
	switch len(e.VLANs) {
	case 0:
		return true
	case 1:
		return e.VLANs[0].tpid() == TypeVLAN
	}
	return e.VLANs[0].tpid() == TypeSVLAN && e.VLANs[1].tpid() == TypeVLAN
}

func (e Ethernet) check() error {
	if len(e.Dst) != 6 {
		return fmt.Errorf("frame: destination address %s has %d bytes, not 6", e.Dst, len(e.Dst))
	}
	if len(e.Src) != 6 {
		return fmt.Errorf("frame: source address %s has %d bytes, not 6", e.Src, len(e.Src))
	}
	for _, v := range e.VLANs {
		if v.ID > 4094 {
			return fmt.Errorf("frame: vlan id %d is not between 0 and 4094", v.ID)
		}
		if v.PCP > 7 {
			return fmt.Errorf("frame: vlan priority %d is not between 0 and 7", v.PCP)
		}
		if v.tpid() < ether.MinType {
			return fmt.Errorf("frame: vlan tpid 0x%04x is below 0x0600: it would be a length", v.TPID)
		}
	}
	return nil
}

func (v VLAN) tpid() uint16 {
	if v.TPID == 0 {
		return TypeVLAN
	}
	return v.TPID
}

func (v VLAN) tci() uint16 {
	t := uint16(v.PCP)<<13 | v.ID
	if v.DEI {
		t |= 1 << 12
	}
	return t
}

// Pad appends zeros up to n bytes and returns the longer slice. Pad a frame
// (to [ether.MinFrame]) when its packet is complete: padding is never payload.
func Pad(b []byte, n int) []byte {
	if n <= len(b) {
		return b
	}
	return append(b, make([]byte, n-len(b))...)
}
