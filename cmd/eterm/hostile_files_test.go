package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame"
	"eterm/frame/capture"
)

// hostile are texts that harm who shows them as they are: an escape sequence,
// the same by a C1 character, a turned direction of writing, a forged line, and
// bytes that are no UTF-8.
var hostile = []string{"a\x1b]0;x\x07b", "a\u009b31mb", "a\u202eb", "a\n\rforged line", "a\x9b\xff\xfeb"}

// ourColors are the only escape sequences that the program itself prints.
var ourColors = regexp.MustCompile(`\x1b\[(0|1|2|3[0-7])m`)

// shownHarmless checks that a terminal only shows what a program printed, and that
// nothing in it began a line.
func shownHarmless(t *testing.T, what any, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, obeyed) || strings.Contains(text, "\nforged") {
			t.Errorf("%q prints %q", what, text)
		}
	}
}

// hostileCapture has the text wherever a capture has one, and in a name of LLDP.
func hostileCapture(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pcapng")
	about := capture.Interface{Name: "n" + text, Description: "d" + text, Filter: "f" + text, OS: "o" + text, Hardware: "h" + text, Application: "p" + text}
	c, err := capture.Create(path, capture.RecorderOptions{About: about})
	must(t, err)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i, notation := range someNotations {
		template, err := frame.Parse(notation)
		must(t, err)
		must(t, c.Write(&capture.Record{Bytes: template.Append(nil), Time: at.Add(time.Duration(i) * time.Second), Comments: []string{"c" + text, text}}))
	}
	system := append([]byte{0x0a, byte(len(text))}, text...) // LLDP's name of the system (IEEE 802.1AB, 8.5.6)
	lldp := append([]byte("\x01\x80\xc2\x00\x00\x0e\x02\x00\x00\x00\x00\x01\x88\xcc\x02\x07\x04\x02\x00\x00\x00\x00\x01\x04\x02\x07a\x06\x02\x00\x78"), system...)
	must(t, c.Write(&capture.Record{Bytes: append(lldp, 0, 0), Time: at.Add(time.Minute)}))
	must(t, c.Close())
	return path
}

// TestHostileCaptures: whoever hands a capture over writes nothing to the
// terminal of who reads it, whatever reads it.
func TestHostileCaptures(t *testing.T) {
	for _, text := range hostile {
		path := hostileCapture(t, text)
		if b, err := os.ReadFile(path); err != nil || !bytes.Contains(b, []byte("c"+text)) {
			t.Fatalf("the capture has no %q (%v)", text, err)
		}
		other := capturedFrames(t, "other.pcapng", someNotations[:2])
		calls := [][]string{{"decode", "-r", path}, {"decode", "-r", path, "--json"}, {"decode", "-r", path, "--color", "always"},
			{"diff", path, other}, {"diff", path, other, "--json"}, {"diff", other, path}, {"diff", path + "#1", path + "#5"}, {"diff", path + "#1", path + "#5", "--json"},
			{"build", path + "#5"}, {"build", path + "#1"}, {"report", path}, {"compare", path, path}}
		for _, format := range []string{"notation", "line", "dump", "tree", "hex"} {
			calls = append(calls, []string{"decode", "-r", path, "--format", format})
		}
		for _, call := range calls {
			status, stdout, stderr := eterm(t, call...)
			if status == exit.StatusUsage && call[0] != "report" && call[0] != "compare" && call[0] != "build" {
				t.Errorf("%q: %s", call, stderr)
			}
			if call[len(call)-1] == "always" {
				stdout = ourColors.ReplaceAllString(stdout, "")
			}
			shownHarmless(t, call, stdout, stderr)
			if len(call) == 5 && call[4] == "line" && strings.Count(stdout, "ca.")+strings.Count(stdout, "ca ") != len(someNotations) ||
				slices.Equal(call, []string{"decode", "-r", path, "--json"}) && strings.Count(stdout, `["ca`) != len(someNotations) {
				t.Errorf("%q does not say the comments: %q", call, stdout)
			}
		}
	}
}

// TestHostileDocuments: a document of results is somebody's file too. Every kind
// of text in every kind of document is a hostile one once; what reads documents
// shows it harmlessly or refuses it.
func TestHostileDocuments(t *testing.T) {
	files, err := filepath.Glob("../internal/result/testdata/v1/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("documents: %q, %v", files, err)
	}
	dir := t.TempDir()
	path, page := filepath.Join(dir, "x.json"), filepath.Join(dir, "x.html")
	// try has a document read, in which HOSTILE stands for what harms: raw, but
	// for what JSON would refuse. It returns how many commands had an answer.
	try := func(file string, document any) (shown int) {
		b, err := json.Marshal(document)
		must(t, err)
		b = bytes.ReplaceAll(b, []byte("HOSTILE"), []byte(`a\u001b]0;x\u0007b`+"\u009b31mb\u202eb"+`\n\rforged line`+"\x9b\xff\xfe"))
		must(t, os.WriteFile(path, b, 0o600))
		for _, call := range [][]string{{"report", path}, {"report", path, "--csv"}, {"report", path, "--junit"}, {"report", path, "--html", page},
			{"report", page}, {"compare", file, path}, {"compare", path, file, "--json"}} {
			status, stdout, stderr := eterm(t, call...)
			shownHarmless(t, call, stdout, stderr)
			if status != exit.StatusUsage {
				shown++
			}
		}
		if b, err := os.ReadFile(page); err == nil {
			shownHarmless(t, "the page", string(b))
			must(t, os.Remove(page))
		}
		return shown
	}
	for _, file := range files {
		var document any
		good, err := os.ReadFile(file)
		must(t, err)
		must(t, json.Unmarshal(good, &document))
		// Those without which it is no such document, one at a time.
		bones := []string{"type", "schema", "kind", "id", "state", "started", "hex", "at", "time", "hdr_histogram", "histogram"}
		seen := map[string]bool{}
		eachText(document, "", func(name, was string, set func(any)) {
			if slices.Contains(bones, name) && !seen[name] {
				seen[name] = true
				set(was + "HOSTILE")
				try(file, document)
				set(was)
			}
		})
		eachText(document, "", func(name, was string, set func(any)) {
			if !slices.Contains(bones, name) {
				set(was + "HOSTILE")
			}
		})
		if try(file, document) < 5 {
			t.Errorf("%s with hostile texts is not read, and so not shown", file)
		}
	}
}

// eachText calls do for each text in a document, with the name it has there and
// with what replaces it.
func eachText(v any, name string, do func(name, was string, set func(any))) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if s, ok := e.(string); ok {
				do(k, s, func(n any) { v[k] = n })
			}
			eachText(e, k, do)
		}
	case []any:
		for i, e := range v {
			if s, ok := e.(string); ok {
				do(name, s, func(n any) { v[i] = n })
			}
			eachText(e, name, do)
		}
	}
}
