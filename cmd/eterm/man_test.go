package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// TestManual: groff sets the page without a warning, and everything that
// --help shows is in it, as it is.
func TestManual(t *testing.T) {
	_, page, _ := eterm(t, "man")
	groff, err := exec.LookPath("groff")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no groff")
		}
		t.Skip("no groff to set the page with")
	}
	cmd := exec.Command(groff, "-man", "-ww", "-Tascii", "-P-c", "-rLL=9999n", "-rHY=0")
	cmd.Stdin = strings.NewReader(page)
	var warnings strings.Builder
	cmd.Stderr = &warnings
	set, err := cmd.Output()
	if err != nil || warnings.Len() > 0 {
		t.Fatalf("groff: %v: %s", err, warnings.String())
	}
	plain := squeeze(overstruck(string(set)))
	holds := func(what, text string) {
		if !strings.Contains(plain, squeeze(text)) {
			t.Errorf("the manual lacks %s: %q", what, text)
		}
	}
	var walk func(above string, list []*cli.Command)
	walk = func(above string, list []*cli.Command) {
		for _, c := range list {
			if c.Hidden {
				continue
			}
			name := above + " " + c.Name
			holds(name, name+" "+c.Usage)
			holds(name, c.UsageText)
			for _, f := range c.VisibleFlags() {
				holds("a flag of "+name, f.String())
			}
			walk(name, c.Subcommands)
		}
	}
	walk("eterm", newApp(nil, nil, nil).Commands)
}

// overstruck takes away what makes letters bold on a printer: x, backspace, x.
func overstruck(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\b' && len(b) > 0 {
			b = b[:len(b)-1]
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestManualOfEachCommand: mandoc finds nothing to complain of in any page but
// that it has no date, which the package that it is installed with puts in.
func TestManualOfEachCommand(t *testing.T) {
	mandoc, err := exec.LookPath("mandoc")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no mandoc")
		}
		t.Skip("no mandoc to check the pages with")
	}
	names := []string{""}
	for _, c := range newApp(nil, nil, nil).VisibleCommands() {
		names = append(names, c.Name)
	}
	for _, name := range names {
		status, page, problem := eterm(t, strings.Fields("man "+name)...)
		if status != 0 || !strings.HasPrefix(page, ".TH ") {
			t.Fatalf("eterm man %s: status %d: %s", name, status, problem)
		}
		cmd := exec.Command(mandoc, "-T", "lint", "-W", "warning")
		cmd.Stdin = strings.NewReader(strings.Replace(page, `"1" ""`, `"1" "2026-01-01"`, 1))
		if out, err := cmd.CombinedOutput(); len(out) > 0 || err != nil {
			t.Errorf("eterm man %s: %v: %s", name, err, out)
		}
	}
	for _, wrong := range []string{"man nothing", "man ping arp"} {
		if status, _, _ := eterm(t, strings.Fields(wrong)...); status != 2 {
			t.Errorf("eterm %s: status %d, want 2", wrong, status)
		}
	}
}
