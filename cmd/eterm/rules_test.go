package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
)

// TestFlagsThatExcludeEachOther goes over the flags of all commands: wherever
// a command has two that contradict each other, it refuses them, in one line
// that names both.
func TestFlagsThatExcludeEachOther(t *testing.T) {
	tried := map[string]bool{}
	everyCommand(func(path []string, c *cli.Command) {
		for _, r := range args.RulesOf(strings.Join(path, " "), c) {
			for i, a := range r.These {
				others := r.Those
				if r.Kind == args.AtMostOne {
					others = r.These[i+1:]
				}
				for _, b := range others {
					if r.Kind == args.AtMostOne || r.Kind == args.Apart {
						tried[strings.Join(path, " ")+" "+a+" "+b] = true
						refusesBoth(t, path, c, a, b)
					}
				}
			}
		}
	})
	for _, pair := range []string{
		"exchange payload payload-hex", "broadcast payload payload-hex", "send payload payload-hex", "ping payload payload-hex",
		"link send size imix", "link run size imix", "send size imix", "ping size sweep", "scan ipv4 ipv6", "arp announce probe",
		"decode json format", "listen quiet write", "build write format", "link run tx interface", "switch check a interface",
		"switch check vlan only", "switch check errored only",
	} {
		if !tried[pair] {
			t.Errorf("no rule holds %s apart", pair)
		}
	}
}

func refusesBoth(t *testing.T, path []string, c *cli.Command, a, b string) {
	t.Helper()
	line := slices.Concat(path, given(c, a), given(c, b))
	status, stdout, stderr := eterm(t, line...)
	want := "eterm: --" + a + " and --" + b + " contradict each other: give one\n"
	if status != exit.StatusUsage || stdout != "" || stderr != want {
		t.Errorf("%q: status %d, stdout %q, stderr %q; want 2 and %q", line, status, stdout, stderr, want)
	}
}

// given is a flag with a value, if it takes one.
func given(c *cli.Command, name string) []string {
	for _, f := range c.Flags {
		if d, ok := f.(cli.DocGenerationFlag); ok && f.Names()[0] == name && d.TakesValue() {
			return []string{"--" + name, "1"}
		}
	}
	return []string{"--" + name}
}

// TestNoFlagIsIgnored: flags that mean nothing without another say so.
func TestNoFlagIsIgnored(t *testing.T) {
	for line, want := range map[string]string{
		"exchange --ttl 3":             "--ttl is nothing without --src-ip: give both, or neither",
		"exchange --timeout 3":         "--timeout is nothing without --count: give both, or neither",
		"listen --keep 3":              "--keep is nothing without --rotate: give both, or neither",
		"listen --force":               "--force is nothing without --write: give both, or neither",
		"build --force eth":            "--force is nothing without --write: give both, or neither",
		"ping --level 3 x":             "--level is nothing without --lbm: give both, or neither",
		"arp -d 3 x":                   "--duration is nothing without --listen: give both, or neither",
		"send --speed 3":               "--speed is nothing without --read: give both, or neither",
		"link send --icmp":             "--icmp is nothing without --ip: give both, or neither",
		"link run --tx a":              "--tx and --rx go together: give all of them or none",
		"switch check --a x":           "--a and --b go together: give all of them or none",
		"send --burst 3":               "--burst and --gap go together: give all of them or none",
		"broadcast --dst-ip ::1":       "--src-ip and --dst-ip go together: give all of them or none",
		"switch check --third x":       "--third is nothing without --a: give both, or neither",
		"listen --rotate 1GB --keep 3": "--rotate is nothing without --write: give both, or neither",
	} {
		status, stdout, stderr := eterm(t, strings.Fields(line)...)
		if status != exit.StatusUsage || stdout != "" || stderr != "eterm: "+want+"\n" {
			t.Errorf("%s: status %d, stdout %q, stderr %q; want 2 and %q", line, status, stdout, stderr, want)
		}
	}
}
