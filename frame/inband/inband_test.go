package inband

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestKnown(t *testing.T) {
	got := Echo{ID: 0x1234, Seq: 7, Data: []byte("ab")}.Append([]byte{0xa5}, EchoRequest)
	if want := "a5" + "6554726d" + "01020006" + "12340007" + "6162"; hex.EncodeToString(got) != want {
		t.Fatalf("got  %x\nwant %s", got, want)
	}
	k, body, err := Parse(append(got[1:], make([]byte, 32)...))
	if err != nil || k != EchoRequest || k.IsAnswer() || !EchoReply.IsAnswer() {
		t.Fatal(k, err)
	}
	e, err := ParseEcho(body)
	if err != nil || e.ID != 0x1234 || e.Seq != 7 || string(e.Data) != "ab" {
		t.Errorf("%+v %v", e, err)
	}
}

func TestForeign(t *testing.T) {
	good := Append(nil, TalkRequest, []byte("xyz"))
	for i := range 5 {
		bad := bytes.Clone(good)
		bad[i]++
		if _, _, err := Parse(bad); err != ErrForeign {
			t.Errorf("byte %d: %v", i, err)
		}
	}
	if _, _, err := Parse(good[:len(good)-1]); err != ErrForeign {
		t.Error("a cut message is taken")
	}
	// The demo's default payload must never be taken for a message.
	if _, _, err := Parse([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}); err != ErrForeign {
		t.Error("counting bytes are taken")
	}
	if _, err := ParseEcho([]byte{1, 2, 3}); err != ErrForeign {
		t.Error("a short echo is taken")
	}
	if b := Append(nil, 2, make([]byte, MaxBody+1)); len(b) != HeaderLen+MaxBody {
		t.Error(len(b))
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Echo{1, 2, []byte("abc")}.Append(nil, EchoReply))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, body, err := Parse(b)
		if err != nil {
			return
		}
		if again := Append(nil, k, body); !bytes.Equal(again, b[:len(again)]) {
			t.Fatalf("%x is written as %x", b, again)
		}
		if e, err := ParseEcho(body); err == nil && !bytes.Equal(e.Append(nil, k), b[:HeaderLen+len(body)]) {
			t.Fatal("echo changed")
		}
	})
}
