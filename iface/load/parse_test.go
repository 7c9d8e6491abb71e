package load_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"eterm/frame/ether"
	"eterm/iface/load"
)

func TestParseRate(t *testing.T) {
	for _, c := range []struct {
		text   string
		frames float64 // of 64 bytes with FCS on a line of 1 Gbit/s
	}{
		{"1000pps", 1000}, {"1000", 1000}, {"1.5kpps", 1500}, {"2Mpps", 2e6}, {"0.1pps", 0.1},
		{"672kbit", 1000}, {"672000bit", 1000}, {"1Gbit", 1e9 / 672}, {"100Mbit/s", 1e8 / 672},
		{"100%", 1e9 / 672}, {"0.5 %", 5e6 / 672}, {"max", math.Inf(1)}, {"MAX", math.Inf(1)},
	} {
		r, err := load.ParseRate(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		got, err := r.Frames(float64(ether.WireLen(60)), 1e9)
		if math.Abs(got/c.frames-1) > 1e-12 && got != c.frames || err != nil {
			t.Errorf("%s is %v frames/s, want %v: %v", c.text, got, c.frames, err)
		}
		again, err := load.ParseRate(r.String())
		if err != nil || again != r {
			t.Errorf("%s prints as %s, which reads as %v, %v", c.text, r, again, err)
		}
	}
	r, _ := load.ParseRate("10%")
	if _, err := r.Frames(84, 0); !errors.Is(err, load.ErrNoSpeed) {
		t.Errorf("a share of an unknown speed: %v", err)
	}
}

func TestParseRateRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"0pps", "above zero"}, {"-5pps", "above zero"}, {"-1%", "above zero"}, {"0%", "above zero"},
		{"101%", "at most 100%"}, {"1e9Gbit", "at most 8000000000000bit"}, {"1e30pps", "at most"}, {"inf", "at most"},
		{"nan", "want a rate such as"}, {"", "want a rate such as"}, {"fast", "want a rate such as"},
		{"10Mbyte", "want a rate such as"}, {"pps", "want a rate such as"}, {"1 0pps", "want a rate such as"},
	} {
		if r, err := load.ParseRate(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, %v; want an error with %q", c.text, r, err, c.want)
		}
	}
}

func TestParseSizes(t *testing.T) {
	for text, want := range map[string][]int{
		"64": {64}, "64,1518": {64, 1518}, "64..67": {64, 65, 66, 67}, "64..1518/727": {64, 791, 1518},
		"64..70/4,9216": {64, 68, 9216},
	} {
		if got, err := load.ParseSizes(text); !slices.Equal(got, want) || err != nil {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "63", "9217", "x", "64..", "..64", "100..64", "64..100/0", "64,", "64/2", "-64",
		strings.Repeat("64..9216,", 8) + "64"} {
		if got, err := load.ParseSizes(text); err == nil {
			t.Errorf("%.20q: %d sizes, want an error", text, len(got))
		}
	}
}

func TestParseGenome(t *testing.T) {
	for text, want := range map[string][]int{
		"a": {64}, "abcdefghij": {64, 128, 256, 512, 1024, 1280, 1518, 2112, 9000, 16000},
		"az": {64, 1522}, "3a2g": {64, 64, 64, 1518, 1518},
	} {
		if got, err := load.ParseGenome(text, 1522); !slices.Equal(got, want) || err != nil {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "k", "A", "a7", "0a", "70000a", "65536aa", "99999999999999999999a", "a b"} {
		if got, err := load.ParseGenome(text, 1522); err == nil {
			t.Errorf("%q: %d sizes, want an error", text, len(got))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1000pps", "10%", "max", "64..1518/8,64", "7a4dg", "1e400", "0x1p-2", "__1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := load.ParseRate(s); err == nil {
			if again, err := load.ParseRate(r.String()); err != nil || again != r && !r.IsMax() && math.Abs(perSecond(t, again)/perSecond(t, r)-1) > 1e-9 {
				t.Errorf("%q reads as %v and that as %v, %v", s, r, again, err)
			}
			if n := perSecond(t, r); !(n > 0) {
				t.Errorf("%q is %v frames/s", s, n)
			}
		}
		for _, parse := range []func(string) ([]int, error){load.ParseSizes, func(s string) ([]int, error) { return load.ParseGenome(s, 1522) }} {
			sizes, err := parse(s)
			if (err == nil) != (len(sizes) > 0) || len(sizes) > 1<<16 {
				t.Errorf("%q: %d sizes, %v", s, len(sizes), err)
			}
			for _, n := range sizes {
				if n < load.MinSize || n > 16000 {
					t.Errorf("%q: size %d", s, n)
				}
			}
		}
	})
}

func perSecond(t *testing.T, r load.Rate) float64 {
	t.Helper()
	n, err := r.Frames(84, 1e9)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
