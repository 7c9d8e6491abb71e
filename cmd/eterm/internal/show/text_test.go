package show

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"eterm/frame/capture"
	"eterm/iface"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"plain ~ text":          "plain ~ text",
		"Zürich µs 東京":          "Zürich µs 東京",
		"two\nlines\tand tabs":  "two lines and tabs",
		"\x1b[31mred\x7f":       ".[31mred.",
		"\u009b31m":             ".31m",
		"\x9b31m":               ".31m",
		"abc\u202efdp.exe":      "abc.fdp.exe",
		"zero\u200bwidth\ufeff": "zero.width.",
		"cut \xe2\x80":          "cut ..",
		"\u2028line":            ".line",
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestAppendJSON(t *testing.T) {
	for in, want := range map[string]string{
		"plain":      `"plain"`,
		"\u009bx":    `"\u009bx"`,
		"\u202ex":    `"\u202ex"`,
		"\x7f":       `"\u007f"`,
		"\U000e0001": `"\udb40\udc01"`,
		"Zürich":     `"Zürich"`,
	} {
		b, err := AppendJSON(nil, in)
		if err != nil || string(b) != want {
			t.Errorf("%q is %s, %v; want %s", in, b, err, want)
		}
	}
}

// FuzzHarmless: whatever comes from outside, by any of the ways in which it is
// shown, a terminal only shows it, and JSON keeps it.
func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"", "eth0", "\x1b]0;title\a", "\u009b31m", "\x9b", "\u202e", "\xff\xfe", "a\u200bb", "\U000e0041", "\ufffd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var out, errs bytes.Buffer
		o, m := NewOutput(&out), NewMessages(&errs)
		must(t, o.Line("%s", s))
		must(t, o.Item("  ", 8, s, s))
		must(t, (&Table{Heads: []string{"A", "B"}, Rows: [][]string{{s, s}}}).Print(o))
		must(t, o.Interfaces([]iface.Info{{Name: s, Driver: s}}, false))
		m.Note("%s", s)
		m.Lines("| ", s)
		w := Records{FramesOptions: FramesOptions{Format: FormatLine}}
		record := capture.Record{Bytes: make([]byte, 60), Length: 60, Time: time.Unix(0, 0), Comments: []string{s}}
		out.Write(w.Append(nil, 1, &record, s))
		for _, text := range []string{out.String(), errs.String()} {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, dangerous) {
				t.Errorf("%q is shown as %q", s, text)
			}
		}
		w.Format = FormatJSON
		line := w.Append(nil, 1, &record, s)
		if !utf8.Valid(line) || bytes.ContainsFunc(line, dangerous) {
			t.Errorf("%q is written as %q", s, line)
		}
		var object Frame
		if err := json.Unmarshal(line, &object); err != nil || utf8.ValidString(s) && (object.Interface != s || object.Comments[0] != s) {
			t.Errorf("%q is read back as %q, %q, %v", s, object.Interface, object.Comments, err)
		}
	})
}

// dangerous is a referee of its own for harmless.
func dangerous(r rune) bool {
	return r != '\n' && (unicode.Is(unicode.C, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r))
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("eth0: %w", context.Canceled), "eth0: interrupted"},
		{fmt.Errorf("eth0: %w", context.DeadlineExceeded), "eth0: the time was up"},
		{net.ErrClosed, "closed"},
		{os.ErrDeadlineExceeded, "the time was up"},
		{os.ErrNotExist, "file does not exist"},
	} {
		if got := Words(c.err.Error()); got != c.want {
			t.Errorf("%v is %q, want %q", c.err, got, c.want)
		}
	}
}

func TestCount(t *testing.T) {
	for want, got := range map[string]string{
		"1 frame": Count(1, "frame"), "0 frames": Count(0, "frame"), "2 frames": Count(uint64(2), "frame"),
		"3 addresses": Count(3, "address"), "1 address": Count(1, "address"), "4 replies": Count(4, "reply"),
		"2 delays": Count(2, "delay"), "2 switches": Count(2, "switch"), "1 other frame": Count(1, "other frame"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
