package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// docsBlock is a block of code on a page: the comment before it, its language, and what is in it.
var docsBlock = regexp.MustCompile("(?ms)^(?:<!-- ([^\n]*) -->\n)?```(\\w*)\n(.*?)^```$")

// blocks of README, guide and reference, by page.
func docsBlocks(t *testing.T) map[string][][]string {
	found := map[string][][]string{}
	for path, text := range pages(t) {
		if strings.Contains(path, "/develop/") || strings.Contains(path, "/decisions/") {
			continue
		}
		found[path] = docsBlock.FindAllStringSubmatch(text, -1)
		if 2*len(found[path]) != len(regexp.MustCompile("(?m)^```").FindAllString(text, -1)) {
			t.Errorf("%s: a block begins or ends in no usual way", path)
		}
		if m := regexp.MustCompile(`(?m)^ {4,}(\w*\$ )?(sudo )?eterm .*`).FindString(docsBlock.ReplaceAllString(text, "")); m != "" {
			t.Errorf("%s: put commands between ```, where tests find them: %s", path, m)
		}
	}
	return found
}

// TestDocsBlocks: every block of code of README, guide and reference is run by a
// test, or says why not.
func TestDocsBlocks(t *testing.T) {
	for path, blocks := range docsBlocks(t) {
		for _, b := range blocks {
			how, language, text := b[1], b[2], b[3]
			kind, why, _ := strings.Cut(how, ": ")
			switch {
			case kind == "run" && recipeLabs[why] != nil: // TestRecipes
			case kind == "try" && why == "ports": // TestDocsTried
			case strings.HasPrefix(how, "code: ") && language == "go": // TestDocsCode
			case kind == "not run" && len(strings.Fields(why)) >= 3:
			case path == lessonPage && lessonBlock.MatchString("```\n"+text+"```"): // TestLesson
			case isNotation(text): // TestDocsNotation
			case language == "text" && !regexp.MustCompile(`(?m)^(\w*\$ )?(sudo )?eterm `).MatchString(text): // a picture
			default:
				t.Errorf("%s: no test runs this. Put <!-- run: LAB --> before it if all it prints is shown, <!-- try: ports --> if nothing is, "+
					"or <!-- not run: REASON -->:\n%s", path, text)
			}
		}
	}
}

func isNotation(text string) bool {
	return !regexp.MustCompile(`(?m)^(?:[^e]|e[^t]|et[^h]|eth[^ ])`).MatchString(text)
}

// TestDocsNotation: notation that a page shows can be built.
func TestDocsNotation(t *testing.T) {
	for path, blocks := range docsBlocks(t) {
		for _, b := range blocks {
			if !isNotation(b[3]) || b[1] != "" {
				continue
			}
			if code, _, errs := etermWith(t, t.Context(), b[3], "build", "-"); code != 0 {
				t.Errorf("%s: status %d, %s", path, code, errs)
			}
		}
	}
}

// notTried are the command lines that no test runs, by what they contain, and why.
var notTried = map[string]string{
	"sudo ":              "changes this machine",
	"docker ":            "needs a container engine",
	"wireshark -k":       "opens a window",
	".ci/package":        "takes minutes, and is run when packages are made",
	"usermod":            "changes this machine",
	"go test ./...":      "is this test, and all others",
	"go run ./cmd/eterm": "is run by .ci/run",
	"go build":           "is run by .ci/run",
}

// docsTry is how long a command runs before it is interrupted, if it does not end by itself.
const docsTry = time.Second

// TestDocsTried: every command line that a page shows does something: none is a
// wrong usage, and none lacks what it needs. Each page is run on machine A with eth0
// to machine B, and with eth1 and eth2 at two ports of a switch.
func TestDocsTried(t *testing.T) {
	labtest.Need(t)
	if testing.Short() {
		t.Skip("takes a minute")
	}
	used := map[string]bool{}
	// The commands of a page mostly wait: more pages at once than processors.
	var pages sync.WaitGroup
	defer pages.Wait()
	places := make(chan struct{}, 3)
	for path, blocks := range docsBlocks(t) {
		var page [][]tryLine
		for _, b := range blocks {
			if b[1] == "try: ports" {
				page = append(page, tryLines(b[3], used))
			}
		}
		if page != nil {
			pages.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				t.Run(strings.TrimSuffix(filepath.Base(path), ".md"), func(t *testing.T) { tryPage(t, page) })
			})
		}
	}
	for word := range notTried {
		if !used[word] {
			t.Errorf("no page has %q any more: take it out of the list", word)
		}
	}
}

// tryLine is a command and whether the second machine runs it.
type tryLine struct {
	onB     bool
	command string
}

var machine = regexp.MustCompile(`^(A|B|left|right)?\$\s+`)

