package show

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"eterm/frame"
)

// TestFold: where a line goes on is told by what it is.
func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"short":                            "short",
		"one two three four five":          "one two three four\n    five",
		"  one two three four five":        "  one two three four\n      five",
		"key  one two three four":          "key  one two three\n     four",
		"a  b  one two three four":         "a  b  one two three\n      four",
		"a long key of words  one two":     "a long key of words\n    one two",
		"# one two three four five":        "# one two three four\n#     five",
		"\x1b[31m# ! one two three\x1b[0m": "\x1b[31m# ! one two three\x1b[0m",
		"a-word-with-hyphens-in-it":        "a-word-with-hyphens-\n    in-it",
		"ends\n":                           "ends\n",
		"":                                 "",
	} {
		if got := Fold(in, 20); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
		if got := Fold(in, 0); got != in {
			t.Errorf("out of a terminal %q folds to %q", in, got)
		}
	}
}

// FuzzFold: whatever the text, no line of it is too wide, and no word
// of it is missing. What is one word is cut.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"a b c", "key  text text", "# x, y", strings.Repeat("x", 200), strings.Repeat("ab ", 99), "\x1b[31mred\x1b[0m"} {
		f.Add(s, uint8(40))
	}
	f.Fuzz(func(t *testing.T, s string, width uint8) {
		s = strings.ReplaceAll(Text(strings.ReplaceAll(s, "\x1b", "")), "#", "")
		if !utf8.ValidString(s) || width < leastColumns {
			return
		}
		got := Fold(s, int(width))
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n ")); n > int(width) && strings.TrimLeft(line, " ") == line {
				t.Errorf("%q at %d: a line of %d: %q", s, width, n, line)
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeeze(got) != squeeze(s) {
			t.Errorf("%q at %d became %q", s, width, got)
		}
	})
}

// TestDumpFolds: comments fold, rows do not, and a layer's name stands above a row
// that it would make too wide; text2pcap and decode read both alike.
func TestDumpFolds(t *testing.T) {
	b := frame.Decode(must1(t, "eth / ipv6 / icmpv6 echo-request checksum=0 / text hello"))
	dump := string(b.AppendDump([]byte("# "+strings.Repeat("word ", 30)+"\n"), frame.DumpOptions{}))
	got := foldDump(dump, 80)
	for line := range strings.Lines(got) {
		if n := len(strings.TrimRight(line, "\n ")); n > 80 {
			t.Errorf("a line of %d: %s", n, line)
		}
	}
	if !strings.Contains(got, "# icmpv6\n0036  80 00") || strings.Count(got, "# icmpv6\n") != 1 {
		t.Errorf("the layer's name:\n%s", got)
	}
	if foldDump(dump, 0) != dump {
		t.Error("a dump out of a terminal folds")
	}
	rows := func(s string) (n int) {
		for line := range strings.Lines(s) {
			if !strings.HasPrefix(line, "#") {
				n++
			}
		}
		return n
	}
	if rows(got) != rows(dump) {
		t.Errorf("%d rows of %d are left", rows(got), rows(dump))
	}
}

func must1(t *testing.T, notation string) []byte {
	t.Helper()
	p, err := frame.Parse(notation)
	must(t, err)
	return p.Append(nil)
}

// TestNotesFold: a message goes on below its beginning, and stays one line where
// nobody is at a terminal.
func TestNotesFold(t *testing.T) {
	var out bytes.Buffer
	m := NewMessages(&out)
	m.Note("%s", strings.Repeat("word ", 6))
	m.fold = 24
	m.Note("%s", strings.Repeat("word ", 6))
	want := "eterm: word word word word word word\n" +
		"eterm: word word word\n       word word word\n"
	if out.String() != want {
		t.Errorf("%q, want %q", &out, want)
	}
}

// TestHelpFolds: flags get a narrow column, a description becomes a paragraph, and
// what fits stays as it is.
func TestHelpFolds(t *testing.T) {
	text := "NAME:\n   x - y\n\nDESCRIPTION:\n   One line of it\n   and another.\n   a  thing with a key\n\nOPTIONS:\n" +
		"   --a-flag-with-a-very-long-name VALUE  take VALUE and do with it what has to be done\n" +
		"   -b                                    take nothing\n"
	want := "NAME:\n   x - y\n\nDESCRIPTION:\n   One line of it and another.\n   a  thing with a key\n\nOPTIONS:\n" +
		"   --a-flag-with-a-very-long-name VALUE\n" +
		"                            take VALUE and do with it what\n" +
		"                            has to be done\n" +
		"   -b                       take nothing\n"
	if got := Help(text, 60); got != want {
		t.Errorf("it is\n%s\nwant\n%s", got, want)
	}
	if got := Help(text, 200); got != text {
		t.Errorf("what fits becomes\n%s", got)
	}
}

// TestHostsOfALabFold: in a narrow terminal a host's name stands above its lines.
func TestHostsOfALabFold(t *testing.T) {
	for width, want := range map[int]string{
		0:   "left | a\nleft | b\nright | c\nleft | d\n",
		80:  "left |\na\nb\nright |\nc\nleft |\nd\n",
		200: "left | a\nleft | b\nright | c\nleft | d\n",
	} {
		var out bytes.Buffer
		o := NewOutput(&out)
		o.width = width
		m := NewMessages(&out)
		o.HostLine("left", false, []byte("a"), m, false)
		o.HostLine("left", true, []byte("b"), m, false)
		o.HostLine("right", false, []byte("c"), m, false)
		o.HostLine("left", false, []byte("d"), m, false)
		if out.String() != want {
			t.Errorf("at %d: %q, want %q", width, &out, want)
		}
	}
}

// TestColumnsOfALab: the hosts are told how wide their text may be.
func TestColumnsOfALab(t *testing.T) {
	for width, want := range map[int]int{0: 0, 80: 80, 200: 192} {
		t.Run(strconv.Itoa(width), func(t *testing.T) {
			o := NewOutput(&bytes.Buffer{})
			o.width = width
			if o.HostEnv(true) != nil {
				t.Error("JSON folds")
			}
			for _, e := range o.HostEnv(false) {
				name, value, _ := strings.Cut(e, "=")
				t.Setenv(name, value)
			}
			if got := NewOutput(&bytes.Buffer{}).Columns(); got != want {
				t.Errorf("a host has %d columns, want %d", got, want)
			}
		})
	}
	t.Setenv(ColumnsVar, "wide")
	if got := NewOutput(&bytes.Buffer{}).Columns(); got != 0 {
		t.Errorf("%d columns of a word", got)
	}
}
