package seal

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"testing"
)

// The vectors of the reference implementation (vectors_sip64, SipHash-2-4 with
// the key 00 01 .. 0f, of the bytes 00, 01, .. so many), as bytes on its wire.
func TestReferenceVectors(t *testing.T) {
	var key [16]byte
	for i := range key {
		key[i] = byte(i)
	}
	k := Raw(key)
	for n, want := range map[int]string{
		0: "310e0edd47db6f72", 1: "fd67dc93c539f874", 2: "5a4fa9d909806c0d", 3: "2d7efbd796666785",
		7: "37d1018bf50002ab", 8: "6224939a79f5f593", 15: "e545be4961ca29a1",
	} {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(i)
		}
		got := binary.LittleEndian.AppendUint64(nil, k.Sum(b))
		if hex.EncodeToString(got) != want {
			t.Errorf("of %d bytes: %x, want %s", n, got, want)
		}
	}
}

func TestWordsAreBytes(t *testing.T) {
	k, err := New([]byte("sixteen bytes or more"))
	if err != nil || k.IsZero() {
		t.Fatal(err)
	}
	b := []byte("0123456789abcdef01234567")
	s := k.Start()
	for i := range 3 {
		s.Word(binary.LittleEndian.Uint64(b[8*i:]))
	}
	if s.End(3) != k.Sum(b) {
		t.Error("words and bytes differ")
	}
}

func TestOnlyTheRightKeyAndTextAreValid(t *testing.T) {
	k, _ := New([]byte("0123456789abcdef"))
	other, _ := New([]byte("0123456789abcdeg"))
	text := []byte("a message")
	s := k.Append(nil, text)
	if !k.Valid(s, text) {
		t.Error("its own seal is refused")
	}
	for name, ok := range map[string]bool{
		"another key": other.Valid(s, text), "no key": Key{}.Valid(s, text), "another text": k.Valid(s, text[1:]),
		"a cut seal": k.Valid(s[:7], text), "no seal": k.Valid(nil, text),
	} {
		if ok {
			t.Error(name, "is taken")
		}
	}
	if _, err := New([]byte("fifteen bytes..")); !errors.Is(err, ErrShort) {
		t.Error("a short secret is taken:", err)
	}
}

func BenchmarkMark(b *testing.B) {
	k, _ := New([]byte("0123456789abcdef"))
	mark := make([]byte, 16)
	for b.Loop() {
		k.Sum(mark)
	}
}
