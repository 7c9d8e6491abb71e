package rtnl

import (
	"testing"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// linkMessage is an RTM_NEWLINK message of attributes.
func linkMessage(index int32, attrs map[int][]byte) []byte {
	msg := nl.NewIfInfomsg(unix.AF_UNSPEC)
	msg.Index, msg.Flags = index, unix.IFF_UP
	b := msg.Serialize()
	for kind, value := range attrs {
		b = append(b, nl.NewRtAttr(kind, value).Serialize()...)
	}
	return b
}

func TestParse(t *testing.T) {
	stats := make([]byte, 8*24)
	for i := range 24 {
		nl.NativeEndian().PutUint64(stats[8*i:], uint64(100+i))
	}
	s, err := parse(linkMessage(7, map[int][]byte{
		unix.IFLA_IFNAME: nl.ZeroTerminated("lan7"), unix.IFLA_MTU: nl.Uint32Attr(9000), unix.IFLA_CARRIER: {1},
		unix.IFLA_CARRIER_CHANGES: nl.Uint32Attr(5), unix.IFLA_ADDRESS: {2, 0, 0, 0, 0, 1}, unix.IFLA_STATS64: stats,
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := Stats{RxPackets: 100, TxPackets: 101, RxErrors: 104, TxErrors: 105, RxDropped: 106, TxDropped: 107, RxFIFO: 114, RxMissed: 115}
	if s.Index != 7 || s.Name != "lan7" || s.MTU != 9000 || !s.Carrier || s.Counts.CarrierChanges != 5 || !s.Up() || s.Counts.Stats != want || s.Addr.String() != "02:00:00:00:00:01" {
		t.Errorf("%+v", s)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(linkMessage(1, map[int][]byte{unix.IFLA_IFNAME: nl.ZeroTerminated("eth0"), unix.IFLA_MTU: nl.Uint32Attr(1500)}))
	f.Add(linkMessage(1, map[int][]byte{unix.IFLA_CARRIER: nil, unix.IFLA_MTU: {1}, unix.IFLA_STATS64: {1, 2, 3}}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parse(b)
		if (s == nil) == (err == nil) {
			t.Errorf("%v, %v", s, err)
		}
	})
}
