package ether

import (
	"bytes"
	"net"
	"testing"
)

func TestParse(t *testing.T) {
	dst, src := []byte{2, 0, 0, 0, 0, 2}, []byte{2, 0, 0, 0, 0, 1}
	join := func(p ...[]byte) []byte { return bytes.Join(p, nil) }
	tags := []byte{0x88, 0xa8, 0, 100, 0x81, 0, 0xe0, 5}
	h, payload, err := Parse(join(dst, src, tags, []byte{0x88, 0xb5, 1, 2}))
	if err != nil || h.Type != 0x88b5 || !bytes.Equal(h.Tags, tags) || !bytes.Equal(payload, []byte{1, 2}) {
		t.Fatalf("%+v %x %v", h, payload, err)
	}
	back := h.Back(net.HardwareAddr{2, 0, 0, 0, 0, 9}).Append(nil)
	if want := join(src, []byte{2, 0, 0, 0, 0, 9}, tags, []byte{0x88, 0xb5}); !bytes.Equal(back, want) {
		t.Errorf("back %x, want %x", back, want)
	}
	if !IsGroup(net.HardwareAddr{1, 0, 0, 0, 0, 0}) || IsGroup(src) || IsGroup(nil) {
		t.Error("groups")
	}
	for name, b := range map[string][]byte{
		"13 bytes":     make([]byte, 13),
		"within a tag": join(dst, src, []byte{0x81, 0, 0}),
		"after a tag":  join(dst, src, []byte{0x81, 0, 0, 1}),
	} {
		if _, _, err := Parse(b); err != ErrShort {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := Parse(join(dst, src, bytes.Repeat([]byte{0x81, 0, 0, 1}, 17), []byte{8, 0})); err != ErrTags {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x81\x00\x00\x05\x08\x00abc"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, payload, err := Parse(b)
		if err == nil && !bytes.Equal(append(h.Append(nil), payload...), b) {
			t.Fatalf("%x changed", b)
		}
	})
}
