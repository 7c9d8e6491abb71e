package args

import (
	"errors"
	"strings"

	"github.com/urfave/cli/v2"
)

// OneOf is the value of a flag that takes one of a few words, into dst.
func OneOf[T ~string](dst *T, words ...T) cli.Generic { return &oneOf[T]{dst, words} }

type oneOf[T ~string] struct {
	dst   *T
	words []T
}

func (v *oneOf[T]) Set(s string) error {
	for _, w := range v.words {
		if string(w) == s {
			*v.dst = w
			return nil
		}
	}
	return errors.New("want " + list(v.Values(), "or"))
}

func (v *oneOf[T]) String() string {
	if v.dst == nil { // package flag asks a zero value
		return ""
	}
	return string(*v.dst)
}

// Values are the words it takes.
func (v *oneOf[T]) Values() (all []string) {
	for _, w := range v.words {
		all = append(all, string(w))
	}
	return all
}

// list writes words as a sentence does: a, b or c.
func list(words []string, last string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
	}
	return strings.Join(words, "")
}
