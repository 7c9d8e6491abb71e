package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// tmux is a terminal in which eterm runs, started by a shell that writes down what
// the terminal was like before and after.
type tmux struct {
	t    *testing.T
	host *lab.Host
	dir  string
}

// newTmux runs eterm on a host, in a terminal of a size.
func newTmux(t *testing.T, host *lab.Host, columns, lines int, args ...string) *tmux {
	t.Helper()
	labtest.Tool(t, "tmux")
	m := &tmux{t: t, host: host, dir: t.TempDir()}
	self, err := os.Executable()
	must(t, err)
	line := "exec env " + programVar + "=1"
	for i, a := range args {
		if i == 0 && !strings.Contains(a, "=") {
			line += " " + self
		}
		if line += " '" + a + "'"; i == 0 && strings.Contains(a, "=") { // for its environment
			line += " " + self
		}
	}
	script := fmt.Sprintf(`cd %s
state() { stty -g; grep flags /proc/self/fdinfo/0; }
state >before
sh -c 'echo $$ >pid; %s' 2>stderr
echo $? >status
state >after
echo all is over; exec sleep 1000`, m.dir, strings.ReplaceAll(line, "'", `'\''`))
	must(t, os.WriteFile(filepath.Join(m.dir, "script"), []byte(script), 0o600))
	m.run("-f", "/dev/null", "new-session", "-d", "-x", strconv.Itoa(columns), "-y", strconv.Itoa(lines), "sh "+m.dir+"/script")
	t.Cleanup(func() { m.run("kill-server") })
	return m
}

func (m *tmux) run(args ...string) string {
	m.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-u", "-S", filepath.Join(m.dir, "socket")}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	must(m.t, m.host.Start(cmd))
	if err := cmd.Wait(); err != nil {
		m.t.Fatalf("tmux %v: %v: %s", args, err, &out)
	}
	return out.String()
}

func (m *tmux) screen() string { return m.run("capture-pane", "-p") }
func (m *tmux) key(k string)   { m.run("send-keys", k) }

// await waits until the screen shows all of these.
func (m *tmux) await(texts ...string) string {
	m.t.Helper()
	shown := ""
	for range 600 {
		shown = m.screen()
		missing := false
		for _, text := range texts {
			missing = missing || !strings.Contains(shown, text)
		}
		if !missing {
			return shown
		}
		time.Sleep(50 * time.Millisecond)
	}
	errs, _ := os.ReadFile(filepath.Join(m.dir, "stderr"))
	m.t.Fatalf("the screen never shows %q:\n%s\n%s", texts, shown, errs)
	return ""
}

// read is a file that the shell writes.
func (m *tmux) read(name string) string {
	m.t.Helper()
	return strings.TrimSpace(readFile(m.t, filepath.Join(m.dir, name)))
}

// restored waits for eterm's end and holds the terminal against what it was.
func (m *tmux) restored() (status string) {
	m.t.Helper()
	m.await("all is over")
	if before, after := m.read("before"), m.read("after"); before != after {
		m.t.Errorf("the terminal was\n%s\nand is\n%s", before, after)
	}
	if modes := m.run("display-message", "-p", "#{alternate_on} #{cursor_flag} #{keypad_flag} #{mouse_any_flag} #{wrap_flag}"); strings.TrimSpace(modes) != "0 1 0 0 1" {
		m.t.Errorf("alternate screen, cursor, keypad, mouse, wrapping: %s", modes)
	}
	return m.read("status")
}

