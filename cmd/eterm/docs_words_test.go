package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"eterm/cmd/internal/golden"
)

// notSaid are words that have a standard one in their place, by that one. Only
// those that mean nothing else.
var notSaid = map[*regexp.Regexp]string{
	regexp.MustCompile(`(?i)\btime[ -]stamp(s|ed|ing)?\b`): "timestamp",
	regexp.MustCompile(`(?i)\bpartners?\b`):                "peer or reflector",
	regexp.MustCompile(`(?i)\bfar end\b`):                  "peer",
	regexp.MustCompile(`(?i)\blateness\b`):                 "pacing error",
	regexp.MustCompile(`(?i)\btimer errors?\b`):            "pacing error",
	regexp.MustCompile(`(?i)\b(ledgers?|census)\b`):        "report, account or statistics",
	regexp.MustCompile(`(?i)\bhundredths?\b`):              "percentile",
	regexp.MustCompile(`(?i)\bforth and back\b`):           "forward and reverse",
	regexp.MustCompile(`(?i)\bsettle(s|d)?\b`):             "drain time",
}

var codeSpan = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`|<!--.*?-->")

// TestDocsWords: the pages use the standard words of the field.
func TestDocsWords(t *testing.T) {
	for path, text := range pages(t) {
		if strings.Contains(path, "/decisions/") || strings.HasSuffix(path, "changelog.md") {
			continue // these stay as they were written
		}
		for i, line := range strings.Split(prose(text), "\n") {
			for word, say := range notSaid {
				if m := word.FindString(line); m != "" {
					t.Errorf("%s:%d: %q: say %s", path, i+1, m, say)
				}
			}
		}
	}
}

// prose is a page without its code, line for line.
func prose(text string) string {
	return codeSpan.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) + "x" })
}

// TestHelpWords: so do the helps.
func TestHelpWords(t *testing.T) {
	for _, c := range commands() {
		code, out, errs := eterm(t, c.Name, "--help")
		if code != 0 || errs != "" {
			t.Errorf("%s --help: status %d, %q", c.Name, code, errs)
		}
		for word, say := range notSaid {
			if m := word.FindString(out); m != "" {
				t.Errorf("%s --help: %q: say %s", c.Name, m, say)
			}
		}
	}
}

// shownCode stands before code of a page that is a function of a file.
var shownCode = regexp.MustCompile("(?ms)^<!-- code: (\\S+) (\\w+) -->\n```go\n(.*?)^```")

// TestDocsCode: what the pages show of Go is what is compiled and run. With
// -update they take it from there.
func TestDocsCode(t *testing.T) {
	n := 0
	for path, text := range pages(t) {
		page := shownCode.ReplaceAllStringFunc(text, func(block string) string {
			n++
			m := shownCode.FindStringSubmatch(block)
			b, err := os.ReadFile(filepath.Join("../..", m[1]))
			must(t, err)
			code := regexp.MustCompile(`(?ms)^(?://[^\n]*\n)*func ` + m[2] + `\(.*?^}\n`).FindString(string(b))
			if code != m[3] && !golden.Updating() {
				t.Errorf("%s shows %s of %s as it was before (-update takes it anew)", path, m[2], m[1])
			}
			return "<!-- code: " + m[1] + " " + m[2] + " -->\n```go\n" + code + "```"
		})
		if golden.Updating() && page != text {
			must(t, os.WriteFile(path, []byte(page), 0o644))
		}
	}
	if n == 0 {
		t.Error("no page shows code")
	}
}
