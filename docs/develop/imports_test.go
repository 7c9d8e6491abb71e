package develop

import (
	"os/exec"
	"strings"
	"testing"
)

// mayImport is the one direction in which packages import each other: a
// package may import what its longest matching prefix here allows, and what
// lies below it. Files of tests are free.
var mayImport = map[string][]string{
	"eterm/cmd": nil, // everything

	"eterm/cmd/internal/result": {"eterm/iface", "eterm/frame", "eterm/icmp", "eterm/ipv4"},

	"eterm/cmd/eterm/internal/show": {"eterm/iface", "eterm/frame"},

	"eterm/ipv4":             {},
	"eterm/icmp":             {"eterm/ipv4"},
	"eterm/frame":            {"eterm/icmp", "eterm/ipv4", "eterm/frame"},
	"eterm/docs":             {},
	"eterm/frame/ether":      {"eterm/frame/ether"},
	"eterm/frame/stats":      {"eterm/frame/ether"},
	"eterm/iface":            {"eterm/iface", "eterm/frame/ether"},
	"eterm/iface/linktest":   {"eterm/iface", "eterm/frame", "eterm/icmp", "eterm/ipv4"},
	"eterm/iface/reach":      {"eterm/iface", "eterm/frame", "eterm/icmp", "eterm/ipv4"},
	"eterm/iface/respond":    {"eterm/iface", "eterm/frame", "eterm/icmp", "eterm/ipv4"},
	"eterm/iface/switchtest": {"eterm/iface", "eterm/frame", "eterm/icmp", "eterm/ipv4"},

	"eterm/iface/suite":         {"eterm/iface", "eterm/frame"},
	"eterm/iface/suite/mlr":     {},
	"eterm/iface/suite/stat":    {},
	"eterm/iface/suite/journal": {},
}

func TestImportDirection(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "eterm/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		allowed, rule := allowedFor(words[0])
		if rule == "" {
			t.Errorf("no rule says what %s may import", words[0])
		}
		for _, imported := range words[1:] {
			if strings.HasPrefix(imported, "eterm/") && allowed != nil && !under(imported, allowed) {
				t.Errorf("%s imports %s; %s may import %v", words[0], imported, rule, allowed)
			}
		}
	}
}

func allowedFor(pkg string) (allowed []string, rule string) {
	for prefix, list := range mayImport {
		if under(pkg, []string{prefix}) && len(prefix) > len(rule) {
			allowed, rule = list, prefix
		}
	}
	return allowed, rule
}

func under(pkg string, prefixes []string) bool {
	for _, p := range prefixes {
		if pkg == p || strings.HasPrefix(pkg, p+"/") {
			return true
		}
	}
	return false
}
