package load_test

import (
	"testing"

	"eterm/iface/load"
)

func take(s load.Source, n int) string {
	var b []byte
	for range n {
		b = s(b)
	}
	return string(b)
}

func TestMix(t *testing.T) {
	a, b, c := load.Fixed([]byte("a")), load.Fixed([]byte("b")), load.Fixed([]byte("c"))
	for want, s := range map[string]load.Source{
		"aaaa":           load.Mix(load.Share{Source: a, Weight: 5}),
		"abab":           load.Mix(load.Share{Source: a, Weight: 1}, load.Share{Source: b, Weight: 1}),
		"aabaaaba":       load.Mix(load.Share{Source: a, Weight: 3}, load.Share{Source: b, Weight: 1}),
		"aabacaaaabacaa": load.Mix(load.Share{Source: a, Weight: 5}, load.Share{Source: b, Weight: 1}, load.Share{Source: c, Weight: 1}),
		"abcabc":         load.Sequence(a, b, c),
	} {
		if got := take(s, len(want)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestSized(t *testing.T) {
	sizes := []int{14, 20, 2, 3000}
	s := load.Sized(load.Fixed([]byte("0123456789abcdef")), func(i uint64) int { return sizes[i%4] })
	for _, want := range []int{14, 20, 14, 3000} {
		f := s([]byte("kept"))
		if len(f) != 4+want || string(f[:18]) != "kept0123456789abcd" {
			t.Errorf("%d bytes, want %d: %.20q", len(f)-4, want, f)
		}
		for _, x := range f[min(len(f), 20):] {
			if x != 0 {
				t.Fatalf("not filled with zeros: %q", f)
			}
		}
	}
}

func TestSourcesAllocateNothing(t *testing.T) {
	f := load.Fixed(make([]byte, 60))
	s := load.Sized(load.Mix(load.Share{Source: f, Weight: 2}, load.Share{Source: f, Weight: 3}), func(uint64) int { return 1514 })
	buf := make([]byte, 0, 2000)
	if n := testing.AllocsPerRun(100, func() { s(buf) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
