package probe_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"eterm/frame/probe"
	"eterm/frame/seal"
)

func keyOf(t testing.TB, secret string) seal.Key {
	t.Helper()
	k, err := seal.New([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// sealedFrame is a frame of a kind, sealed with a key, and where its mark is.
func sealedFrame(t testing.TB, key seal.Key, kind probe.Kind, length uint16, seq, time uint32) ([]byte, int) {
	t.Helper()
	s := newSender(t, headerHex, probe.Plan{Length: length, Total: 1000, Interval: 1e9, TCI: probe.Untagged})
	b := bytes.Clone(s.header)
	room := make([]byte, probe.SealSize)
	switch kind {
	case probe.KindPlan:
		b = append(s.plan.AppendPlanPayload(b), room...)
	case probe.KindEnd:
		b = append(s.plan.AppendEndPayload(b, probe.SenderAccount{Intended: 1000, Offered: 900, Elapsed: 7}), room...)
	default:
		b, kind = s.plan.AppendSealedPayload(b)
	}
	w := probe.NewSealedWriter(b, len(s.header), kind, 2, s.session, key)
	w.Write(seq, time)
	return b, len(s.header)
}

// TestSealIsWhatTheReferenceSays: the seal made word by word is that of the bytes
// that docs/reference/probe.md names.
func TestSealIsWhatTheReferenceSays(t *testing.T) {
	key := keyOf(t, "the key of the vectors")
	for _, c := range []struct {
		kind            probe.Kind
		length          uint16
		at, from, until int // of the block, of what it covers, behind the mark
	}{
		{probe.KindMark, 46, 18, 18, 18}, {probe.KindMark, 28, 18, 18, 18}, {probe.KindMarkPlan, 52, 42, 18, 18},
		{probe.KindPlan, 46, 42, 18, 42}, {probe.KindEnd, 46, 78, 18, 74},
	} {
		f, at := sealedFrame(t, key, c.kind, c.length, 7, 0x89abcdef)
		found, ok := probe.Find(f)
		if !ok || !found.Sealed || found.Kind != c.kind || found.Seq != 7 || !found.Balanced {
			t.Fatalf("kind %d: found %+v", c.kind, found)
		}
		mark := f[at:]
		text := append(bytes.Clone(mark[:7]), 0)
		text = append(append(text, mark[8:16]...), mark[c.from:c.until]...)
		block := mark[c.at : c.at+probe.SealSize]
		if want := key.Append(nil, text); !bytes.Equal(block[:8], want) {
			t.Errorf("kind %d: seal %x, want %x", c.kind, block[:8], want)
		}
		if sum := sumOf(block); sum != 0xffff {
			t.Errorf("kind %d: the block's sum is %#x", c.kind, sum)
		}
		if v := probe.Verify(key, f, &found); v != probe.SealRight {
			t.Errorf("kind %d: verdict %d", c.kind, v)
		}
	}
	f, at := sealedFrame(t, key, probe.KindMark, 28, 7, 0x89abcdef)
	if got, want := hex.EncodeToString(f[at:at+28]), sealVector; got != want {
		t.Errorf("the vector of the reference is %s, made is %s", want, got)
	}
}

// sealVector is that of docs/reference/probe.md.
const sealVector = "e73d19020abcdefa0000000789abcdef31ae3b283241a77fabc73f4f"

// sumOf is the one's complement sum of 16-bit words (RFC 1071).
func sumOf(b []byte) uint32 {
	var sum uint32
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
		sum = sum>>16 + sum&0xffff
	}
	return sum
}

// TestOnlyTheKeyMakesSeals: nothing that somebody without it can do to a frame
// that he has seen makes it another one.
func TestOnlyTheKeyMakesSeals(t *testing.T) {
	key := keyOf(t, "0123456789abcdef")
	for _, kind := range []probe.Kind{probe.KindMark, probe.KindMarkPlan, probe.KindPlan, probe.KindEnd} {
		length := uint16(46)
		if kind == probe.KindMarkPlan {
			length = 100
		}
		whole, at := sealedFrame(t, key, kind, length, 7, 1000)
		for name, change := range map[string]func(f []byte, m *probe.Mark){
			"another number":  func(_ []byte, m *probe.Mark) { m.Seq++ },
			"another time":    func(_ []byte, m *probe.Mark) { m.Time++ },
			"another session": func(_ []byte, m *probe.Mark) { m.Session ^= 1 },
			"another stream":  func(_ []byte, m *probe.Mark) { m.Stream++ },
			"without a seal":  func(_ []byte, m *probe.Mark) { m.Sealed = false },
		} {
			f := bytes.Clone(whole)
			found, _ := probe.Find(f)
			change(f, &found.Mark)
			probe.Put(f, at, found.Mark)
			if found, ok := probe.Find(f); !ok || probe.Verify(key, f, &found) != probe.SealWrong {
				t.Errorf("kind %d, %s: taken", kind, name)
			}
		}
		for name, k := range map[string]seal.Key{"another key": keyOf(t, "0123456789abcdeF"), "no key": {}} {
			if found, _ := probe.Find(whole); probe.Verify(k, whole, &found) != probe.SealWrong {
				t.Errorf("kind %d, %s: taken", kind, name)
			}
		}
		cut := whole[:at+probe.Size+4]
		if found, ok := probe.Find(cut); !ok || probe.Verify(key, cut, &found) == probe.SealRight {
			t.Errorf("kind %d, cut: taken", kind)
		}
	}
}

// TestPlansAndEndsAreUnderTheSeal: with their own checks right again.
func TestPlansAndEndsAreUnderTheSeal(t *testing.T) {
	key := keyOf(t, "0123456789abcdef")
	f, at := sealedFrame(t, key, probe.KindEnd, 46, 1, 1)
	account := f[at+probe.Size+probe.PlanSize:][:36]
	binary.BigEndian.PutUint64(account[8:], 700) // offered
	binary.BigEndian.PutUint16(account[34:], 0)
	binary.BigEndian.PutUint16(account[34:], ^uint16(sumOf(account[:34])))
	found, _ := probe.Find(f)
	if a, ok := probe.EndOf(f, found); !ok || a.Offered != 700 || probe.Verify(key, f, &found) != probe.SealWrong {
		t.Errorf("another account is taken: %+v", a)
	}
	account[9] ^= 1 // now its own check fails: a wrong bit, and nobody's fault
	if probe.Verify(key, f, &found) != probe.SealDamaged {
		t.Error("a damaged account is called forged")
	}
	f, at = sealedFrame(t, key, probe.KindPlan, 46, 1, 1)
	probe.PutNonce(f, at, 99)
	if found, _ = probe.Find(f); probe.NonceOf(f, found) != 99 || probe.Verify(key, f, &found) != probe.SealWrong {
		t.Error("another challenge is taken")
	}
}

// TestWrongBitsAreNotForgeries: one wrong bit anywhere in a sealed frame is that
// bit, and the frame is counted as the number it was sent with.
func TestWrongBitsAreNotForgeries(t *testing.T) {
	key := keyOf(t, "0123456789abcdef")
	for _, length := range []uint16{46, 100} {
		frame, at := sealedFrame(t, key, probe.KindMark, length, 0, 0)
		for bit := 8 * at; bit < 8*len(frame); bit++ {
			tally := probe.NewTally(0xabcde, false)
			tally.Sealed(key)
			for n := range uint32(4) {
				f, _ := sealedFrame(t, key, probe.KindMark, length, n, n)
				if n == 3 {
					f[bit/8] ^= 0x80 >> (bit % 8)
				}
				found, ok := probe.Find(f)
				if !ok && bit < 8*(at+2) {
					continue // in the magic itself: not found
				}
				if v := probe.Verify(key, f, &found); v != probe.SealRight || !tally.Add(f, len(f), found, second+int64(n)) {
					t.Fatalf("payload of %d, bit %d: verdict %d", length, bit, v)
				}
			}
			r := tally.Report()
			if r.Received != 4 || r.Damage.Corrupted != 1 || r.Damage.Bits != 1 || r.Damage.ByByte[0].Offset != bit/8 {
				t.Fatalf("payload of %d, bit %d: %d received, %+v", length, bit, r.Received, r.Damage)
			}
		}
	}
}

func TestSealedMarksAllocateNothing(t *testing.T) {
	key := keyOf(t, "0123456789abcdef")
	s := newSender(t, headerHex, probe.Plan{Length: 100, TCI: probe.Untagged})
	f, kind := s.plan.AppendSealedPayload(bytes.Clone(s.header))
	w := probe.NewSealedWriter(f, len(s.header), kind, 0, s.session, key)
	tally := probe.NewTally(s.session, true)
	tally.Sealed(key)
	n := uint32(0)
	if a := testing.AllocsPerRun(1000, func() {
		w.Write(n, probe.Ticks(second))
		found, _ := probe.Find(f)
		if probe.Verify(key, f, &found) != probe.SealRight || !tally.Add(f, len(f), found, second+100) {
			t.Fatal("refused")
		}
		n++
	}); a != 0 {
		t.Errorf("%v allocations a frame", a)
	}
	if r := tally.Report(); r.Damage.Corrupted != 0 || r.Loss.Lost != 0 {
		t.Errorf("%+v", r)
	}
}

// BenchmarkSeal is what a key costs a frame, in the sender and in the receiver.
func BenchmarkSeal(b *testing.B) {
	frame, at := testFrame(b, "", 100)
	for name, key := range map[string]seal.Key{"none": {}, "siphash": keyOf(b, "0123456789abcdef")} {
		b.Run("write/"+name, func(b *testing.B) {
			w := probe.NewSealedWriter(frame, at, probe.KindMark, 0, 1, key)
			for i := range b.N {
				w.Write(uint32(i), uint32(i))
			}
		})
		b.Run("read/"+name, func(b *testing.B) {
			w := probe.NewSealedWriter(frame, at, probe.KindMark, 0, 1, key)
			w.Write(1, 1)
			for range b.N {
				if f, ok := probe.Find(frame); !ok || probe.Verify(key, frame, &f) != probe.SealRight {
					b.Fatal("refused")
				}
			}
		})
	}
}
