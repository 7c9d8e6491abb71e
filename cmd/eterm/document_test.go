package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"eterm/cmd/internal/result"
)

var resultSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	return jsonschema.NewCompiler().Compile("../../docs/reference/eterm.result.schema.json")
})

// unmarshal reads an object that a command printed. A document must keep to the
// schema and be one that the reader takes; its envelope and its result are read
// into the same value.
func unmarshal(t *testing.T, line string, v any) {
	t.Helper()
	var head struct{ Schema string }
	must(t, json.Unmarshal([]byte(line), &head))
	must(t, json.Unmarshal([]byte(line), v))
	if head.Schema != "" {
		d := documentIn(t, line)
		b, err := json.Marshal(d.Result)
		must(t, err)
		must(t, json.Unmarshal(b, v))
	}
}

// documentIn is the one document of a stream, which ends it.
func documentIn(t *testing.T, stream string) *result.Document {
	t.Helper()
	docs, err := result.Read(strings.NewReader(stream))
	if err != nil {
		t.Fatalf("%v: %s", err, stream)
	}
	lines := strings.Split(strings.TrimSpace(stream), "\n")
	last := lines[len(lines)-1]
	if len(docs) != 1 || !strings.Contains(last, docs[0].ID) {
		t.Fatalf("%d documents, and the last object is %.200s", len(docs), last)
	}
	schema, err := resultSchema()
	must(t, err)
	object, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(last)))
	must(t, err)
	if err := schema.Validate(object); err != nil {
		t.Errorf("%v: %.300s", err, last)
	}
	return docs[0]
}

// TestVersionIsThatOfDocuments: version says what documents say of the program.
func TestVersionIsThatOfDocuments(t *testing.T) {
	status, stdout, _ := eterm(t, "version", "--json")
	var v struct {
		Type string
		result.Tool
	}
	must(t, json.Unmarshal([]byte(stdout), &v))
	if status != 0 || v.Type != "version" || v.Tool != result.ThisTool() {
		t.Errorf("status %d, %s", status, stdout)
	}
}
