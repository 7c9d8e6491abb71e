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

// fixed is a source of one frame, again and again.
func fixed(frame []byte) load.Source {
	return func(dst []byte) []byte { return append(dst, frame...) }
}

func TestMix(t *testing.T) {
	a, b, c := fixed([]byte("a")), fixed([]byte("b")), fixed([]byte("c"))
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

func TestSourcesAllocateNothing(t *testing.T) {
	f := fixed(make([]byte, 60))
	s := load.Mix(load.Share{Source: f, Weight: 2}, load.Share{Source: f, Weight: 3})
	buf := make([]byte, 0, 2000)
	if n := testing.AllocsPerRun(100, func() { s(buf) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
