package report

import (
	"fmt"
	"strings"

	"eterm/cmd/internal/result"
)

// Documents are the documents of all sides. No two may be of one run.
func Documents(sides []Side) (docs []*result.Document, err error) {
	for _, s := range sides {
		docs = append(docs, s.Docs...)
	}
	return docs, result.Distinct(docs)
}

// Alike says in what the sides were not measured as the first was; nil if in
// nothing.
func Alike(sides []Side) error {
	for _, s := range sides[1:] {
		if d := Unlike(sides[0], s); len(d) > 0 {
			return fmt.Errorf("%s and %s were not measured alike (%s)", sides[0].Name, s.Name, strings.Join(d, "; "))
		}
	}
	return nil
}

// ParseConditions reads conditions as ParseCondition does.
func ParseConditions(texts []string) (all []Condition, err error) {
	for _, text := range texts {
		c, err := ParseCondition(text)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// Met says which figures of which comparison meet one of the conditions.
func Met(all []*Comparison, conditions []Condition) (met []string, err error) {
	for _, one := range all {
		for _, c := range conditions {
			m, err := c.Met(one)
			if err != nil {
				return nil, err
			}
			met = append(met, m...)
		}
	}
	return met, nil
}

// Verdict is the worst of some comparisons: Worse before CannotTell before
// Same, which stands for Better too. It is none if a side cannot be trusted;
// untrusted says why.
func Verdict(all []*Comparison) (worst Difference, untrusted string) {
	worst = Same
	for _, one := range all {
		switch {
		case len(one.Untrusted) > 0:
			return "", one.Untrusted[0]
		case one.Verdict == Worse || one.Verdict == CannotTell && worst == Same:
			worst = one.Verdict
		}
	}
	return worst, ""
}
