package develop

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of imports into architecture.md")

// module is what every path in a row begins with.
const module = "eterm/"

// row is what one package may import.
type row struct {
	imports string // of this module, without its name, sorted
	// fenced is why it may use golang.org/x/sys/unix and unsafe; "" is that it
	// may not.
	fenced string
}

// line is the row as architecture.md shows it.
func (r row) line(pkg string) string {
	list := "-"
	if r.imports != "" {
		list = "`" + strings.ReplaceAll(r.imports, " ", "` `") + "`"
	}
	fenced := r.fenced
	if fenced == "" {
		fenced = "-"
	}
	return fmt.Sprintf("| `%s` | %s | %s |", pkg, list, fenced)
}

// imports is what go list says: files of tests are free.
func imports(t *testing.T) map[string]row {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]row{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		var r row
		var own []string
		for _, imported := range words[1:] {
			if name, ok := strings.CutPrefix(imported, module); ok {
				own = append(own, name)
			}
			if imported == "golang.org/x/sys/unix" || imported == "unsafe" {
				r.fenced = imported
			}
		}
		slices.Sort(own)
		r.imports = strings.Join(own, " ")
		found[strings.TrimPrefix(words[0], module)] = r
	}
	return found
}

// TestImports: every package imports exactly what its row says. A row is
// changed on purpose, after thinking which way imports go.
func TestImports(t *testing.T) {
	found := imports(t)
	for pkg, is := range found {
		want, ok := rows[pkg]
		switch {
		case !ok:
			t.Errorf("%s has no row in imports_rows_test.go: %q: {imports: %q}", pkg, pkg, is.imports)
		case is.imports != want.imports:
			t.Errorf("%s imports\n\t%q\nand its row in imports_rows_test.go says\n\t%q", pkg, is.imports, want.imports)
		case (is.fenced == "") != (want.fenced == ""):
			t.Errorf("%s: uses %q, and its row in imports_rows_test.go allows unix and unsafe for %q", pkg, is.fenced, want.fenced)
		}
	}
	for pkg := range rows {
		if _, ok := found[pkg]; !ok {
			t.Errorf("the row of %s is of no package", pkg)
		}
	}
}

// TestImportsOnePlaceForSystemCalls: only packages made for that, and the few
// with a reason that is not one of moving frames, know unix and unsafe.
func TestImportsOnePlaceForSystemCalls(t *testing.T) {
	for pkg, r := range rows {
		if strings.HasPrefix(pkg, "iface/internal/") && r.fenced == "" {
			t.Errorf("%s is a package for system calls and uses none: it belongs elsewhere", pkg)
		}
		if r.fenced != "" && (strings.HasPrefix(pkg, "frame") || strings.HasPrefix(pkg, "ipv4") || strings.HasPrefix(pkg, "icmp")) {
			t.Errorf("%s is about bytes: it needs neither unix nor unsafe", pkg)
		}
	}
}

const (
	page  = "architecture.md"
	begin = "| package | imports of this module | unix, unsafe |\n|---|---|---|\n"
)

// TestImportsPage: architecture.md shows the same rows.
func TestImportsPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for pkg, r := range rows {
		lines = append(lines, r.line(pkg))
	}
	slices.Sort(lines)
	want := begin + strings.Join(lines, "\n") + "\n"
	before, rest, ok := strings.Cut(string(text), begin)
	if !ok {
		t.Fatalf("%s has no table of imports", page)
	}
	shown, after, _ := strings.Cut(rest, "\n\n")
	if *update {
		if err := os.WriteFile(page, []byte(before+want+"\n"+after), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	have := strings.Split(shown, "\n")
	for _, l := range lines {
		if !slices.Contains(have, l) {
			t.Errorf("%s does not show\n%s", page, l)
		}
	}
	for _, l := range have {
		if !slices.Contains(lines, l) {
			t.Errorf("%s shows what no row says:\n%s", page, l)
		}
	}
	if t.Failed() {
		t.Log(`"go test ./docs/develop -update" writes the table`)
	}
}
