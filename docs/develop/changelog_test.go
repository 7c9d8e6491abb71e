package develop

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// changelogAround are the sections that are of no command: the first, and the last in
// this order. Between them stand those of commands, by the alphabet.
var changelogAround = []string{"All commands", "Installing", "Documentation", "For Go programs"}

const (
	changelogWords   = 60 // of an entry
	changelogSection = "for example \"### `ping`\", with one line that begins with \"- \""
)

var (
	changelogCommands = regexp.MustCompile("^(`[a-z]+`)(, `[a-z]+`)*$")
	changelogInside   = regexp.MustCompile("`?(iface|frame|cmd|ipv4|icmp)/[a-z]|docs/")
	changelogSentence = regexp.MustCompile(`[.:;]\s`)
)

// TestChangelog: the changelog is grouped by command, and each change is one
// entry of one line, in the user's words.
func TestChangelog(t *testing.T) {
	b, err := os.ReadFile("../changelog.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range changelogFaults(string(b)) {
		t.Error("docs/changelog.md: " + wrong)
	}
}

// TestChangelogFaults: each way to keep it badly is found.
func TestChangelogFaults(t *testing.T) {
	right := "# Changelog\n\nWhat changed.\n\n## Unreleased\n\n### All commands\n\n- One.\n\n### `arp`\n\n- Two.\n\n### `exchange`, `broadcast`\n\n- Three.\n\n### For Go programs\n\n- `iface/lab`: four.\n"
	if wrong := changelogFaults(right); wrong != nil {
		t.Error(wrong)
	}
	for name, c := range map[string]struct{ from, to string }{
		"an entry at the end, under no command":  {"- Two.", "- Two.\n\n## Released\n\n- One."},
		"a section of neither":                   {"### `arp`", "### Sending"},
		"commands in no order":                   {"### `arp`", "### `scan`"},
		"a section twice":                        {"### `arp`", "### All commands"},
		"a folded entry":                         {"- Two.", "- Two\n  lines."},
		"a change twice":                         {"- Two.", "- One."},
		"no full stop":                           {"- Two.", "- Two"},
		"no sentence":                            {"- Two.", "- two."},
		"a package in the words of users":        {"- Two.", "- Two (`iface/lab`)."},
		"a page's path in place of what it says": {"- Two.", "- Two. docs/guide/lab.md."},
		"a long entry":                           {"- Two.", "- Two" + strings.Repeat(" and two. Two", 30) + "."},
		"a long sentence":                        {"- Two.", "- Two" + strings.Repeat(" and two", 20) + "."},
		"an empty section":                       {"- Two.\n\n", ""},
	} {
		if wrong := changelogFaults(strings.Replace(right, c.from, c.to, 1)); len(wrong) == 0 {
			t.Errorf("%s is not noticed", name)
		}
	}
}

// changelogFaults are what is wrong with a changelog's shape.
func changelogFaults(text string) (wrong []string) {
	section, last := "", ""
	entries := map[string]int{}
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch heading, isHeading := strings.CutPrefix(line, "### "); {
		case isHeading:
			if _, again := entries[heading]; again {
				wrong = append(wrong, "two sections "+heading)
			}
			entries[heading] = 0
			wrong = append(wrong, sectionFaults(last, heading)...)
			section, last = heading, heading
		case strings.HasPrefix(line, "## "):
			section, last = "", ""
			wrong = append(wrong, emptySections(entries)...)
			clear(seen)
			clear(entries)
		case strings.HasPrefix(line, "- "):
			entries[section]++
			wrong = append(wrong, entryFaults(section, strings.TrimPrefix(line, "- "))...)
			if seen[section+line] || section != "For Go programs" && section != "All commands" && seen["All commands"+line] {
				wrong = append(wrong, "twice: "+line)
			}
			seen[section+line] = true
		case section != "" && line != "":
			wrong = append(wrong, "neither an entry nor a heading; an entry is one line: "+line)
		}
	}
	return append(wrong, emptySections(entries)...)
}

func emptySections(entries map[string]int) (wrong []string) {
	for heading, n := range entries {
		if n == 0 {
			wrong = append(wrong, "no entry under "+heading)
		}
	}
	return wrong
}

// sectionFaults says whether a heading may stand behind another one.
func sectionFaults(last, heading string) []string {
	around := func(s string) int { return slices.Index(changelogAround, s) }
	isCommand := changelogCommands.MatchString(heading)
	switch {
	case !isCommand && around(heading) < 0:
		return []string{"a section is of a command, " + changelogSection + "; or it is one of " + strings.Join(changelogAround, ", ") + ". Not " + heading}
	case isCommand && (around(last) > 0 || changelogCommands.MatchString(last) && last > heading), !isCommand && around(heading) < around(last), heading == changelogAround[0] && last != "":
		return []string{"the section " + heading + " stands behind " + last + "; sections of commands go by the alphabet, All commands is before them, the others behind"}
	}
	return nil
}

// entryFaults are what is wrong with an entry of a section.
func entryFaults(section, entry string) (wrong []string) {
	fault := func(what string) { wrong = append(wrong, what+": "+entry) }
	switch {
	case section == "":
		fault("an entry stands under the command that changed, " + changelogSection)
	case section != changelogAround[len(changelogAround)-1] && changelogInside.MatchString(entry):
		fault("say what changed for users, not which package or page; for those who program with it there is the section For Go programs")
	}
	if n := len(strings.Fields(entry)); n > changelogWords {
		fault("more than 60 words; is it two changes?")
	}
	for _, sentence := range changelogSentence.Split(entry, -1) {
		if len(strings.Fields(sentence)) > 35 {
			fault("a sentence of more than 35 words")
		}
	}
	if !strings.HasSuffix(entry, ".") {
		fault("no full stop at the end")
	}
	if first := entry[:min(1, len(entry))]; first == "" || first == strings.ToLower(first) && strings.ContainsAny(first, "abcdefghijklmnopqrstuvwxyz") {
		fault("an entry is a sentence that begins with a capital or with code")
	}
	return wrong
}
