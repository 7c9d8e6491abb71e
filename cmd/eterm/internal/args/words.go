package args

import (
	"errors"
	"strings"
)

// SplitWords cuts a command line into words as a shell does: at blanks, but
// not inside quotes; a backslash keeps the next character as it is, except
// inside single quotes. A leading "eterm" is dropped: it goes without saying.
func SplitWords(line string) ([]string, error) {
	words := []string{}
	var word strings.Builder
	var quote rune
	var inWord, escaped bool
	for _, r := range line {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			inWord, escaped = true, true
		case r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			inWord, quote = true, r
		case r == ' ' || r == '\t' || r == '\n':
			if inWord {
				words = append(words, word.String())
				word.Reset()
			}
			inWord = false
		default:
			inWord = true
			word.WriteRune(r)
		}
	}
	if quote != 0 || escaped {
		return nil, errors.New("a quote or a backslash has no end")
	}
	if inWord {
		words = append(words, word.String())
	}
	if len(words) > 0 && words[0] == "eterm" {
		words = words[1:]
	}
	return words, nil
}
