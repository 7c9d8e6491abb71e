package develop

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// top is the repository's, seen from here.
const top = "../.."

var (
	pageLink = regexp.MustCompile(`\]\(([^)#\s]*)(#[^)\s]*)?\)`)
	codeSpan = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`|<!--.*?-->")
	heading  = regexp.MustCompile(`(?m)^#+ +(.*?) *$`)
)

// pages are README.md and all pages of docs, by path.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	read := func(path string) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(b)
	}
	read(filepath.Join(top, "README.md"))
	if err := filepath.WalkDir(filepath.Join(top, "docs"), func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			read(path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestLinks: every file that a page names is there, and so is every heading.
func TestLinks(t *testing.T) {
	all := pages(t)
	for path, text := range all {
		for _, m := range pageLink.FindAllStringSubmatch(codeSpan.ReplaceAllString(text, "`x`"), -1) {
			if strings.Contains(m[1], ":") {
				continue // elsewhere
			}
			to := path
			if m[1] != "" {
				to = filepath.Join(filepath.Dir(path), m[1])
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s names %s: %v", path, m[1], err)
			} else if m[2] != "" && !anchors(all[to])[m[2][1:]] {
				t.Errorf("%s names %s: no such heading", path, m[1]+m[2])
			}
		}
	}
}

// anchors are the names by which the headings of a page are linked.
func anchors(text string) map[string]bool {
	names := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		name := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		names[strings.ReplaceAll(name, " ", "-")] = true
	}
	return names
}

// TestReached: from README a reader gets to every page.
func TestReached(t *testing.T) {
	all := pages(t)
	reached := map[string]bool{}
	var follow func(path string)
	follow = func(path string) {
		if reached[path] {
			return
		}
		reached[path] = true
		for _, m := range pageLink.FindAllStringSubmatch(all[path], -1) {
			to := filepath.Join(filepath.Dir(path), m[1])
			for other := range all {
				if other == to || filepath.Dir(other) == to && m[1] != "" {
					follow(other)
				}
			}
		}
	}
	follow(filepath.Join(top, "README.md"))
	for path := range all {
		if !reached[path] {
			t.Errorf("no page that README leads to has a link to %s", path)
		}
	}
}

// longSentence is how many words a sentence may have.
const longSentence = 35

// longAllowed are the long ones that stay: lists that nobody reads through.
var longAllowed = map[string]string{
	"reference/json.md": "the words of faults, one after the other",
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?:;]["')*_]*(\s|$)|\n\s*\n|\n\s*([-*#|>]|\d+\.)`)
	breaks      = strings.NewReplacer("|", "\n\n", " · ", "\n\n", " ·\n", "\n\n")
	values      = regexp.MustCompile(`(x \S+,? ?){20,}`)
)

// TestSentences: one idea a sentence. Decisions stay as they were written.
func TestSentences(t *testing.T) {
	for path, text := range pages(t) {
		if strings.Contains(path, "/decisions/") {
			continue
		}
		n := 0
		for _, sentence := range longSentences(text) {
			n++
			if longAllowed[strings.TrimPrefix(path, "../../docs/")] == "" {
				t.Errorf("%s: more than %d words in a sentence: %s", path, longSentence, strings.Join(strings.Fields(sentence), " "))
			}
		}
		if n == 0 && longAllowed[strings.TrimPrefix(path, "../../docs/")] != "" {
			t.Errorf("%s has no long sentence any more: take it out of the list", path)
		}
	}
}

func longSentences(text string) (long []string) {
	prose := codeSpan.ReplaceAllString(text, "x")
	for _, sentence := range sentenceEnd.Split(values.ReplaceAllString(breaks.Replace(prose), "x"), -1) {
		if len(strings.Fields(sentence)) > longSentence {
			long = append(long, sentence)
		}
	}
	return long
}

// TestLongSentences: what is measured is sentences, not lists and code.
func TestLongSentences(t *testing.T) {
	long := strings.Repeat("word ", longSentence+1)
	for text, want := range map[string]int{
		long + ".": 1,
		long[:len(long)/2] + ".\n" + long[len(long)/2:] + ".": 0,
		"```\n" + long + "\n```":                              0,
		"| " + long + " |":                                    1,
		"A `" + long + "` b.":                                 0,
		strings.Repeat("word word.\n", 40):                    0,
	} {
		if got := len(longSentences(text)); got != want {
			t.Errorf("%d long sentences, not %d, in %.60q", got, want, text)
		}
	}
	if !anchors("## `listen`: what, and why?\n")["listen-what-and-why"] {
		t.Error(anchors("## `listen`: what, and why?\n"))
	}
}
