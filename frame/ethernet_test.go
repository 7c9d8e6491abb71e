package frame

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"github.com/mdlayher/ethernet"

	"eterm/frame/ether"
)

var (
	macA = net.HardwareAddr{2, 0, 0, 0, 0, 1}
	macB = net.HardwareAddr{2, 0, 0, 0, 0, 2}
)

func TestEthernetAppend(t *testing.T) {
	long := bytes.Repeat([]byte{0xa5}, 46)
	for _, c := range []struct {
		name    string
		e       Ethernet
		payload []byte
		want    []byte
	}{
		{"short payloads are not padded", Ethernet{Dst: macB, Src: macA, EtherType: TypeLocal}, []byte{1},
			[]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5, 1}},
		{"tags as they stand", Ethernet{Dst: macB, Src: macA, VLANs: []VLAN{{TPID: 0x9100, ID: 4094}, {PCP: 7, DEI: true, ID: 1}}, EtherType: 0x0800}, nil,
			[]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x91, 0, 0x0f, 0xfe, 0x81, 0, 0xf0, 1, 8, 0}},
		{"the library's frame", Ethernet{Dst: macB, Src: macA, VLANs: []VLAN{{TPID: TypeSVLAN, ID: 5}, {PCP: 3, ID: 6}}, EtherType: TypeLocal}, long,
			append([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xa8, 0, 5, 0x81, 0, 0x60, 6, 0x88, 0xb5}, long...)},
	} {
		got, err := c.e.Append([]byte("x"), c.payload)
		if err != nil || !bytes.Equal(got[1:], c.want) {
			t.Errorf("%s: got %x, %v, want %x", c.name, got, err, c.want)
		}
	}
}

// The library and our own code must agree wherever both can build a frame.
func TestEthernetAgreesWithLibrary(t *testing.T) {
	payload := bytes.Repeat([]byte{7}, 60)
	for _, tags := range [][]VLAN{nil, {{PCP: 1, ID: 2}}, {{TPID: TypeSVLAN, ID: 9}, {DEI: true, ID: 4094}}} {
		e := Ethernet{Dst: macB, Src: macA, VLANs: tags, EtherType: 0x0806}
		lib, err := e.marshal(nil, payload)
		if err != nil {
			t.Fatal(err)
		}
		var f ethernet.Frame
		if err := f.UnmarshalBinary(lib); err != nil || !bytes.Equal(f.Payload, payload) {
			t.Errorf("tags %v: %v", tags, err)
		}
		own, err := Ethernet{Dst: macB, Src: macA, VLANs: tags, EtherType: 0x0806}.Append(nil, payload[:1])
		if err != nil || !bytes.Equal(own[:len(own)-1], lib[:len(lib)-60]) {
			t.Errorf("tags %v: own header %x, library's %x", tags, own, lib)
		}
	}
}

func TestEthernetRefuses(t *testing.T) {
	for _, c := range []struct {
		e    Ethernet
		want string
	}{
		{Ethernet{Dst: macA[:3], Src: macA}, "3 bytes"},
		{Ethernet{Dst: macA}, "source address"},
		{Ethernet{Dst: macA, Src: macB, VLANs: []VLAN{{ID: 4095}}}, "4095"},
		{Ethernet{Dst: macA, Src: macB, VLANs: []VLAN{{PCP: 8}}}, "priority 8"},
		{Ethernet{Dst: macA, Src: macB, VLANs: []VLAN{{TPID: 0x05ff}}}, "0x05ff"},
	} {
		got, err := c.e.Append([]byte("x"), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || string(got) != "x" {
			t.Errorf("%+v: got %q, error %v, want one about %q", c.e, got, err, c.want)
		}
	}
}

func TestPad(t *testing.T) {
	if got := Pad([]byte{1}, 4); !bytes.Equal(got, []byte{1, 0, 0, 0}) {
		t.Errorf("got %x", got)
	}
	if got := Pad(make([]byte, 61), ether.MinFrame); len(got) != 61 {
		t.Errorf("a longer frame became %d bytes", len(got))
	}
}
