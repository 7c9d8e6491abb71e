package switchtest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExpectationsAreRead(t *testing.T) {
	e, err := ParseExpectations([]byte(`# office
vlan:
  ids: [10, 20]
  leak: any
reserved:
  0e-lldp-ptp: forwarded
  cdp: [forwarded, consumed]
learning.capacity: ">=4096"
ageing:
  time: 300s
sizes.jumbo: 9018
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, value string
		accepted    bool
	}{
		{"vlan.ids", "10,20", true}, {"vlan.ids", "10,20,30", false}, {"vlan.ids", "none", false},
		{"vlan.leak", "leaks", true},
		{"reserved.0e-lldp-ptp", "forwarded", true}, {"reserved.0e-lldp-ptp", "consumed", false},
		{"reserved.cdp", "consumed", true}, {"reserved.cdp", "lossy", false},
		{"learning.capacity", "4096", true}, {"learning.capacity", "8192+", true}, {"learning.capacity", "4095", false},
		{"ageing.time", "305.10s", true}, {"ageing.time", "5.08s", false}, {"ageing.time", "330.00s+", true},
		{"sizes.jumbo", "9018+", true}, {"sizes.jumbo", "9000", false},
	} {
		for _, k := range cases {
			if k.Name == c.name && e.wants[c.name].accepts(k.measure, c.value) != c.accepted {
				t.Errorf("%s: %q accepts %q: want %v", c.name, e.wants[c.name], c.value, c.accepted)
			}
		}
	}
	if e.Len() != 7 {
		t.Errorf("%d expectations, want 7", e.Len())
	}
}

func TestExpectationsSayWhereTheyAreWrong(t *testing.T) {
	for _, c := range []struct {
		source       string
		line, column int
		says         string
	}{
		{"vlan:\n  idz: 10\n", 2, 3, `there is no case "vlan.idz": want one of ids, leak`},
		{"lerning.learns: learned", 1, 1, "want one of forwarding, sizes"},
		{"vlan: 10", 1, 7, "want names of cases"},
		{"vlan:\n  leak: maybe\n", 2, 9, `"maybe" cannot be: want one of none, leaks`},
		{"vlan.ids: 5000", 1, 11, "1 to 4094"},
		{"learning.capacity: many", 1, 20, "want a number"},
		{"ageing.time: 300", 1, 14, "want a time"},
		{"ageing.time: {a: b}", 1, 14, "needs one value"},
		{"vlan: [", 1, 7, "this is not YAML"},
		{"sizes.jumbo: 9000..1500", 1, 14, "want a number"},
	} {
		_, err := ParseExpectations([]byte(c.source))
		var at *ExpectError
		if !errors.As(err, &at) || at.Line != c.line || at.Column != c.column || !strings.Contains(at.Problem, c.says) {
			t.Errorf("%q: %v: want line %d, column %d, %q", c.source, err, c.line, c.column, c.says)
			continue
		}
		if caret := strings.Split(at.Caret(), "\n"); len(caret) != 2 || len(caret[1]) != c.column {
			t.Errorf("%q: caret %q", c.source, at.Caret())
		}
	}
}

// No file, however wrong, does more harm than an error of one line.
func FuzzParseExpectations(f *testing.F) {
	for _, s := range []string{"", "vlan:\n  ids: 10,20\n", "ageing.time: 300s", "? [a]: b", "vlan: &a\n  ids: *a", "a: |\n  b\n", "- 1\n---\n- 2", "vlan.ids: [1, [2]]", "<<: {vlan.ids: 1}", "\t: x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		e, err := ParseExpectations(source)
		if err == nil {
			for name, w := range e.wants {
				if w.String() == "" {
					t.Errorf("%s has no text", name)
				}
			}
			return
		}
		if err.Error() == "" || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %q is not one line", err)
		}
	})
}

func TestVLANListsAreTheirOwnText(t *testing.T) {
	for text, want := range map[string]string{
		"10,20": "10,20", "20, 10": "10,20", "1-3,4": "1-4", "all": "1-4094", "none": "none", "4094": "4094", "5-5": "5", "1-4094": "1-4094",
	} {
		s, err := ParseIDs(text)
		if err != nil || s.String() != want {
			t.Errorf("%q is %v (%v), want %s", text, s, err, want)
		}
		if again, err := ParseIDs(s.String()); err != nil || again != s {
			t.Errorf("%q does not read back", s)
		}
	}
	for _, text := range []string{"", "0", "4095", "20-10", "a", "1,", "-5", "1--2", "1-2-3"} {
		if s, err := ParseIDs(text); err == nil {
			t.Errorf("%q is read as %v", text, s)
		}
	}
}

func FuzzParseIDs(f *testing.F) {
	for _, s := range []string{"10,20", "all", "none", "1-4094", "4095", ",,", "9-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseIDs(text)
		if err != nil {
			return
		}
		if again, err := ParseIDs(s.String()); err != nil || again != s {
			t.Errorf("%q is %v, which does not read back: %v", text, s, err)
		}
	})
}

// The table is sound: names are unique, rules and expectations are there.
func TestTheTableIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range cases {
		if seen[c.Name] || !strings.Contains(c.Name, ".") || c.Rule == "" || c.About == "" || c.Measure() == "" {
			t.Errorf("%+v", c)
		}
		seen[c.Name] = true
		if _, err := c.measure.parse(c.Want); err != nil {
			t.Errorf("%s wants %v", c.Name, err)
		}
		if _, err := c.measure.parse(c.Tolerate); c.Tolerate != "" && err != nil {
			t.Errorf("%s tolerates %v", c.Name, err)
		}
	}
	for _, group := range []string{"forwarding", "sizes", "flooding", "transparency", "addresses", "learning", "ageing", "vlan", "reserved", "load"} {
		if chosen, err := Select([]string{group}, nil); err != nil || len(chosen) == 0 {
			t.Errorf("group %s: %v", group, err)
		}
	}
}

// The example in the documentation is one that is read.
func TestTheDocumentedExpectationsAreRead(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "guide", "switch.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "```yaml\n")
	source, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("docs/guide/switch.md has no example")
	}
	if e, err := ParseExpectations([]byte(source)); err != nil || e.Len() < 5 {
		t.Errorf("%d expectations: %v", e.Len(), err)
	}
}
