package args

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// SomeOf is a flag that takes some of the words given, with commas between them,
// into dst. It only offers them: who takes dst says what is wrong with others.
func SomeOf(name string, dst *string, usage string, words ...string) *cli.GenericFlag {
	return &cli.GenericFlag{Name: name, Usage: usage, Value: &someOf{dst, words}}
}

type someOf struct {
	dst   *string
	words []string
}

func (v *someOf) Set(s string) error {
	*v.dst = strings.TrimSpace(s)
	return nil
}

func (v *someOf) String() string {
	if v.dst == nil { // package flag asks a zero value
		return ""
	}
	return *v.dst
}

// Values are the words it takes.
func (v *someOf) Values() []string { return v.words }
