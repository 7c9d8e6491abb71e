package frame

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated part of docs/reference/notation.md anew")

const docs = "../docs/reference/notation.md"

// leftOut says what a field becomes that is left out.
func leftOut(f *Field) string {
	switch f.rule {
	case constant:
		if w := f.words.under(0).name(f.def); w != "" {
			return w
		}
		return string(f.appendValue(nil, f.def))
	case nextType:
		return "what follows"
	case length, headerLen:
		return "the length"
	case count:
		return "the number"
	case checksum:
		return "the checksum"
	case bottom:
		return "set in the last"
	}
	switch {
	case f.alias:
		return "other view"
	case f.Bits == 0:
		return "none"
	case f.Bits > 64:
		return "::"
	}
	return string(f.appendValue(nil, f.def)) + ", always printed"
}

// fieldTables is the documentation of all layers, from the table the code uses.
func fieldTables() string {
	var b strings.Builder
	seen := map[*words]bool{}
	for _, s := range table {
		if s == nil {
			continue
		}
		fmt.Fprintf(&b, "\n### %s: %s\n\n```\n%s\n```\n\n", s.layer, s.about, example(s.layer))
		b.WriteString("| | field | bit | width | written as | left out | meaning |\n|---|---|---|---|---|---|---|\n")
		for i := range s.forms {
			m := &s.forms[i]
			for j := range m.fields {
				f := &m.fields[j]
				name := m.name
				switch all := s.shared(f.Name, f.Bits); {
				case all && i > 0:
					continue
				case all:
					name = ""
				case name == "":
					name = " (no word)"
				default:
					name = " " + name
				}
				width := fmt.Sprint(f.Bits)
				if f.Bits == 0 {
					width = "rest"
				}
				fmt.Fprintf(&b, "|%s | `%s` | %d | %s | %s | %s | %s |\n", name, f.Name, f.Offset, width, f.Kind, leftOut(f), f.Meaning)
			}
		}
		names(&b, s, seen)
	}
	return b.String()
}

// shared says whether all forms of a layer have the field.
func (s *spec) shared(name string, bits int) bool {
	for i := range s.forms {
		if f := s.forms[i].field(name); f == nil || f.Bits != bits {
			return false
		}
	}
	return true
}

// example is the shortest frame among those of the tests with the layer in it.
func example(l Layer) string {
	best := ""
	for _, n := range everyLayer {
		tpl, err := Parse(n)
		if err != nil {
			panic(err)
		}
		for _, p := range tpl.first.Parts {
			if p.Layer == l && (best == "" || len(n) < len(best)) {
				best = n
			}
		}
	}
	return best
}

// names lists the names of values that the layer's fields have, once.
func names(b *strings.Builder, s *spec, seen map[*words]bool) {
	for i := range s.forms {
		for j := range s.forms[i].fields {
			f := &s.forms[i].fields[j]
			if f.words == nil || f.Bits == 0 {
				continue
			}
			for lead := range uint64(256) {
				w := f.words.under(lead)
				if seen[w] || len(w.list) == 0 {
					continue
				}
				seen[w] = true
				of := ""
				if f.words.within != nil && j != s.lead {
					of = fmt.Sprintf(" of type %d", lead)
				}
				fmt.Fprintf(b, "\nValues of `%s`%s:", f.Name, of)
				for k, x := range w.list {
					if k > 0 {
						b.WriteString(",")
					}
					fmt.Fprintf(b, " `%s` %s", x.name, f.appendValue(nil, x.value))
				}
				b.WriteString(".\n")
			}
		}
	}
	for i := range s.forms {
		if m := s.forms[i].tail; m != nil && m.Kind <= Options6 {
			fmt.Fprintf(b, "\nOptions: %s.\n", optionsOf[m.Kind].known())
		}
	}
}

// The documentation's tables are those of the code.
func TestDocsHoldTheTable(t *testing.T) {
	page, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	const start, end = "<!-- fields -->\n", "<!-- end -->\n"
	before, rest, ok := strings.Cut(string(page), start)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s lacks the lines %s and %s", docs, start, end)
	}
	want := fieldTables() + "\n"
	if *update {
		if err := os.WriteFile(docs, []byte(before+start+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s is not what the code says: go test ./frame -run Docs -update", docs)
	}
}

// Every frame shown in the documentation can be read.
func TestDocsExamples(t *testing.T) {
	page, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range strings.Split(string(page), "\n") {
		if !strings.HasPrefix(line, "eth ") || strings.Contains(line, "tll=") {
			continue
		}
		n++
		tpl, err := Parse(line)
		if err != nil {
			t.Errorf("%s\n%v", line, err)
			continue
		}
		checkRoundTrip(t, Decode(tpl.Append(nil)))
		if tpl.Varies() {
			checkSums(t, tpl)
		}
	}
	if n < 7 {
		t.Errorf("only %d examples were found", n)
	}
}
