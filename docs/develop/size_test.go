package develop

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mostLines is the most that package main of eterm may have, tests not counted:
// what several commands need belongs below it (decision 17).
const mostLines = 4500

func TestSizeOfPackageMain(t *testing.T) {
	files, err := filepath.Glob("../../cmd/eterm/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of cmd/eterm: %v", err)
	}
	lines := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines += bytes.Count(text, []byte("\n"))
	}
	if lines > mostLines {
		t.Errorf("package main of cmd/eterm has %d lines: at most %d", lines, mostLines)
	}
}
