package args

import (
	"slices"

	"github.com/urfave/cli/v2"
)

// nearest is the name that a mistyped word most likely stands for; empty where
// none is near enough to be more than a guess.
func nearest(word string, names []string) (best string) {
	least := (len(word) + 1) / 4 // a slip for every four letters is as much as people make
	for _, name := range names {
		if d := distance(word, name); d <= least && (d < least || best == "") {
			best, least = name, d
		}
	}
	return best
}

// distance is the number of letters inserted, left out, changed, or swapped
// with their neighbour between two words (restricted Damerau-Levenshtein).
func distance(a, b string) int {
	var before, last []int
	now := make([]int, len(b)+1)
	for j := range now {
		now[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, now = last, now, make([]int, len(b)+1)
		now[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
	}
	return now[len(b)]
}

// Suggest asks whether the command nearest to a word was meant; it is empty
// where none is near.
func Suggest(commands []*cli.Command, word string) string {
	var names []string
	for _, c := range commands {
		if !c.Hidden {
			names = append(names, c.Names()...)
		}
	}
	return didYouMean("", nearest(word, names))
}

// suggestFlag is the same for a command's flags.
func suggestFlag(c *cli.Command, word string) string {
	var names []string
	for _, f := range c.Flags {
		names = append(names, slices.DeleteFunc(slices.Clone(f.Names()), func(n string) bool { return len(n) < 2 })...)
	}
	return didYouMean("--", nearest(word, names))
}

func didYouMean(dashes, name string) string {
	if name == "" {
		return ""
	}
	return "did you mean " + dashes + name + "? "
}
