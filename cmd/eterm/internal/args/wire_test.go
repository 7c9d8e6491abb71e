package args

import "testing"

func TestParseShare(t *testing.T) {
	for s, want := range map[string]float64{"": 0, "0": 0, "1%": 0.01, "0.5%": 0.005, "100%": 1} {
		if got, err := parseShare(s); got != want || err != nil {
			t.Errorf("%q: %v, %v; want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"2", "101%", "-1%", "%", "NaN%", "x"} {
		if got, err := parseShare(s); err == nil {
			t.Errorf("%q is taken for %v", s, got)
		}
	}
}

func TestParseBits(t *testing.T) {
	if got, err := parseBits("10Mbit"); got != 10e6 || err != nil {
		t.Errorf("10Mbit is %v bits a second, %v", got, err)
	}
}