// TestWatchInATerminal: every command that has --watch draws what it counts in
// terminals of two sizes, keys do what they say, and q gives the terminal back and
// prints the result.
func TestWatchInATerminal(t *testing.T) {
	left, right := labtest.Pair(t)
	peer := on(t, right, "respond")
	defer peer.stop(t)
	sender := on(t, right, "link", "send", "-i", "eth0", "--to", "broadcast", "-b", "500pps", "-d", "10m")
	defer sender.stop(t)
	bridge, _ := tester(t)
	for _, c := range []struct {
		host   *lab.Host
		line   string
		shows  []string
		result string
	}{
		{left, "link run -i eth0 --direction reverse -b 200pps -d 10m --watch", []string{"reverse", "frames/s received of", "delay   p50", "outage  ", "on the way", "dropped by the receiving host"}, "reverse: "},
		{bridge, "link run --tx a --rx b -b 200pps -d 10m --watch", []string{"forward", "frames/s received of", "delay   p50", "outage  ."}, "forward, a to b: "},
		{left, "link receive -i eth0 --watch", []string{"run ", "frames/s received of", "on the way"}, " received, "},
		{left, "listen -i eth0 -q --watch", []string{"frames/s received", "source", "vlan", "ethertype", "0x88b5"}, "ethertype  0x88b5"},
		{bridge, "switch outage --a a --b b -d 10m --watch", []string{"A to B", "B to A", "delay   p50", "outage  ."}, "A to B: "},
		{bridge, "bench rfc2544 --tx a --rx b --preset quick -s 64 -b 1kpps -o DIR --watch", []string{"throughput 64 bytes", "forward"}, "interrupted"},
	} {
		for _, size := range [][2]int{{80, 24}, {200, 50}} {
			if testing.Short() && size[0] > 80 {
				continue
			}
			t.Run(fmt.Sprintf("%s %d", strings.Join(strings.Fields(c.line)[:2], " "), size[0]), func(t *testing.T) {
				words := strings.Fields(strings.ReplaceAll(c.line, "DIR", filepath.Join(t.TempDir(), "bench")))
				m := newTmux(t, c.host, size[0], size[1], words...)
				shown := m.await(append(c.shows, "eterm "+words[0], "q quit with the result")...)
				for _, row := range strings.Split(shown, "\n") {
					if n := len([]rune(row)); n > size[0] {
						t.Errorf("a line has %d columns: %s", n, row)
					}
				}
				m.key("p")
				m.await("PAUSED")
				if a, b := m.screen(), m.later(); a != b {
					t.Errorf("a paused screen changed:\n%s\nis now\n%s", a, b)
				}
				m.key("p")
				m.key("f")
				m.await("PLOTS FROZEN")
				m.key("f")
				m.key("u")
				m.key("q")
				status := m.restored()
				all := m.run("capture-pane", "-p", "-S", "-200") + m.read("stderr")
				if status != "0" && !strings.Contains(all, "doubtful") && c.result != "interrupted" {
					t.Errorf("status %s: %s", status, all)
				}
				if !strings.Contains(all, c.result) {
					t.Errorf("no %q in\n%s", c.result, all)
				}
			})
		}
	}
}

// later is the screen after two seconds, in which an unpaused one would change.
func (m *tmux) later() string {
	time.Sleep(2 * time.Second)
	return m.screen()
}

// TestWatchGivesTheTerminalBack: whatever ends a run, short of a kill that nobody
// can catch, leaves the terminal as it was.
func TestWatchGivesTheTerminalBack(t *testing.T) {
	bridge, _ := tester(t)
	for name, end := range map[string]func(*tmux){
		"escape":    func(m *tmux) { m.key("Escape") },
		"ctrl-c":    func(m *tmux) { m.key("C-c") },
		"its end":   func(*tmux) {},
		"interrupt": func(m *tmux) { m.signal(syscall.SIGINT) },
		"kill":      func(m *tmux) { m.signal(syscall.SIGTERM) },
		"hang-up":   func(m *tmux) { m.signal(syscall.SIGHUP) },
		"quit":      func(m *tmux) { m.signal(syscall.SIGQUIT) },
	} {
		t.Run(name, func(t *testing.T) {
			length := "10m"
			if name == "its end" {
				length = "3"
			}
			m := newTmux(t, bridge, 80, 24, "link", "run", "--tx", "a", "--rx", "b", "-b", "100pps", "-d", length, "--watch")
			m.await("frames/s received of")
			end(m)
			if status := m.restored(); status != "0" && !strings.Contains(m.screen(), "doubtful") {
				t.Errorf("status %s: %s", status, m.read("stderr"))
			}
			if all := m.run("capture-pane", "-p", "-S", "-200"); !strings.Contains(all, "forward, a to b: ") {
				t.Errorf("no result:\n%s", all)
			}
		})
	}
}

func (m *tmux) signal(s syscall.Signal) {
	m.t.Helper()
	pid, err := strconv.Atoi(m.read("pid"))
	must(m.t, err)
	must(m.t, syscall.Kill(pid, s))
}

// TestWatchOfAnUnknownTerminal: said before anything is sent.
func TestWatchOfAnUnknownTerminal(t *testing.T) {
	bridge, _ := tester(t)
	m := newTmux(t, bridge, 80, 24, "TERM=nothing\x1b]0;x\a", "link", "run", "--tx", "a", "--rx", "b", "--watch")
	if status := m.restored(); status != "2" || m.read("stderr") != `eterm: --watch does not know a terminal of type "nothing\x1b]0;x\a": set TERM, such as TERM=xterm, or leave out --watch` {
		t.Errorf("status %s, %q", status, m.read("stderr"))
	}
}

// TestWatchNeedsATerminal: without one it is refused, with what to do instead.
func TestWatchNeedsATerminal(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"link run --tx a --rx b --watch", "standard output is none: leave out --watch, or keep the result with -o FILE"},
		{"listen -i eth0 -q --watch", "draws on a terminal"},
		{"listen -i eth0 --watch", "--watch is nothing without --quiet"},
		{"switch outage --a a --b b --watch --json", "--watch and --json contradict each other"},
		{"link receive -i eth0 --watch -q", "--watch and --quiet contradict each other"},
		{"bench rfc2544 --tx a --rx b --watch --dry-run", "--watch and --dry-run contradict each other"},
	} {
		status, stdout, stderr := eterm(t, strings.Fields(c.line)...)
		if status != exit.StatusUsage || stdout != "" || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, %q, %q", c.line, status, stdout, stderr)
		}
	}
}
