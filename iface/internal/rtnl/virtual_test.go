package rtnl

import (
	"encoding/binary"
	"testing"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// linkInfo is IFLA_LINKINFO of a kind.
func linkInfo(kind string, data map[int][]byte) []byte {
	var inner []byte
	for name, value := range data {
		inner = append(inner, nl.NewRtAttr(name, value).Serialize()...)
	}
	info := nl.NewRtAttr(unix.IFLA_INFO_KIND, nl.ZeroTerminated(kind)).Serialize()
	return append(info, nl.NewRtAttr(unix.IFLA_INFO_DATA, inner).Serialize()...)
}

// TestVirtual: interfaces that not every kernel can make are known by what the
// kernel would say of them.
func TestVirtual(t *testing.T) {
	u16 := func(n uint16) []byte { return binary.NativeEndian.AppendUint16(nil, n) }
	for _, c := range []struct {
		attrs map[int][]byte
		want  Virtual
		only  bool
	}{
		{map[int][]byte{unix.IFLA_LINKINFO: linkInfo("vlan", map[int][]byte{nl.IFLA_VLAN_ID: u16(10), nl.IFLA_VLAN_PROTOCOL: {0x88, 0xa8}}), unix.IFLA_LINK: nl.Uint32Attr(3)},
			Virtual{Kind: "vlan", Parent: 3, VLAN: 10, TPID: 0x88a8}, false},
		{map[int][]byte{unix.IFLA_LINK: nl.Uint32Attr(4), unix.IFLA_LINK_NETNSID: nl.Uint32Attr(0), unix.IFLA_LINKINFO: linkInfo("macvlan", map[int][]byte{nl.IFLA_MACVLAN_MODE: nl.Uint32Attr(8)})},
			Virtual{Kind: "macvlan", Parent: 4, Elsewhere: true, Mode: "passthru"}, false},
		{map[int][]byte{unix.IFLA_LINKINFO: linkInfo("ipvlan", map[int][]byte{nl.IFLA_IPVLAN_MODE: u16(1)})}, Virtual{Kind: "ipvlan", Mode: "l3"}, true},
		{map[int][]byte{unix.IFLA_LINKINFO: linkInfo("ipvlan", nil)}, Virtual{Kind: "ipvlan", Mode: "l2"}, false},
		{map[int][]byte{unix.IFLA_LINKINFO: linkInfo("bond", map[int][]byte{1: {1}})}, Virtual{Kind: "bond"}, false},
		{map[int][]byte{unix.IFLA_LINKINFO: linkInfo("vlan", map[int][]byte{nl.IFLA_VLAN_ID: {1}, nl.IFLA_VLAN_PROTOCOL: nil})}, Virtual{Kind: "vlan"}, false},
		{map[int][]byte{unix.IFLA_LINKINFO: {1, 2, 3}}, Virtual{}, false},
	} {
		s, err := parse(linkMessage(1, c.attrs))
		if err != nil || s.Virtual != c.want || s.Virtual.PacketsOnly() != c.only {
			t.Errorf("%+v, %v, want %+v", s.Virtual, err, c.want)
		}
	}
}

func TestNoGenericAnswer(t *testing.T) {
	if _, err := askGeneric("no such family", 1, 1, 1); err == nil {
		t.Error("a family that is not there answers")
	}
	if Wireless(1) {
		t.Error("interface 1 is wireless")
	}
}