// tryLines are the commands of a block without those that are not run.
func tryLines(text string, used map[string]bool) (lines []tryLine) {
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		command := strings.TrimSpace(machine.ReplaceAllString(line, ""))
		skip := command == ""
		for word := range notTried {
			if strings.Contains(command, word) {
				used[word], skip = true, true
			}
		}
		if !skip {
			lines = append(lines, tryLine{strings.HasPrefix(line, "B") || strings.HasPrefix(line, "right"), command})
		}
	}
	return lines
}

// tryPage runs the blocks of a page on two machines, in one directory.
func tryPage(t *testing.T, page [][]tryLine) {
	a, b := tryMachines(t)
	dir := t.TempDir()
	env := append(os.Environ(), "PATH="+etermInPath(t)+":"+os.Getenv("PATH"))
	tryFiles(t, a, dir, env)
	for _, lines := range page {
		tryBlock(t, a, b, dir, env, lines)
	}
}

// tryBlock runs commands one after the other; those of the second machine stay until the end.
func tryBlock(t *testing.T, a, b *lab.Host, dir string, env []string, lines []tryLine) {
	var behind []*tried
	if !slices.ContainsFunc(lines, func(l tryLine) bool { return l.onB }) {
		behind = append(behind, beginTried(t, b, dir, env, "eterm respond -i eth0", true))
	}
	for _, line := range lines {
		if line.onB {
			behind = append(behind, beginTried(t, b, dir, env, line.command, true))
			continue
		}
		beginTried(t, a, dir, env, line.command, false).end(t, docsTry)
	}
	for _, c := range behind {
		c.end(t, 0)
	}
}

// tryMachines are the two of the guide's picture; A has eth1 and eth2 too.
func tryMachines(t *testing.T) (a, b *lab.Host) {
	a, b = between(t), labtest.Host(t, "B")
	labtest.Cable(t, a, "eth0", b, "eth0")
	must(t, a.SetHardwareAddr("eth0", leftMAC))
	must(t, b.SetHardwareAddr("eth0", rightMAC))
	for host, list := range map[*lab.Host][]string{a: {"192.0.2.1/24", "2001:db8::1/64"}, b: {"192.0.2.2/24", "2001:db8::2/64"}} {
		for _, cidr := range list {
			address(t, host, "eth0", cidr)
		}
	}
	return a, b
}

// tryFiles makes the files that the pages' commands read.
func tryFiles(t *testing.T, h *lab.Host, dir string, env []string) {
	for _, command := range []string{
		"ln -s \"$(command -v eterm)\" eterm",
		"eterm build -c 3 -w x.pcap eth dst=02:00:00:00:00:0b src=02:00:00:00:00:0a / ipv4 src=192.0.2.1 dst=192.0.2.2 ttl=5 / icmp echo-request seq=1..3",
		"cp x.pcap capture.pcapng",
		"eterm link run --tx eth1 --rx eth2 -b 10kpps -d 10 -q -o tuesday.json",
		"eterm link run --tx eth1 --rx eth2 -b 10kpps -d 10 -q -o wednesday.json",
		"eterm switch check --a eth1 --b eth2 --only reserved -o check.json",
	} {
		beginTried(t, h, dir, env, command, false).end(t, docsTry)
	}
}

// tried is a command under way.
type tried struct {
	command string
	cmd     *exec.Cmd
	out     bytes.Buffer
	done    chan struct{}
}

// beginTried starts a command; with ready it waits until its port is open.
func beginTried(t *testing.T, h *lab.Host, dir string, env []string, command string, ready bool) *tried {
	c := &tried{command: command, cmd: exec.Command("sh", "-c", command), done: make(chan struct{})}
	c.cmd.Stdout, c.cmd.Stderr, c.cmd.Dir, c.cmd.Env = &c.out, &c.out, dir, env
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r, w, err := os.Pipe()
	must(t, err)
	if ready {
		c.cmd.ExtraFiles, c.cmd.Env = []*os.File{w}, append(slices.Clone(env), lab.ReadyVar+"=3")
	}
	must(t, h.Start(c.cmd))
	_ = w.Close()
	if ready {
		must(t, r.SetReadDeadline(time.Now().Add(10*time.Second)))
		_, _ = r.Read(make([]byte, 1)) // one that does not say so has ended, or is waited for long enough
	}
	_ = r.Close()
	go func() {
		_ = c.cmd.Wait()
		close(c.done)
	}()
	return c
}

// end waits for a command, interrupts it, and looks at its status.
func (c *tried) end(t *testing.T, patience time.Duration) {
	select {
	case <-c.done:
	case <-time.After(patience):
		_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGINT)
	}
	select {
	case <-c.done:
	case <-time.After(time.Minute):
		_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
		<-c.done
		t.Errorf("%s: does not end when it is interrupted:\n%s", c.command, &c.out)
		return
	}
	switch code := c.cmd.ProcessState.ExitCode(); code {
	case 2, 126, 127:
		t.Errorf("%s: status %d:\n%s", c.command, code, &c.out)
	}
}
