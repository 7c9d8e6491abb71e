package frame

import (
	"iter"
	"slices"
	"strings"
	"testing"
)

// What is offered can be read: every word alone, and every flag behind the
// kind of message it is offered for.
func TestCompleteHoldsOnlyWordsThatCanBeRead(t *testing.T) {
	for _, layer := range LayerNames() {
		words := Complete([]string{"eth", "/", layer})
		l, _ := layerNamed(layer)
		s := table[l]
		if s == nil {
			if words != nil {
				t.Errorf("%s has words %v", layer, words)
			}
			continue
		}
		if len(words) == 0 {
			t.Errorf("%s has no words", layer)
		}
		for _, w := range words {
			for _, next := range append(Complete([]string{layer, w}), "") {
				n := strings.TrimSpace("eth / " + layer + " " + w + " " + next)
				if strings.Contains(n, "=") || next != "" && s.hasFlag(w) {
					continue
				}
				if _, err := Parse(n); err != nil {
					t.Errorf("%s: %v", n, err)
				}
			}
		}
	}
	for _, c := range []struct {
		typed []string
		want  string
	}{
		{nil, "ipv4"}, {[]string{"eth", "/"}, "vlan"}, {[]string{"eth", "/", "vlan", "id=5"}, "dei"},
		{[]string{"icmp"}, "echo-reply"}, {[]string{"icmp", "redirect"}, "gateway="}, {[]string{"icmp", "traceroute"}, "rest="},
	} {
		if got := Complete(c.typed); !slices.Contains(got, c.want) {
			t.Errorf("%q: %v lacks %s", c.typed, got, c.want)
		}
	}
}

// everyField walks over all rows of the table.
func everyField() iter.Seq[*Field] {
	return func(yield func(*Field) bool) {
		for _, s := range table {
			for i := 0; s != nil && i < len(s.forms); i++ {
				for j := range s.forms[i].fields {
					if !yield(&s.forms[i].fields[j]) {
						return
					}
				}
			}
		}
	}
}

// Each name of each value must be read as that value again, or what is printed
// would build other bytes.
func TestNamesAreUnique(t *testing.T) {
	for f := range everyField() {
		for lead := range uint64(256) {
			w := f.words.under(lead)
			if w == nil {
				break
			}
			for _, x := range w.list {
				name := w.name(x.value)
				if v, ok := w.value(name); !ok || v != x.value {
					t.Errorf("%v.%s: %s is read as %d, not %d", f.Layer, f.Name, name, v, x.value)
				}
			}
			if f.words.within == nil {
				break
			}
		}
	}
}

func TestFieldsLieInTheirLayers(t *testing.T) {
	for _, s := range table {
		for i := 0; s != nil && i < len(s.forms); i++ {
			m := &s.forms[i]
			if m.size > len(zeroHeader) || len(m.fields) > 64 {
				t.Errorf("%v %s: %d bytes, %d fields", s.layer, m.name, m.size, len(m.fields))
			}
			seen := map[string]bool{}
			for _, f := range m.fields {
				if seen[f.Name] || f.Offset+f.Bits > m.size*8 || f.Meaning == "" {
					t.Errorf("%v %s: field %s", s.layer, m.name, f.Name)
				}
				seen[f.Name] = true
			}
		}
	}
}
