package arp

import (
	"bytes"
	"encoding/hex"
	"net"
	"net/netip"
	"reflect"
	"testing"
)

var (
	mac  = net.HardwareAddr{2, 0, 0, 0, 0, 1}
	peer = net.HardwareAddr{2, 0, 0, 0, 0, 2}
	a, b = netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
)

func TestKnown(t *testing.T) {
	p := NewRequest(mac, a, b)
	got := p.Append([]byte{0xa5})
	want := "a5" + "0001080006040001" + "020000000001c0000201" + "000000000000c0000202"
	if hex.EncodeToString(got) != want {
		t.Fatalf("got  %x\nwant %s", got, want)
	}
	back, err := Parse(append(got[1:], make([]byte, 18)...))
	if err != nil || back.Op != Request || back.SenderIP != a || back.TargetIP != b || !bytes.Equal(back.SenderMAC, mac) {
		t.Errorf("%+v %v", back, err)
	}
	r := back.Answer(peer)
	if !reflect.DeepEqual(r, Packet{Reply, peer, b, mac, a}) {
		t.Errorf("answer %+v", r)
	}
}

func TestKinds(t *testing.T) {
	zero := netip.IPv4Unspecified()
	for _, c := range []struct {
		p           Packet
		probe, anno bool
	}{
		{NewRequest(mac, a, b), false, false},
		{NewRequest(mac, zero, b), true, false},
		{NewRequest(mac, b, b), false, true},
		{Packet{Op: Reply, SenderIP: b, TargetIP: b}, false, true},
		{NewRequest(mac, zero, zero), false, false},
	} {
		if c.p.IsProbe() != c.probe || c.p.IsAnnouncement() != c.anno {
			t.Errorf("%+v: %v %v", c.p, c.p.IsProbe(), c.p.IsAnnouncement())
		}
	}
}

func TestRefused(t *testing.T) {
	good := NewRequest(mac, a, b).Append(nil)
	if _, err := Parse(good[:27]); err != ErrShort {
		t.Error(err)
	}
	for i := range 6 {
		bad := bytes.Clone(good)
		bad[i]++
		if _, err := Parse(bad); err != ErrForm {
			t.Errorf("byte %d: %v", i, err)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	buf := make([]byte, 0, 64)
	if n := testing.AllocsPerRun(100, func() {
		p, _ := Parse(NewRequest(mac, a, b).Append(buf))
		p.Answer(peer).Append(buf)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(NewRequest(mac, a, b).Append(nil))
	f.Add(NewRequest(mac, a, b).Answer(peer).Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Parse(b)
		if err == nil && !bytes.Equal(p.Append(nil), b[:Len]) {
			t.Fatalf("%x is written as %x", b[:Len], p.Append(nil))
		}
	})
}
