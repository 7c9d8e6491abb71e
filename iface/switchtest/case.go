package switchtest

import (
	"fmt"
	"slices"
	"strings"
)

// A Case is one question to the switch.
type Case struct {
	// Name is the group and the name, joined by a dot.
	Name string
	// Rule is what the standard says, with its clause.
	Rule string
	// About says how the case finds out.
	About string
	// Want is what a switch is expected to do, Tolerate what earns a note.
	Want, Tolerate string

	measure measure
	run     func(*rig) (Outcome, error)
}

// Group is the part of the name before the dot.
func (c Case) Group() string {
	group, _, _ := strings.Cut(c.Name, ".")
	return group
}

// Measure says how an expectation of this case is written.
func (c Case) Measure() string {
	if c.measure.words != nil {
		return strings.Join(c.measure.words, "|")
	}
	return c.measure.name
}

// Cases are all cases in the order they run.
func Cases() []Case { return slices.Clone(cases) }

// Groups are the groups of cases in the order they run.
func Groups() []string {
	var groups []string
	for _, c := range cases {
		if !slices.Contains(groups, c.Group()) {
			groups = append(groups, c.Group())
		}
	}
	return groups
}

// Names are what Select takes: the groups, and all cases.
func Names() []string {
	names := Groups()
	for _, c := range cases {
		names = append(names, c.Name)
	}
	return names
}

// Select are the cases that only names and skip does not. Both are groups or
// names of cases; an empty only is all.
func Select(only, skip []string) ([]Case, error) {
	for _, name := range slices.Concat(only, skip) {
		if !slices.ContainsFunc(cases, func(c Case) bool { return c.is(name) }) {
			return nil, fmt.Errorf("there is no case or group %q: want some of %s, or a case such as %s (--list has all)",
				name, strings.Join(Groups(), ", "), cases[0].Name)
		}
	}
	var chosen []Case
	for _, c := range cases {
		if (len(only) == 0 || slices.ContainsFunc(only, c.is)) && !slices.ContainsFunc(skip, c.is) {
			chosen = append(chosen, c)
		}
	}
	if chosen == nil {
		return nil, fmt.Errorf("no case is left when %s is skipped", strings.Join(skip, ","))
	}
	return chosen, nil
}

// is says whether a case has this name or is in this group.
func (c Case) is(name string) bool { return name == c.Name || name == c.Group() }
