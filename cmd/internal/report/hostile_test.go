package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"eterm/cmd/internal/result"
)

// again is a document written and read, so that its source is what it says.
func again(t testing.TB, d *result.Document) *result.Document {
	t.Helper()
	b, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	docs, err := result.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return docs[0]
}

// spoil puts a text into every text of a document that may be any.
func spoil(v any, text, key string) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = spoil(v[k], text, k)
		}
	case []any:
		for i := range v {
			v[i] = spoil(v[i], text, key)
		}
	case string:
		switch key {
		case "type", "schema", "kind", "id", "state", "started", "hex", "at", "time", "hdr_histogram", "histogram":
			return v
		}
		return text
	}
	return v
}

// evil are texts that try to be more than text.
var evil = []string{
	`</script><script>window.ran=1</script>`, `"><img src=x onerror="window.ran=1">`, `</textarea><script>window.ran=1</script>`, `]]><svg onload=window.ran=1>`,
	"\u202egnp.exe\u202c \u2066x\u2069 \u200f", "=cmd|' /C calc'!A0", "@SUM(1)", "a\x1b[2Jb\x00c\r\nd", strings.Repeat("long ", 2000), strings.Repeat("x", 10000), "Z\u0351\u036b\u0343\u036a", "[x](javascript:alert(1)) ![](https://example.test/x) `|`",
}

// hostile are documents of every kind in which every text is evil.
func hostile(t testing.TB) []*result.Document {
	t.Helper()
	var docs []*result.Document
	for n, d := range append(kept(t), kept(t)...) {
		var v map[string]any
		if err := json.Unmarshal(d.Source(), &v); err != nil {
			t.Fatal(err)
		}
		v["id"] = v["id"].(string) + string(rune('a'+n))
		b, err := json.Marshal(spoil(v, evil[n%len(evil)], ""))
		if err != nil {
			t.Fatal(err)
		}
		got, err := result.Read(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, got...)
	}
	return docs
}

// Whatever a document says is text in a page, and nothing turns or hides it.
func TestHostileTextIsText(t *testing.T) {
	docs := hostile(t)
	page := string(html(t, docs...))
	visible, _, _ := strings.Cut(page, `<script type="application/x-eterm-result"`)
	for _, bad := range []string{"<script", "<img", "<svg onload", "\u202e", "\u2066", "\u0351", "\x1b", "\x00"} {
		if i := strings.Index(visible, bad); i >= 0 {
			t.Errorf("the page has %q: %.120q", bad, visible[max(0, i-40):])
		}
	}
	if again, err := result.Read(strings.NewReader(page)); err != nil || len(again) != len(docs) {
		t.Errorf("read again it is %d documents, %v", len(again), err)
	}
}
