package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/args"
)

var shownLine = regexp.MustCompile(`(?m)^(?:[AB]?\$ )?(?:sudo )?(?:\./)?eterm ([^|>&;#\n]*)`)

// TestDocsCommands: every command line that a page shows has a command and
// flags that exist.
func TestDocsCommands(t *testing.T) {
	for path, text := range pages(t) {
		for i, block := range strings.Split(text, "```") {
			if i%2 == 0 {
				continue // not code
			}
			for _, m := range shownLine.FindAllStringSubmatch(block, -1) {
				words, err := args.SplitWords(strings.TrimRight(m[1], "\\ "))
				if err != nil || len(words) == 0 || words[0] == "COMMAND" {
					continue
				}
				line, err := args.Normalise(newApp(nil, nil, nil), append([]string{"eterm"}, words...))
				if err != nil || args.Named(commands(), line.Words[1]) == nil {
					t.Errorf("%s shows \"eterm %s\": %v", path, strings.TrimSpace(m[1]), err)
				}
			}
		}
	}
}

// TestChangelogCommands: each command has its section in the changelog, and no
// other has. That its entries are in order, docs/develop tests.
func TestChangelogCommands(t *testing.T) {
	b, err := os.ReadFile("../../docs/changelog.md")
	must(t, err)
	sections := map[string]bool{}
	for _, heading := range regexp.MustCompile("(?m)^### `.*").FindAllString(string(b), -1) {
		for _, m := range regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(heading, -1) {
			sections[m[1]] = true
		}
	}
	for _, c := range commands() {
		if !sections[c.Name] {
			t.Errorf("the changelog has no section of %s", c.Name)
		}
		delete(sections, c.Name)
	}
	for name := range sections {
		t.Errorf("the changelog has a section of %s, which is no command", name)
	}
}

// pages are README.md and all pages of docs, by path.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	read := func(path string) {
		b, err := os.ReadFile(path)
		must(t, err)
		texts[path] = string(b)
	}
	read("../../README.md")
	must(t, filepath.WalkDir("../../docs", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			read(path)
		}
		return err
	}))
	return texts
}
