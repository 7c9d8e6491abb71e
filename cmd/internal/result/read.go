package result

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// What is read at most: a file, the documents in it, a report's page, and
// strings and lists that are shown.
const (
	maxFile      = 32 << 20
	maxDocuments = 1000
	maxDepth     = 64
)

// ErrNone says that a file holds no document.
var ErrNone = errors.New("holds no result of eterm")

// Open reads the documents of a file: one in a document, any number in a
// stream of JSON lines, those that a page was made of. The error names the
// file and is one line.
func Open(name string) ([]*Document, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	docs, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return docs, nil
}

// Read reads the documents of a file, at least one. Other objects of a stream
// are passed over. It trusts nothing that it reads.
func Read(r io.Reader) ([]*Document, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(b) > maxFile:
		return nil, fmt.Errorf("is larger than %d MiB, which no result is", maxFile>>20)
	case len(bytes.TrimSpace(b)) == 0:
		return nil, fmt.Errorf("%w: it is empty", ErrNone)
	}
	if isPage(b) {
		if b, err = pageData(b); err != nil {
			return nil, err
		}
	}
	return readObjects(b)
}

// readObjects reads JSON values that follow each other.
func readObjects(b []byte) ([]*Document, error) {
	var docs []*Document
	seen := map[string]bool{}
	dec := json.NewDecoder(bytes.NewReader(b))
	others := 0
	for {
		var raw json.RawMessage
		err := dec.Decode(&raw)
		switch {
		case errors.Is(err, io.EOF) && len(docs) > 0:
			return docs, nil
		case errors.Is(err, io.EOF):
			text := "one other object"
			if others > 1 {
				text = fmt.Sprintf("%d other objects", others)
			}
			return nil, fmt.Errorf("%w: %s, as of a run that was cut short", ErrNone, text)
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, fmt.Errorf("is cut off: it ends within an object, after %d bytes", len(b))
		case err != nil:
			return nil, fmt.Errorf("%w: not JSON at byte %d", ErrNone, dec.InputOffset())
		}
		if !isDocument(raw) {
			others++
			continue
		}
		d, err := decode(raw)
		switch {
		case err != nil:
			return nil, err
		case seen[d.ID]:
			return nil, fmt.Errorf("holds two results with the id %s: give each once", d.ID)
		case len(docs) == maxDocuments:
			return nil, fmt.Errorf("holds more than %d results: split it", maxDocuments)
		}
		seen[d.ID] = true
		docs = append(docs, d)
	}
}

// isDocument tells documents from the other objects of a stream.
func isDocument(raw []byte) bool {
	var head struct {
		Schema *string `json:"schema"`
	}
	return json.Unmarshal(raw, &head) == nil && head.Schema != nil && strings.HasPrefix(*head.Schema, "eterm.result/")
}

// decode reads one document.
func decode(raw json.RawMessage) (*Document, error) {
	if err := shallow(raw); err != nil {
		return nil, err
	}
	var in struct {
		Document
		Result json.RawMessage `json:"result"`
	}
	var head struct{ Schema string }
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, plain(err)
	}
	if err := checkSchema(head.Schema); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, plain(err)
	}
	d := &in.Document
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return nil, plain(err)
	}
	d.source = compact.Bytes()
	if err := d.check(); err != nil {
		return nil, err
	}
	if isNull(in.Result) {
		if d.State == Complete {
			return nil, errors.New("has no result, though its run was complete: it is damaged")
		}
		return d, nil
	}
	body := reflect.New(d.Kind.body()).Interface()
	if err := json.Unmarshal(in.Result, body); err != nil {
		return nil, fmt.Errorf("the result: %w", plain(err))
	}
	d.Result = body
	return d, nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// checkSchema says whether this program reads a schema.
func checkSchema(schema string) error {
	number, ok := strings.CutPrefix(schema, "eterm.result/")
	n, err := strconv.ParseUint(number, 10, 31)
	switch {
	case !ok || err != nil || n == 0:
		return fmt.Errorf("has the schema %.60q, which is none of eterm's", schema)
	case n > 1:
		return fmt.Errorf("has the schema %s, newer than %s, which this eterm reads: use a newer eterm", schema, Schema)
	}
	return nil
}

var idShape = regexp.MustCompile(`^[0-9A-Za-z._-]{1,64}$`)

// check says what is wrong with an envelope.
func (d *Document) check() error {
	switch {
	case d.Kind.body() == nil:
		return fmt.Errorf("has the kind %.60q; this eterm knows %s", d.Kind, kindNames())
	case !idShape.MatchString(d.ID):
		return fmt.Errorf("has the id %.80q: want up to 64 letters, digits, dots and dashes", d.ID)
	case d.State != Complete && d.State != Interrupted && d.State != Running:
		return fmt.Errorf("has the state %.60q: want %s, %s or %s", d.State, Complete, Interrupted, Running)
	case d.Started.IsZero():
		return errors.New("does not say when it was started")
	case d.TookNS < 0:
		return fmt.Errorf("says that it took %d ns", d.TookNS)
	case d.Verdict.Status < 0 || d.Verdict.Status > 3:
		return fmt.Errorf("has the status %d: want 0 to 3", d.Verdict.Status)
	case len(d.Intervals) > MaxIntervals:
		return fmt.Errorf("has %d intervals: there are at most %d", len(d.Intervals), MaxIntervals)
	}
	for n, i := range d.Intervals {
		if i.AtNS < 0 || i.DurationNS < 0 || i.AtNS > math.MaxInt64-i.DurationNS {
			return fmt.Errorf("has an interval %d at %d ns for %d ns", n, i.AtNS, i.DurationNS)
		}
	}
	return nil
}

// shallow refuses what is nested deeper than any document.
func shallow(raw []byte) error {
	depth, quoted, escaped := 0, false, false
	for _, c := range raw {
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fmt.Errorf("is nested deeper than %d, which no result is", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// plain is an error of package json in words for who has only the file.
func plain(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fmt.Errorf("%.120q: want %s, got %s", wrong.Field, jsonName(wrong.Type), wrong.Value)
	}
	if errors.As(err, &wrong) {
		return fmt.Errorf("want %s, got %s", jsonName(wrong.Type), wrong.Value)
	}
	text := strings.TrimPrefix(err.Error(), "json: ")
	return fmt.Errorf("%.200q", text)
}

// jsonName is what JSON calls values of a type.
func jsonName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "an object"
	}
	return "a number in range"
}

// Distinct says which document two of a list share.
func Distinct(docs []*Document) error {
	seen := map[string]bool{}
	for _, d := range docs {
		if seen[d.ID] {
			return fmt.Errorf("the result %s is there twice: give each once", d.ID)
		}
		seen[d.ID] = true
	}
	return nil
}
