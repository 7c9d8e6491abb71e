package llc

import (
	"bytes"
	"testing"
)

func TestTest(t *testing.T) {
	b := append(Test().Append(nil), "info"...)
	if !bytes.Equal(b[:3], []byte{0, 0, 0xf3}) {
		t.Fatalf("%x", b)
	}
	h, info, err := Parse(append(b, 0, 0, 0), uint16(len(b)))
	if err != nil || !h.IsTest() || h.Response || string(info) != "info" {
		t.Fatalf("%+v %q %v", h, info, err)
	}
	h.SSAP = 0x42
	a := h.Answer().Append(nil)
	if !bytes.Equal(a, []byte{0x42, 0x01, 0xf3}) {
		t.Errorf("answer %x", a)
	}
	if r, _, _ := Parse(a, 3); !r.Response || !r.IsTest() {
		t.Errorf("%+v", r)
	}
	if (Header{Control: 0xaf}).IsTest() { // XID
		t.Error("XID is taken for TEST")
	}
	for _, n := range []uint16{0, 2, 8, 1501} {
		if _, _, err := Parse(b, n); err != ErrShort {
			t.Errorf("length %d: %v", n, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Test().Append(nil), uint16(3))
	f.Fuzz(func(t *testing.T, b []byte, length uint16) {
		h, info, err := Parse(b, length)
		if err == nil && !bytes.Equal(append(h.Append(nil), info...), b[:length]) {
			t.Fatalf("%x changed", b)
		}
	})
}
