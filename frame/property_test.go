package frame

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// everyFrame is everyLayer, built.
func everyFrame(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, n := range everyLayer {
		all[n] = mustBuild(t, n)
	}
	return all
}

// TestEveryFieldIsEdited sets every field of every frame to random bits by its
// name: it holds them then, and nothing else of the frame has changed but the
// checksums over it.
func TestEveryFieldIsEdited(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for notation, b := range everyFrame(t) {
		var sums []int // offsets of checksums, in bytes
		seen := map[Layer]int{}
		parts := append([]Part(nil), Decode(b).Parts...)
		for _, p := range parts {
			for _, f := range fieldsOf(&p) {
				if f.rule == checksum {
					sums = append(sums, p.Offset+f.Offset/8)
				}
			}
		}
		for _, p := range parts {
			n := seen[p.Layer]
			seen[p.Layer]++
			for _, f := range fieldsOf(&p) {
				if f.Bits == 0 || f.Bits > 64 {
					continue
				}
				v := random.Uint64() >> (64 - f.Bits)
				name := fmt.Sprintf("%v[%d].%s", p.Layer, n, f.Name)
				change := name + "=" + valueText(&f, v)
				var e Edit
				if err := e.Set(change); err != nil {
					t.Errorf("%s: %v", notation, err)
					continue
				}
				got, err := e.Apply(Decode(bytes.Clone(b)))
				if err != nil || len(got) != len(b) {
					t.Errorf("%s, %s: %d bytes, %v", notation, change, len(got), err)
					continue
				}
				at := p.Offset*8 + f.Offset
				if read := getBits(got, at, f.Bits); read != v {
					t.Errorf("%s, %s: reads as %#x", notation, change, read)
				}
				want := bytes.Clone(b)
				putBits(want, at, f.Bits, v)
				for _, s := range sums {
					if s+2 <= len(want) && (at/8 < s || at/8 >= s+2) {
						copy(want[s:s+2], got[s:s+2])
					}
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s, %s:\ngot  %x\nwant %x", notation, change, got, want)
				}
			}
		}
	}
}

// fieldsOf are the fields of a part of a frame.
func fieldsOf(p *Part) []Field {
	if table[p.Layer] == nil {
		return nil
	}
	return table[p.Layer].forms[p.form].fields
}

// valueText is a value as a field of that kind takes it.
func valueText(f *Field, v uint64) string {
	if f.Kind == MAC || f.Kind == IP4 {
		return string(f.appendValue(nil, v))
	}
	return fmt.Sprint(v)
}

// TestCutAnywhere cuts every frame behind each of its bytes. Its parts are all
// of it and no more, its notation builds it again, and what says where a fault
// is says a place in it. What only capturing cut is no fault of the frame.
func TestCutAnywhere(t *testing.T) {
	for notation, b := range everyFrame(t) {
		whole := len(Decode(b).Faults)
		for n := range b {
			cut := b[:n:n]
			d := Decode(cut)
			at := 0
			for _, p := range d.Parts {
				if p.Offset != at {
					t.Fatalf("%s cut to %d: %v begins at %d, not %d", notation, n, p.Layer, p.Offset, at)
				}
				at += p.Length
			}
			if at != n {
				t.Errorf("%s cut to %d: its parts are %d bytes", notation, n, at)
			}
			for _, f := range d.Faults {
				line := string(f.Append(nil))
				if f.Offset < 0 || f.Offset > n || f.Field == "" || f.Problem == "" || strings.ContainsAny(line, "\n\x1b") {
					t.Errorf("%s cut to %d: fault %q at %d", notation, n, line, f.Offset)
				}
			}
			printed := string(d.AppendNotation(nil))
			tpl, err := Parse(printed)
			if err != nil {
				t.Errorf("%s cut to %d prints %s: %v", notation, n, printed, err)
				continue
			}
			if again := tpl.Append(nil); !bytes.Equal(again, cut) {
				t.Errorf("%s cut to %d prints %s, which builds\n%x, not\n%x", notation, n, printed, again, cut)
			}
			d.DecodeCaptured(cut, Captured{Length: len(b)})
			if len(d.Faults) > whole {
				t.Errorf("%s captured to %d: %+v", notation, n, d.Faults)
			}
		}
	}
}
