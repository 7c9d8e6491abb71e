package frame

import (
	"slices"
	"strings"
)

// LayerNames are the words a layer may start with, in order of the layers,
// then those that make data.
func LayerNames() []string {
	var names []string
	for l, s := range table {
		if s != nil {
			names = append(names, Layer(l).String())
		}
	}
	return append(names, "hex", "text", "zeros", "count", "random", "pad", "trailer", "surplus")
}

// layerNamed is the layer of that name.
func layerNamed(name string) (Layer, bool) {
	for l, n := range layerNames {
		if n == name {
			return Layer(l), true
		}
	}
	return 0, false
}

// EtherTypeNames are the names that the notation has for EtherTypes, in the order
// of their numbers.
func EtherTypeNames() (names []string) {
	for _, w := range etherTypes.list {
		names = append(names, w.name)
	}
	return names
}

// Complete is what can follow the words of a notation typed so far: a layer's
// name, or, within a layer, the kinds of message, flags as they are, and fields
// with "=" at the end. It is nil where anything can follow, as behind text.
func Complete(typed []string) []string {
	for i := len(typed) - 1; i >= 0; i-- {
		if typed[i] == "/" {
			typed = typed[i+1:]
			break
		}
	}
	if len(typed) == 0 {
		return LayerNames()
	}
	l, ok := layerNamed(typed[0])
	if !ok || table[l] == nil {
		return nil
	}
	return table[l].complete(typed[1:])
}

// complete is the words that a layer with the given words can go on with.
func (s *spec) complete(typed []string) []string {
	n, chosen := uint8(0), false
	for _, word := range typed {
		for i := range s.forms {
			if s.forms[i].name == word {
				n, chosen = uint8(i), true
			}
		}
		if s.lead >= 0 && !chosen {
			if v, ok := s.forms[0].fields[s.lead].words.under(0).value(word); ok {
				n, chosen = s.lookup(v, maxBuilt), true
			}
		}
	}
	m := &s.forms[n]
	var words []string
	for i := range m.fields {
		if f := &m.fields[i]; f.Kind == Flag {
			words = append(words, f.Name)
		} else {
			words = append(words, f.Name+"=")
		}
	}
	if !chosen {
		for _, w := range s.kinds() {
			if !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	return words
}

// trimIndex takes [n] off a layer's name.
func trimIndex(layer string) (name string, index uint64, ok bool) {
	name, rest, has := strings.Cut(layer, "[")
	if !has {
		return name, 0, true
	}
	index, ok = parseUint(strings.TrimSuffix(rest, "]"))
	return name, index, ok && strings.HasSuffix(rest, "]")
}
