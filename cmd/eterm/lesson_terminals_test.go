package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// terminals are two in which a reader types: what stands behind "1$ " in the first,
// behind "2$ " in the second. Both are the same from block to block.
type terminals struct {
	t       *testing.T
	each    [2]*terminal
	inside  string // process that the second one joins
	pending int    // index of what the second one has not ended yet, or -1
}

// terminal is a shell that is given a line at a time.
type terminal struct {
	in     io.Writer
	prints chan string // what each command printed
}

var joined = regexp.MustCompile(`-t \d+`)

func newTerminals(t *testing.T, dir string) *terminals {
	ts := &terminals{t: t, pending: -1}
	env := append(os.Environ(), "PATH="+etermInPath(t)+":"+os.Getenv("PATH"))
	for i := range ts.each {
		cmd := exec.CommandContext(t.Context(), "bash")
		cmd.Dir, cmd.Env = dir, env
		in, err := cmd.StdinPipe()
		must(t, err)
		r, w := io.Pipe()
		cmd.Stdout, cmd.Stderr = w, w
		must(t, cmd.Start())
		ts.each[i] = &terminal{in, make(chan string, 1)}
		go ts.each[i].read(r)
		t.Cleanup(func() {
			_ = in.Close() // both shells end, and the namespace with them
			_ = cmd.Wait()
		})
	}
	return ts
}

// read hands over what is printed, command by command.
func (term *terminal) read(r io.Reader) {
	lines := bufio.NewReader(r)
	for text := ""; ; {
		line, err := lines.ReadString('\n')
		switch {
		case err != nil:
			close(term.prints)
			return
		case line == recipeEnd+"\n":
			term.prints <- text
			text = ""
		default:
			text += line
		}
	}
}

// do types the lines of a block, and is what each printed. The first terminal is
// awaited each time. The second one may listen while the first one sends.
func (ts *terminals) do(which []int, typed []string) []string {
	printed := make([]string, len(typed))
	for i, command := range typed {
		if which[i] == 1 {
			ts.finish(printed)
		}
		term := ts.each[which[i]]
		_, err := fmt.Fprintf(term.in, "%s\necho '%s'\n", joined.ReplaceAllString(command, "-t "+ts.inside), recipeEnd)
		must(ts.t, err)
		if which[i] == 1 && strings.HasPrefix(command, "eterm listen") {
			ts.pending = i
			ts.untilListening()
			continue
		}
		printed[i] = ts.next(term, command)
		if command == "echo $$" {
			ts.inside = strings.TrimSpace(printed[i])
		}
	}
	ts.finish(printed)
	return printed
}

// finish waits for what the second terminal has begun.
func (ts *terminals) finish(printed []string) {
	if ts.pending >= 0 {
		printed[ts.pending] = ts.next(ts.each[1], "what listens")
		ts.pending = -1
	}
}

func (ts *terminals) next(term *terminal, command string) string {
	select {
	case text, ok := <-term.prints:
		if !ok {
			ts.t.Fatalf("%s: the shell ended", command)
		}
		return text
	case <-time.After(time.Minute):
		ts.t.Fatalf("%s: does not end", command)
		return ""
	}
}

// untilListening waits for the packet socket of a listener.
func (ts *terminals) untilListening() {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		b, err := os.ReadFile("/proc/" + ts.inside + "/net/packet")
		must(ts.t, err)
		for line := range strings.Lines(string(b)) { // sk, reference count, type, protocol, interface, running
			if f := strings.Fields(line); len(f) > 5 && f[4] != "0" && f[5] == "1" {
				return
			}
		}
	}
	ts.t.Fatal("nothing listens")
}
