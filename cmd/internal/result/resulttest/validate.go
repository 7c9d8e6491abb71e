// Package resulttest holds documents that programs print against the schema that
// docs/reference has, and against what every document must say.
package resulttest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

var schema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	return jsonschema.NewCompiler().Compile(filepath.Join(dir, "docs", "reference", "eterm.result.schema.json"))
})

// members are what a document of every kind has, by the objects that have them.
var members = map[string]string{
	"":        "type schema kind id state started took_ns tool args host ports load intervals result verdict",
	"tool":    "name version commit commit_time dirty go platform",
	"host":    "name kernel cpus cpu clock_source sandbox",
	"ports":   "role name mac driver speed_bps duplex mtu offloads timestamps",
	"verdict": "status exceeded untrusted",
}

// Validate holds a document, as a program printed it, against the schema, and says
// which members of the envelope it lacks.
func Validate(t testing.TB, document []byte) {
	t.Helper()
	s, err := schema()
	if err != nil {
		t.Fatal(err)
	}
	object, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatalf("%v: %.300s", err, document)
	}
	if err := s.Validate(object); err != nil {
		t.Errorf("%v: %.300s", err, document)
	}
	var d map[string]json.RawMessage
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	for name, want := range members {
		lacks(t, name, document, d, want)
	}
}

// lacks says which members an object of a document lacks, or the first of a list.
func lacks(t testing.TB, name string, document []byte, d map[string]json.RawMessage, want string) {
	t.Helper()
	object := d
	if name != "" {
		text := d[name]
		if name == "ports" {
			var list []json.RawMessage
			if err := json.Unmarshal(text, &list); err != nil || len(list) == 0 {
				return
			}
			text = list[0]
		}
		object = nil
		if err := json.Unmarshal(text, &object); err != nil {
			t.Errorf("%s: %v: %.300s", name, err, document)
			return
		}
	}
	for _, m := range strings.Fields(want) {
		if _, ok := object[m]; !ok {
			t.Errorf("%q lacks %q: %.300s", name, m, document)
		}
	}
}
