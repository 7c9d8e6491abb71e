package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
)

var execStart = regexp.MustCompile(`(?m)^ExecStart=/usr/bin/eterm (.*)$`)

// TestUnitsStart: the command lines of the units are ones that the program takes.
// They get as far as the interface, which is not there.
func TestUnitsStart(t *testing.T) {
	units, err := filepath.Glob("../../.ci/package.d/units/eterm-*@.service")
	must(t, err)
	if len(units) < 2 {
		t.Fatalf("units %q", units)
	}
	for _, unit := range units {
		text, err := os.ReadFile(unit)
		must(t, err)
		m := execStart.FindSubmatch(text)
		if m == nil {
			t.Errorf("%s starts nothing", unit)
			continue
		}
		line := strings.NewReplacer("%I", "nosuch0", "%i", "nosuch0", "${INVOCATION_ID}", "0123", "/var/lib/eterm", t.TempDir()).Replace(string(m[1]))
		if status, out, said := eterm(t, strings.Fields(line)...); status != exit.StatusUsage || out != "" || !strings.Contains(said, `no interface "nosuch0"`) {
			t.Errorf("%s: %s: status %d, %s%s", filepath.Base(unit), line, status, out, said)
		}
	}
}
