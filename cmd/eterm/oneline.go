package main

import "strings"

// oneLine keeps an error on one line and free of control characters, whatever
// it quotes.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return ' '
		}
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return '.'
		}
		return r
	}, strings.TrimSpace(s))
}
