package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab/labtest"
)

func TestLabUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--shell", "middle"}, `there is no host "middle": --shell takes left or right`},
		{[]string{"--left", "'x"}, "--left 'x: a quote or a backslash has no end"},
		{[]string{"--left", "nonsense"}, `--left "nonsense": unknown command "nonsense": eterm --help lists all`},
		{[]string{"--right", "lsten -c 3"}, `--right "lsten -c 3": unknown command "lsten": did you mean listen? eterm --help lists all`},
		{[]string{"--right", "listen --cuont 3"}, `--right "listen --cuont 3": unknown flag --cuont: did you mean --count? eterm listen --help lists them`},
		{[]string{"--all", "--left", "version"}, `--all and --left contradict each other: give one`},
		{[]string{"--switch", "left=20,30"}, `--switch: left "20,30": two VLANs without a tag, 20 and 30: put a t behind those that are tagged`},
		{[]string{"--switch", "own", "--loss", "1%"}, `--switch and --loss contradict each other: give one`},
		{[]string{"x"}, `eterm lab takes no operand, but was given "x"`},
	} {
		status, stdout, stderr := eterm(t, append([]string{"lab"}, c.args...)...)
		if status != exit.StatusUsage || stdout != "" || stderr != "eterm: "+c.want+"\n" {
			t.Errorf("lab %q: status %d, stdout %q, stderr %q; want 2, none, %q", c.args, status, stdout, stderr, c.want)
		}
	}
}

func TestLabPrefixesBothHosts(t *testing.T) {
	status, stdout, stderr := runProgram(t, "lab", "--left", "version", "--right", "decode -r nosuch.pcap")
	if status != exit.StatusUsage || !strings.HasPrefix(stdout, "left | eterm ") || !strings.HasPrefix(stderr, "right | eterm: open nosuch.pcap") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	status, stdout, _ = runProgram(t, "lab", "--json", "--left", "version", "--right", "version")
	if status != exit.StatusDone || strings.Count(stdout, `{"type":"output","host":"right","stream":"stdout","text":"eterm `) != 1 {
		t.Errorf("status %d, stdout %q", status, stdout)
	}
}

// TestLabLeavesNothingBehind ends labs in every way there is, then looks for
// processes that still hold on to anything of theirs: the pipe they inherited
// reaches its end only when the last of them is gone.
func TestLabLeavesNothingBehind(t *testing.T) {
	labtest.Need(t)
	for name, end := range map[string]func(*exec.Cmd, io.Closer) error{
		"killed":      func(c *exec.Cmd, _ io.Closer) error { return c.Process.Kill() },
		"interrupted": func(c *exec.Cmd, _ io.Closer) error { return c.Process.Signal(os.Interrupt) },
		"shell ended": func(_ *exec.Cmd, stdin io.Closer) error { return stdin.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			held, given, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer held.Close()
			cmd := program(t.Context(), "lab", "--shell", "left")
			cmd.Env = append(cmd.Env, "SHELL=/bin/sh")
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stdout = given
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			given.Close()
			// A grandchild that nobody waits for, deaf to hang-ups.
			io.WriteString(stdin, "(trap '' HUP INT; exec sleep 1000) & echo up\n")
			out := bufio.NewReader(held)
			if line, err := out.ReadString('\n'); line != "up\n" {
				t.Fatal(line, err)
			}
			if err := end(cmd, stdin); err != nil {
				t.Fatal(err)
			}
			if rest, err := io.ReadAll(out); err != nil {
				t.Error(rest, err)
			}
			_ = cmd.Wait()
		})
	}
}

func TestLabShellHasAddresses(t *testing.T) {
	labtest.Need(t)
	cmd := program(t.Context(), "lab", "--shell", "right")
	cmd.Env = append(cmd.Env, "SHELL=/bin/sh")
	cmd.Stdin = strings.NewReader("cat /proc/net/fib_trie /proc/net/if_inet6; echo $ETERM_INTERFACE; exit 3\n")
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("status %v, want the shell's 3", err)
	}
	for _, want := range []string{"192.0.2.2\n", "20010db8000000000000000000000002 ", "eth0\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is missing in %s", want, out)
		}
	}
}

// TestLabWhereItIsForbidden: without rights and without user namespaces the lab
// says so, and what to do.
func TestLabWhereItIsForbidden(t *testing.T) {
	labtest.Tool(t, "unshare")
	labtest.Tool(t, "setpriv")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "unshare", "-Ur", "sh", "-c",
		"echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all "+exe+" lab")
	cmd.Env = program(t.Context()).Env
	out, _ := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != exit.StatusUsage || strings.Count(string(out), "\n") != 1 ||
		!strings.Contains(string(out), "does not let you make network namespaces") || !strings.Contains(string(out), "sysctl -w user.max_user_namespaces=15000\"\n") {
		t.Errorf("status %d: %s", cmd.ProcessState.ExitCode(), out)
	}
}

// TestLabShowsWhatItIsAbout: nothing of what kernels send by themselves comes
// between, unless all is asked for.
func TestLabShowsWhatItIsAbout(t *testing.T) {
	labtest.Need(t)
	status, stdout, stderr := runProgram(t, "lab")
	if status != exit.StatusDone || strings.Count(stdout, "# Sent") != 3 || strings.Count(stdout, "# Received") != 3 || strings.Contains(stdout, "ipv6") {
		t.Errorf("status %d, %s\n%s", status, stdout, stderr)
	}
	// Whatever the kernels send within these seconds: the others may not hide it.
	status, stdout, stderr = runProgram(t, "lab", "--all")
	if status != exit.StatusDone || strings.Count(stdout, "# Sent") != 3 || strings.Count(stdout, "# Received") <= 3 || !strings.Contains(stdout, "ICMPv6") {
		t.Errorf("--all: status %d, %s\n%s", status, stdout, stderr)
	}
}
