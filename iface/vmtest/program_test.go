package vmtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// eterm is the program under test.
var eterm = os.Getenv("ETERM")

// patience is how long a run of the program may take in a guest, and how long
// anything else is awaited there: it has no real processors.
const patience = 3 * time.Minute

// A program is a run of eterm.
type program struct {
	cmd      *exec.Cmd
	out, err bytes.Buffer
	status   int
}

// begin starts eterm, and waits until it says that it is ready if it is to
// receive: then nothing sent afterwards can be too early for it.
func begin(t *testing.T, receives bool, args ...string) *program {
	t.Helper()
	p := &program{cmd: exec.Command(eterm, args...)}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	ready, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	p.cmd.ExtraFiles = []*os.File{theirs}
	p.cmd.Env = append(os.Environ(), "ETERM_READY_FD=3")
	err = p.cmd.Start()
	theirs.Close()
	if err != nil {
		t.Fatal(err)
	}
	if receives {
		_ = ready.SetReadDeadline(time.Now().Add(patience))
		if _, err := ready.Read(make([]byte, 1)); err != io.EOF { // nothing is written there: it is closed
			p.stop(t)
			t.Fatalf("eterm %s: not ready: %s%s", strings.Join(args, " "), &p.out, &p.err)
		}
	}
	return p
}

// wait waits for the end of the program.
func (p *program) wait(t *testing.T) *program {
	t.Helper()
	killer := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	defer killer.Stop()
	err := p.cmd.Wait()
	if exited := new(exec.ExitError); err != nil && !errors.As(err, &exited) {
		t.Fatalf("%v: %v", p.cmd.Args, err)
	}
	p.status = p.cmd.ProcessState.ExitCode()
	t.Logf("%s: status %d\n%s%s", strings.Join(p.cmd.Args[1:], " "), p.status, cut(p.out.String()), cut(p.err.String()))
	return p
}

// stop ends the program as Ctrl-C does.
func (p *program) stop(t *testing.T) *program {
	t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGINT) // it may have ended by itself
	return p.wait(t)
}

// run runs eterm to its end.
func run(t *testing.T, args ...string) *program {
	t.Helper()
	return begin(t, false, args...).wait(t)
}

// cut keeps logs of a guest readable.
func cut(s string) string {
	if len(s) > 4000 {
		return s[:2000] + " ... " + s[len(s)-2000:]
	}
	return s
}

// last reads the last JSON object; of a document, which ends what measures, its
// result.
func (p *program) last(t *testing.T, into any) {
	t.Helper()
	found := ""
	for line := range strings.Lines(p.out.String()) {
		found = line
	}
	var document struct{ Result json.RawMessage }
	if decode(t, found, &document); document.Result != nil {
		found = string(document.Result)
	}
	decode(t, found, into)
}

// decode reads a JSON object.
func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

// count is how many JSON objects of one type there are with so many texts in them.
func (p *program) count(kind string, texts ...string) (n int) {
	for line := range strings.Lines(p.out.String()) {
		ok := strings.HasPrefix(line, `{"type":"`+kind+`"`)
		for _, text := range texts {
			ok = ok && strings.Contains(line, text)
		}
		if ok {
			n++
		}
	}
	return n
}
