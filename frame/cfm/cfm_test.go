package cfm

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestKnown(t *testing.T) {
	l := Loopback{Level: 5, Opcode: LBM, Transaction: 0x01020304, TLVs: appendData(nil, []byte("abc"))}
	b := l.Append([]byte{0xa5})[1:]
	if want := "a0030004" + "01020304" + "030003616263" + "00"; hex.EncodeToString(b) != want {
		t.Fatalf("got  %x\nwant %s", b, want)
	}
	back, err := Parse(append(b, make([]byte, 20)...))
	if err != nil || back.Level != 5 || back.Opcode != LBM || back.Transaction != 0x01020304 {
		t.Fatalf("%+v %v", back, err)
	}
	if d, ok := back.Data(); !ok || string(d) != "abc" {
		t.Errorf("%q %v", d, ok)
	}
	r := back.Reply().Append(nil)
	if r[1] != 2 || !bytes.Equal(r[2:], b[2:]) {
		t.Errorf("reply %x", r)
	}
	if again := AppendLoopback(nil, 5, 0x01020304, []byte("abc")); !bytes.Equal(again, b) {
		t.Errorf("appended at once: %x, want %x", again, b)
	}
	if _, ok := (Loopback{TLVs: []byte{31, 0, 1, 9, 3, 0, 2, 7, 8, 0}}).Data(); !ok {
		t.Error("data behind another TLV is not found")
	}
}

func TestRefused(t *testing.T) {
	good := AppendLoopback(nil, 0, 1, []byte("abc"))
	for name, c := range map[string]struct {
		b   []byte
		err error
	}{
		"short":      {good[:7], ErrShort},
		"no end":     {good[:len(good)-1], ErrShort},
		"cut length": {good[:10], ErrShort},
		"long TLV":   {append(bytes.Clone(good[:9]), 0xff, 0xff, 0), ErrShort},
		"version 1":  {append([]byte{1}, good[1:]...), ErrOther},
		"CCM":        {append([]byte{0, 1}, good[2:]...), ErrOther},
	} {
		if _, err := Parse(c.b); err != c.err {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(AppendLoopback(nil, 7, 9, []byte("abc")))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := Parse(b)
		if err != nil {
			return
		}
		if again := l.Append(nil); !bytes.Equal(again, b[:len(again)]) {
			t.Fatalf("%x is written as %x", b, again)
		}
		l.Data()
	})
}
