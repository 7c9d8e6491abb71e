package iface

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/bpf"

	"eterm/iface/internal/helper"
)

// ErrNoTcpdump means that there is no tcpdump to translate an expression.
var ErrNoTcpdump = errors.New("tcpdump is not installed")

// maxInstructions is the kernel's limit (BPF_MAXINSNS, linux/bpf_common.h).
const maxInstructions = 4096

// CompileExpression has the installed tcpdump (4.99 or later) translate a
// filter expression (pcap-filter(7)) for live frames of an Ethernet interface.
// The words are joined by spaces. No words give nil, which takes every frame.
// An error of tcpdump's is given in its own words. No privilege is needed, and
// tcpdump gets none.
//
// Without a look at an interface tcpdump makes a program that looks for VLAN
// tags in the frame's bytes, where the outer one is not when the kernel runs
// the program. What it makes for such frames is in expression.apart.
func CompileExpression(ctx context.Context, words []string) ([]bpf.RawInstruction, error) {
	text := strings.Join(words, " ")
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	program, err := compileExpression(ctx, text)
	switch {
	case errors.Is(err, ErrNoTcpdump) || ctx.Err() != nil:
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("filter %q: %w", text, err)
	}
	return program, nil
}

func compileExpression(ctx context.Context, text string) ([]bpf.RawInstruction, error) {
	path, err := helper.Find("tcpdump")
	if err != nil {
		return nil, fmt.Errorf("%w, and a filter expression needs it", ErrNoTcpdump)
	}
	whole, never, err := translate(ctx, path, text)
	if err != nil {
		return nil, err
	}
	apartText, tagged := tagApart(text)
	if !tagged {
		if never != nil {
			return nil, never
		}
		return whole, nil
	}
	apart, neverApart, err := translate(ctx, path, apartText)
	if err != nil {
		return nil, err
	}
	if never != nil && neverApart != nil {
		return nil, never
	}
	if err := loadTag(apart); err != nil {
		return nil, err
	}
	return either(apart, whole)
}

// rejectsAll is tcpdump's complaint of an expression that can never be true.
const rejectsAll = "expression rejects all packets"

// translate is tcpdump's program for frames with all tags in their bytes.
// If it can never be true, never is tcpdump's complaint of that.
//
// The optimizer finds an expression that can never be true, but of some good
// ones it makes such a program ("ether proto 0x88b5 and vlan 10", libpcap
// 1.10.3). So it checks, and its program is not used.
func translate(ctx context.Context, path, text string) (program []bpf.RawInstruction, never, err error) {
	_, err = tcpdump(ctx, path, "-y", "EN10MB", "-ddd", "--", text)
	switch {
	case err != nil && strings.Contains(err.Error(), rejectsAll):
		never = err
	case err != nil:
		return nil, nil, err
	}
	out, err := tcpdump(ctx, path, "-y", "EN10MB", "-O", "-ddd", "--", text)
	if err != nil {
		return nil, nil, err
	}
	program, err = parseProgram(out)
	return program, never, err
}

// tcpdump is what it prints for the arguments.
func tcpdump(ctx context.Context, path string, args ...string) (string, error) {
	out, complaint, err := helper.Run(ctx, path, args...)
	if err != nil && ctx.Err() == nil {
		return "", fmt.Errorf("tcpdump: %s", reason(complaint, err))
	}
	return out, err
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

// either is a program that judges a frame whose outer tag the kernel holds
// apart by the one program, and any other frame by the other.
func either(apart, whole []bpf.RawInstruction) ([]bpf.RawInstruction, error) {
	choice, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtVLANTagPresent},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 0, SkipTrue: 1},
		bpf.Jump{Skip: uint32(len(apart))},
	})
	if err != nil {
		return nil, err
	}
	program := slices.Concat(choice, apart, whole)
	if len(program) > maxInstructions {
		return nil, fmt.Errorf("its program has %d instructions, more than the kernel's %d: make it shorter", len(program), maxInstructions)
	}
	return program, nil
}
