package develop

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// declaredTests are the names of all tests and fuzz targets of this module.
func declaredTests(t *testing.T) map[string]bool {
	t.Helper()
	exist := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(b, -1) {
			exist[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return exist
}

// TestNamedTestsExist: every test that testing.md names, and every one that runs
// in place of a block of code, is one.
func TestNamedTestsExist(t *testing.T) {
	exist := declaredTests(t)
	for files, named := range map[string]string{
		"testing.md":        "`((?:Test|Fuzz)[A-Z]\\w*)`",
		"../../README.md":   `<!-- not run:.*\b(Test[A-Z]\w*).*-->`,
		"../guide/*.md":     `<!-- not run:.*\b(Test[A-Z]\w*).*-->`,
		"../reference/*.md": `<!-- not run:.*\b(Test[A-Z]\w*).*-->`,
	} {
		paths, err := filepath.Glob(files)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: no pages, %v", files, err)
		}
		for _, path := range paths {
			page, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(named).FindAllSubmatch(page, -1) {
				if !exist[string(m[1])] {
					t.Errorf("%s names %s, and there is none", path, m[1])
				}
			}
		}
	}
}
