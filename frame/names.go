package frame

import "strings"

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

// Fields is the table of all fields: layer by layer, form by form, in the
// order they have on the wire.
func Fields() []Field {
	var all []Field
	for _, s := range table {
		if s == nil {
			continue
		}
		for i := range s.forms {
			all = append(all, s.forms[i].fields...)
		}
	}
	return all
}

// Complete is the words that can stand in a layer of that name: flags and
// forms as they are, fields with "=" at the end. It is nil for no such layer.
func Complete(layer string) []string {
	l, ok := layerNamed(layer)
	if !ok || table[l] == nil {
		return nil
	}
	seen := map[string]bool{}
	var words []string
	add := func(w string) {
		if w != "" && !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	s := table[l]
	for i := range s.forms {
		for _, w := range s.bareWords(uint8(i)) {
			add(w)
		}
	}
	for i := range s.forms {
		for _, f := range s.forms[i].fields {
			if f.Kind != Flag {
				add(f.Name + "=")
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
