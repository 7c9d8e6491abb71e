package iface

import (
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

func TestTagApart(t *testing.T) {
	const number = "(ether[4294967280:2] & 0xfff = 100)"
	for text, want := range map[string]string{
		"vlan":                        "(len >= 0)",
		"not vlan":                    "not (len >= 0)",
		"vlan and icmp":               "(len >= 0) and icmp",
		"!vlan&&ip":                   "!(len >= 0)&&ip",
		"vlan 100":                    number,
		"vlan 0x64 and vlan 7":        number + " and vlan 7",
		"not (vlan 0144)":             "not (" + number + ")",
		"vlan (100) or arp":           "(" + number + ") or arp",
		"vlan((100))":                 "((" + number + "))",
		"arp or vlan\t100":            "arp or " + number,
		"arp":                         "",
		"host vlan.example":           "",
		"host my-vlan":                "",
		`ether proto \vlan`:           "",
		"geneve and vlan 5":           "",
		"host geneve.example or vlan": "host geneve.example or (len >= 0)",
	} {
		got, tagged := tagApart(text)
		if got != want || tagged != (want != "") {
			t.Errorf("%q: %q, %v, want %q", text, got, tagged, want)
		}
	}
}

// TestLoadTagRefusesWhatItDoesNotKnow: a program of another form would judge
// frames wrongly, so there is none.
func TestLoadTagRefusesWhatItDoesNotKnow(t *testing.T) {
	good := []bpf.RawInstruction{
		{Op: unix.BPF_LD | unix.BPF_IMM, K: tagPlace}, {Op: unix.BPF_ST, K: 3},
		{Op: unix.BPF_LDX | unix.BPF_MEM, K: 3}, {Op: unix.BPF_LD | unix.BPF_H | unix.BPF_IND},
	}
	if err := loadTag(good); err != nil {
		t.Error(err)
	}
	for i, wrong := range []func(p []bpf.RawInstruction) []bpf.RawInstruction{
		func(p []bpf.RawInstruction) []bpf.RawInstruction { return p[:3] },
		func(p []bpf.RawInstruction) []bpf.RawInstruction { p[1].K = 4; return p },
		func(p []bpf.RawInstruction) []bpf.RawInstruction { p[3].K = 2; return p },
		func(p []bpf.RawInstruction) []bpf.RawInstruction { p[2].Op = unix.BPF_MISC | unix.BPF_TAX; return p },
	} {
		p := []bpf.RawInstruction{good[0], good[1], good[2], {Op: unix.BPF_LD | unix.BPF_H | unix.BPF_IND}}
		if err := loadTag(wrong(p)); err == nil {
			t.Errorf("change %d was taken", i)
		}
	}
}
