package develop

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// notInCode are words that have a standard one in their place, which stands behind
// each (docs/reference/terms.md). They are looked for in names, comments and texts
// of all code, tests included.
var notInCode = map[*regexp.Regexp]string{
	regexp.MustCompile(`(?i)\btime stamp(s|ed|ing)?\b`):                                    "timestamp",
	regexp.MustCompile(`(?i)\bpartners?\b|\bfar ends?\b`):                                  "peer or reflector",
	regexp.MustCompile(`(?i)\blateness\b|\btimer errors?\b`):                               "pacing error",
	regexp.MustCompile(`(?i)\b(ledgers?|census)\b`):                                        "report, account or statistics",
	regexp.MustCompile(`(?i)\bhundredths?\b`):                                              "percentile",
	regexp.MustCompile(`(?i)\bforth\b`):                                                    "forward and reverse",
	regexp.MustCompile(`(?i)\bsettl(e|es|ed|ing)\b`):                                       "drain time",
	regexp.MustCompile(`(?i)\b(utils?|helpers? functions?|common stuff|todo|fixme|xxx)\b`): "what it is, or do it",
}

// humps are where a name in camel case has a new word.
var humps = regexp.MustCompile(`([a-z0-9])([A-Z])|_`)

// TestWordsOfTheCode: names, comments and texts keep to the field's words.
func TestWordsOfTheCode(t *testing.T) {
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != "../..":
			return filepath.SkipDir
		case d.IsDir(), !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "words_test.go"):
			return nil
		}
		files++
		wordsOf(t, path)
		return nil
	})
	if err != nil || files < 500 {
		t.Fatalf("%d files, %v", files, err)
	}
}

func wordsOf(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var s scanner.Scanner
	s.Init(set.AddFile(path, set.Base(), len(text)), text, nil, scanner.ScanComments)
	for {
		pos, kind, lit := s.Scan()
		if kind == token.EOF {
			return
		}
		if kind != token.IDENT && kind != token.COMMENT && kind != token.STRING {
			continue
		}
		if kind == token.IDENT {
			lit = humps.ReplaceAllString(lit, "$1 $2")
		}
		for word, say := range notInCode {
			if m := word.FindString(lit); m != "" {
				t.Errorf("%s: %q in %.60q: say %s", set.Position(pos), m, lit, say)
			}
		}
	}
}
