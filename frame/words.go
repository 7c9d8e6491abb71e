package frame

import (
	"strings"
	"sync"

	"eterm/frame/icmpv6"
	"eterm/icmp"
)

// words are names of a field's values. A value may have several names; the
// first is the one printed.
type words struct {
	list []word
	// within, if set, is asked instead of list: the names depend on the lead
	// field of the header (ICMP codes on the type).
	within func(lead uint64) *words
}

type word struct {
	value uint64
	name  string
}

// name is the printed name of a value, or "".
func (w *words) name(v uint64) string {
	if w == nil {
		return ""
	}
	for i := range w.list {
		if w.list[i].value == v {
			return w.list[i].name
		}
	}
	return ""
}

// value looks a name up: the whole name, or the start of only one.
func (w *words) value(name string) (v uint64, ok bool) {
	if w == nil || name == "" {
		return 0, false
	}
	if v, ok = w.whole(name); ok {
		return v, true
	}
	found := 0
	for i := range w.list {
		if strings.HasPrefix(w.list[i].name, name) && (found == 0 || w.list[i].value != v) {
			v = w.list[i].value
			found++
		}
	}
	return v, found == 1
}

// under is the names that hold with this lead value.
func (w *words) under(lead uint64) *words {
	if w == nil || w.within == nil {
		return w
	}
	return w.within(lead)
}

// slug writes a registry's name as a word of the notation: lower case, one
// hyphen for anything that is neither letter nor digit.
func slug(name string) string {
	b := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b = append(b, c)
		case c == '\'' || len(b) == 0 || b[len(b)-1] == '-':
		default:
			b = append(b, '-')
		}
	}
	return strings.TrimSuffix(string(b), "-")
}

var arpOps = &words{list: []word{
	{1, "request"}, {2, "reply"}, {3, "reverse-request"}, {4, "reverse-reply"},
}}

// registry is the names of up to 256 values, in the notation's spelling. The
// given names come first; a name that two values share is the first one's.
func registry(name func(uint8) string, given ...word) *words {
	w := &words{list: given}
	for v := range 256 {
		n := slug(strings.TrimSuffix(name(uint8(v)), " Message"))
		if _, taken := w.whole(n); n == "" || taken || strings.HasPrefix(n, "reserved") || strings.HasPrefix(n, "type-") {
			continue
		}
		w.list = append(w.list, word{uint64(v), n})
	}
	return w
}

// whole looks a whole name up.
func (w *words) whole(name string) (v uint64, ok bool) {
	for i := range w.list {
		if w.list[i].name == name {
			return w.list[i].value, true
		}
	}
	return 0, false
}

// icmpTypes and icmpv6Types are the names of the IANA registries; what has a
// shorter name among the forms is printed so.
var icmpTypes = sync.OnceValue(func() *words {
	return registry(func(t uint8) string { return icmp.Type(t).String() }, word{8, "echo-request"})
})

var icmpv6Types = sync.OnceValue(func() *words {
	return registry(func(t uint8) string { return icmpv6.Type(t).String() },
		word{130, "query"}, word{131, "report"}, word{132, "done"}, word{143, "report-v2"})
})

// icmpCodes and icmpv6Codes are the names of the codes of each type.
var icmpCodes = sync.OnceValue(func() *[256]*words {
	return codes(func(t, c uint8) string { return icmp.Type(t).CodeName(c) })
})

var icmpv6Codes = sync.OnceValue(func() *[256]*words {
	return codes(func(t, c uint8) string { return icmpv6.Type(t).CodeName(c) })
})

func codes(name func(t, c uint8) string) *[256]*words {
	var all [256]*words
	for t := range all {
		all[t] = registry(func(c uint8) string { return name(uint8(t), c) })
	}
	return &all
}
