package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eterm/cmd/internal/result"
)

// kept are the documents of each kind that package result keeps.
func kept(t testing.TB) []*result.Document {
	t.Helper()
	var docs []*result.Document
	for _, k := range result.Kinds() {
		docs = append(docs, keptOf(t, k))
	}
	return docs
}

func keptOf(t testing.TB, k result.Kind) *result.Document {
	t.Helper()
	d, err := result.Open(filepath.Join("..", "result", "testdata", "v1", string(k)+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return d[0]
}

func html(t testing.TB, docs ...*result.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, docs); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A page of every kind is whole, small, and its own source.
func TestPageIsItsOwnSource(t *testing.T) {
	for _, d := range kept(t) {
		b := html(t, d)
		if dir := os.Getenv("ETERM_KEEP_PAGES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, string(d.Kind)+".html"), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if len(b) > 300e3 {
			t.Errorf("%s: the page has %d bytes", d.Kind, len(b))
		}
		again, err := result.Read(bytes.NewReader(b))
		if err != nil || len(again) != 1 || !bytes.Equal(again[0].Source(), d.Source()) {
			t.Errorf("%s: read again it is %v, %v", d.Kind, again, err)
		}
		for _, want := range []string{"<h1>", "What was tested", "Can it be believed?", "Numbers", "default-src 'none'"} {
			if !strings.Contains(string(b), want) {
				t.Errorf("%s: the page lacks %q", d.Kind, want)
			}
		}
		if strings.Contains(string(b), "ZgotmplZ") {
			t.Errorf("%s: the template refused a value", d.Kind)
		}
	}
}
