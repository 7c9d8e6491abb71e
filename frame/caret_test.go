package frame

import (
	"errors"
	"strings"
	"testing"
)

// TestCarets points at the wrong word of a notation: the caret's line is as
// long as the word, and stands under it.
func TestCarets(t *testing.T) {
	for _, c := range []struct{ notation, word, problem string }{
		{"eth / ivp4 src=192.0.2.1", "ivp4", "unknown layer"},
		{"eth / ipv4 srk=192.0.2.1 dst=192.0.2.2", "srk", "did you mean src?"},
		{"eth / ipv4 src=192.0.2.1 dst=192.0.2.2 ttl=256", "256", "too large"},
		{"eth dst=02:00:00:00:00 / text x", "02:00:00:00:00", "no address"},
		{"eth / ipv4 src=192.0.2 dst=192.0.2.2", "192.0.2", "no IPv4 address"},
		{"eth / ipv6 src=2001:db8::1::2 dst=::1", "2001:db8::1::2", "no IPv6 address"},
		{"eth / hex 0", "0", "hex"},
		{"eth / hex zz", "zz", "hex"},
		{"eth / zeros -1", "-1", ""},
		{"eth / vlan id=4096 / text x", "4096", "too large"},
		{"eth / vlan id=5 id=6 / text x", "6", "twice"},
		{"eth / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-requst", "echo-requst", ""},
		{"eth / ipv4 src=192.0.2.1 dst=192.0.2.2 ttl=9..8", "9..8", ""},
	} {
		_, err := Parse(c.notation)
		var wrong *SyntaxError
		if !errors.As(err, &wrong) || !strings.Contains(wrong.Problem, c.problem) {
			t.Errorf("%s: %v, want %q", c.notation, err, c.problem)
			continue
		}
		lines := strings.Split(wrong.Caret(), "\n")
		if len(lines) != 2 {
			t.Errorf("%s: %q", c.notation, wrong.Caret())
			continue
		}
		from, to := strings.Index(lines[1], "^"), strings.LastIndex(lines[1], "^")+1
		if from < 0 || to > len(lines[0]) || !strings.Contains(lines[0][from:to], c.word) && !strings.Contains(c.word, lines[0][from:to]) {
			t.Errorf("%s: %s\n%s", c.notation, err, wrong.Caret())
		}
		if at := strings.Index(lines[0], "/"); wrong.Offset <= at && strings.HasPrefix(c.notation, "eth /") {
			t.Errorf("%s: column %d is before the layer", c.notation, wrong.Offset+1)
		}
	}
	// Of a long notation what is near is shown, and nothing a terminal obeys.
	_, err := Parse("eth / text \"" + strings.Repeat("x", 300) + "\" / ivp4\x1b[31m src=1.1.1.1 / text \"" + strings.Repeat("y", 300) + "\"")
	var wrong *SyntaxError
	if !errors.As(err, &wrong) {
		t.Fatal(err)
	}
	text := wrong.Caret()
	if !strings.HasPrefix(text, "...") || strings.ContainsRune(text, 0x1b) || !strings.Contains(text, "ivp4?") || len(text) > 200 {
		t.Errorf("%q", text)
	}
	if strings.ContainsRune(err.Error(), 0x1b) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%q", err.Error())
	}
}
