package iface

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/net/bpf"
)

// vlanWord finds the keyword vlan with its number, if it has one, which may
// stand in parentheses. Words, and so names of hosts that contain it, are made
// of letters, digits and "-_.:" (libpcap's scanner.l); a backslash makes a
// keyword a name.
var vlanWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^-\\_.:A-Za-z0-9])(vlan(?:[\s(]+(0[xX][0-9a-fA-F]+|[0-9]+)\b[\s)]*)?)(?:$|[^-_.:A-Za-z0-9])`)
})

// tunnelWord finds keywords after which a vlan is one inside a tunnel, whose
// tags are in the frame's bytes.
var tunnelWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^-\\_.:A-Za-z0-9])(?:geneve|vxlan|pppoes|mpls)(?:$|[^-_.:A-Za-z0-9])`)
})

// tagApart is the expression for frames whose outer tag the kernel took off
// and holds apart, in words for frames without that tag: the first vlan asks
// for the tag held apart, and what follows is where it is in a frame without.
// It says whether the expression asks for the outer tag at all.
func tagApart(text string) (apart string, tagged bool) {
	at := vlanWord().FindStringSubmatchIndex(text)
	if at == nil || tunnelWord().MatchString(text[:at[2]]) {
		return "", false
	}
	// libpcap has no words for the tag held apart, so a load from a place that
	// no frame has stands for it, until loadTag.
	test := "(len >= 0)"
	end := at[2] + len("vlan")
	if at[4] >= 0 {
		end = at[5]
		id, err := strconv.ParseUint(text[at[4]:end], 0, 16)
		if err != nil {
			return "", false // no number of tcpdump's either
		}
		test = fmt.Sprintf("(ether[%d:2] & 0xfff = %d)", uint32(tagPlace), id)
	}
	// A number in parentheses leaves those behind: as many were before it.
	open := strings.Count(text[at[2]:end], "(")
	return text[:at[2]] + strings.Repeat("(", open) + test + text[end:], true
}

// tagPlace is beyond any frame's end, in the kernel's range for what is held
// apart from a frame (SKF_AD_OFF, linux/filter.h), and unused there.
const tagPlace = 0xfffffff0

// loadTag replaces the loads from tagPlace by loads of the tag held apart. The
// kernel knows that one only with its place in the instruction, but tcpdump
// puts it into the index register first: ld #place, st M[n], ldx M[n], ldh [x].
func loadTag(program []bpf.RawInstruction) error {
	for i := range program {
		if program[i].Op != syscall.BPF_LD|syscall.BPF_IMM || program[i].K != tagPlace {
			continue
		}
		if i+3 >= len(program) || program[i+1].Op != syscall.BPF_ST || program[i+2].Op != syscall.BPF_LDX|syscall.BPF_MEM ||
			program[i+1].K != program[i+2].K ||
			program[i+3].Op != syscall.BPF_LD|syscall.BPF_H|syscall.BPF_IND || program[i+3].K != 0 {
			return errors.New("this tcpdump's program for vlan is of a form that is not known here: use -Q instead")
		}
		load, err := bpf.LoadExtension{Num: bpf.ExtVLANTag}.Assemble()
		if err != nil {
			return err
		}
		program[i+3] = load
	}
	return nil
}
