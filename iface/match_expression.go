package iface

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// ErrNoTcpdump: there is no tcpdump to translate an expression.
var ErrNoTcpdump = errors.New("tcpdump is not installed")

// maxInstructions is the kernel's limit (BPF_MAXINSNS, linux/bpf_common.h).
const maxInstructions = 4096

// CompileExpression has the installed tcpdump translate a filter expression
// (pcap-filter(7)) for live frames of the named interface. The words are
// joined by spaces. No words give nil, which takes every frame. An error of
// tcpdump's is given in its own words.
//
// tcpdump must know the interface: for a capture file it makes a program that
// looks for the tag in the frame's bytes, where it is not when the kernel runs
// the program, and which then never matches.
func CompileExpression(ctx context.Context, name string, words []string) ([]bpf.RawInstruction, error) {
	if strings.TrimSpace(strings.Join(words, "")) == "" {
		return nil, nil
	}
	path, err := tcpdumpPath()
	if err != nil {
		return nil, err
	}
	expression := strings.Join(words, " ")
	// The optimizer finds an expression that can never be true, but of some
	// good ones it makes such a program ("ether proto 0x88b5 and vlan 10",
	// libpcap 1.10.3). So it checks, and its program is not used.
	_, err = translate(ctx, path, "-i", name, "-ddd", "--", expression)
	switch {
	case errors.Is(err, os.ErrPermission):
		return nil, openError(name, err) // tcpdump looks at the interface as Open does
	case err != nil:
		return nil, fmt.Errorf("filter %q: %w", expression, err)
	}
	text, err := translate(ctx, path, "-i", name, "-O", "-ddd", "--", expression)
	if err != nil {
		return nil, fmt.Errorf("filter %q: %w", expression, err)
	}
	program, err := parseProgram(text)
	if err != nil {
		return nil, fmt.Errorf("filter %q: %w", expression, err)
	}
	return program, nil
}

// translate is what tcpdump prints for the arguments.
func translate(ctx context.Context, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{AmbientCaps: capabilities()}
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	switch {
	case err == nil:
		return out.String(), nil
	case strings.Contains(complaint.String(), "Operation not permitted"):
		return "", os.ErrPermission
	}
	return "", fmt.Errorf("tcpdump: %s", reason(complaint.String(), err))
}

// tcpdumpPath looks in the system's folder too, which an ordinary user's PATH
// leaves out on some distributions.
func tcpdumpPath() (string, error) {
	for _, name := range []string{"tcpdump", "/usr/sbin/tcpdump", "/sbin/tcpdump"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: a filter expression needs it (apt install tcpdump); -t, --from, --to and -Q work without", ErrNoTcpdump)
}

// capabilities are what tcpdump must be handed to look at an interface, if
// this process has it: an executable's file capabilities do not pass to the
// programs it starts in any other way.
func capabilities() []uintptr {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if unix.Capget(&header, &data[0]) != nil || data[0].Permitted&(1<<unix.CAP_NET_RAW) == 0 {
		return nil
	}
	return []uintptr{unix.CAP_NET_RAW}
}

// reason is tcpdump's last complaint as one printable line.
func reason(complaint string, err error) string {
	lines := strings.Split(strings.TrimSpace(complaint), "\n")
	last := lines[len(lines)-1]
	if strings.HasPrefix(last, "(") && len(lines) > 1 {
		last = lines[len(lines)-2] + " " + last // the system's reason, on a line of its own
	}
	last = strings.TrimPrefix(last, "tcpdump: ")
	if last == "" {
		return err.Error()
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, last)
}

// parseProgram reads what tcpdump -ddd prints: the number of instructions,
// then code, two jumps and a constant on a line each.
func parseProgram(text string) ([]bpf.RawInstruction, error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	n, err := strconv.Atoi(lines[0])
	if err != nil || n < 1 || n > maxInstructions || n != len(lines)-1 {
		return nil, fmt.Errorf("tcpdump printed no BPF program but %.40q", text)
	}
	program := make([]bpf.RawInstruction, n)
	for i, line := range lines[1:] {
		in := &program[i]
		if _, err := fmt.Sscanf(line, "%d %d %d %d", &in.Op, &in.Jt, &in.Jf, &in.K); err != nil {
			return nil, fmt.Errorf("instruction %d of tcpdump's BPF program is %.40q", i+1, line)
		}
	}
	return program, nil
}
