package args

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSplitWords(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
	}{
		{"exchange -c 3", []string{"exchange", "-c", "3"}},
		{"  eterm listen\t-t 0x88b5 ", []string{"listen", "-t", "0x88b5"}},
		{`send --payload "a b" 'c"d' e\ f`, []string{"send", "--payload", "a b", `c"d`, "e f"}},
		{`x ""`, []string{"x", ""}},
		{"", []string{}},
		{`"open`, nil},
		{`end\`, nil},
	} {
		got, err := SplitWords(c.line)
		if !reflect.DeepEqual(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%q: %q, %v; want %q", c.line, got, err, c.want)
		}
	}
}

// FuzzSplitWords: words quoted for a shell come back as they were.
func FuzzSplitWords(f *testing.F) {
	f.Add("a b", `c"d'`, "")
	f.Add("\\", "\n\t", "eterm")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		words := []string{"x", a, b, c}
		line := ""
		for _, w := range words {
			line += " '" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		got, err := SplitWords(line)
		if !utf8.ValidString(line) {
			return // its runes are not its bytes
		}
		if err != nil || !reflect.DeepEqual(got, words) {
			t.Fatalf("%q: %q, %v", line, got, err)
		}
	})
}
