package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"eterm/cmd/internal/golden"
	"eterm/iface/lab/labtest"
)

const lessonPage = "../../docs/guide/lesson.md"

// lessonBlock is a block of the lesson with what a reader types, behind "$ ", and
// all that is printed, errors too. Behind "1$ " and "2$ " stands what is typed in one of
// two terminals. All share a directory.
var lessonBlock = regexp.MustCompile("(?ms)^```\n([12]?\\$ .*?)^```")

// TestLesson: whoever does the lesson sees what the page shows. With -update the
// page takes what is printed.
func TestLesson(t *testing.T) {
	labtest.Need(t)
	b, err := os.ReadFile(lessonPage)
	must(t, err)
	dir := t.TempDir()
	n := 0
	both := newTerminals(t, dir)
	page := lessonBlock.ReplaceAllStringFunc(string(b), func(block string) string {
		n++
		session := lessonBlock.FindStringSubmatch(block)[1]
		return "```\n" + doLesson(t, dir, both, session) + "```"
	})
	if n == 0 {
		t.Error("the lesson has no commands")
	}
	if golden.Updating() && page != string(b) {
		must(t, os.WriteFile(lessonPage, []byte(page), 0o644))
	}
}

// doLesson runs the commands of a block and is the block with what they print,
// as the page has it where only times and addresses differ.
func doLesson(t *testing.T, dir string, both *terminals, session string) string {
	t.Helper()
	prompts, which, typed, shown := taken(t, session)
	var printed []string
	if prompts[0] == "$ " {
		printed = typeLesson(t, dir, typed)
	} else {
		printed = both.do(which, typed)
	}
	was, is := masked(typed, shown), masked(typed, printed)
	for i := range was {
		if was[i] != is[i] && !golden.Updating() {
			t.Errorf("$ %s\nthe lesson shows\n%s\nand it prints\n%s", typed[i], was[i], is[i])
		}
	}
	if slices.Equal(was, is) {
		return session
	}
	var now strings.Builder
	for i, command := range typed {
		fmt.Fprintf(&now, "%s%s\n%s", prompts[i], command, printed[i])
	}
	return now.String()
}

var prompt = regexp.MustCompile(`^([12]?)\$ `)

// taken apart, a session is what is typed behind which prompt, so in which terminal, and what the page shows below each.
func taken(t *testing.T, session string) (prompts []string, which []int, typed, shown []string) {
	t.Helper()
	for line := range strings.Lines(session) {
		m := prompt.FindStringSubmatch(line)
		switch last := len(typed) - 1; {
		case m != nil:
			prompts, which = append(prompts, m[0]), append(which, strings.Count(m[1], "2"))
			typed, shown = append(typed, strings.TrimSuffix(line[len(m[0]):], "\n")), append(shown, "")
		case strings.HasSuffix(typed[last], "\\"): // goes on
			typed[last] += "\n" + strings.TrimSuffix(line, "\n")
		default:
			shown[last] += line
		}
	}
	return prompts, which, typed, shown
}

// typeLesson types commands in a shell and is what each printed.
func typeLesson(t *testing.T, dir string, typed []string) []string {
	t.Helper()
	script := strings.Builder{}
	for _, command := range typed {
		fmt.Fprintf(&script, "%s\nlast=$?; echo '%s'; (exit $last)\n", command, recipeEnd)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script.String())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &out, dir
	cmd.Env = append(os.Environ(), "PATH="+etermInPath(t)+":"+os.Getenv("PATH"))
	_ = cmd.Run() // the last command's status is as it is
	printed := strings.Split(out.String(), recipeEnd+"\n")
	if len(printed) != len(typed)+1 {
		t.Fatalf("%q ended early:\n%s", typed, &out)
	}
	return printed
}

// etermInPath is a directory in which eterm is this program.
func etermInPath(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "eterm"), []byte("#!/bin/sh\n"+programVar+"=1 exec "+self+" \"$@\"\n"), 0o755))
	return dir
}

// changing is what differs from run to run: times, identifiers, and the addresses
// that the kernel gives to the lab's interfaces.
var changing = regexp.MustCompile(`\d\d:\d\d:\d\d\.\d+|\b\d+(\.\d+)?(/\d+\.\d+)* ?(ns|µs|ms|s)\b|identifier 0x[0-9a-f]{4}|` +
	`\b[0-9a-f][26ae](:[0-9a-f]{2}){5}\b`)

// masked is what commands print without what differs from run to run. Two hosts print in
// any order.
func masked(typed, printed []string) []string {
	all := make([]string, len(typed))
	for i, command := range typed {
		all[i] = changing.ReplaceAllStringFunc(printed[i], func(s string) string {
			if strings.HasPrefix(s, "02:00:00:") {
				return s
			}
			return "~"
		})
		switch {
		case strings.HasPrefix(command, "eterm lab"):
			all[i] = sortedLines(all[i])
		case command == "echo $$":
			all[i] = "~"
		}
	}
	return all
}

func sortedLines(text string) string {
	return strings.Join(slices.Sorted(strings.Lines(text)), "")
}
