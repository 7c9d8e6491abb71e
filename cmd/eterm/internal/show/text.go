package show

import (
	"encoding/json"
	"fmt"
	"strings"

	"eterm/cmd/internal/result"
)

// Text is s on one line and harmless: see result.Text.
func Text(s string) string { return result.Text(s) }

// AppendJSON appends v as one JSON object without a line end. Whatever Text
// would replace is escaped, so that the value is kept and the line harmless.
func AppendJSON(dst []byte, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return dst, err
	}
	return result.AppendHarmless(dst, b), nil
}

// Words is the text of an error in words: what Go says of its own affairs means nothing to
// who uses this program.
func Words(err string) string { return inWords.Replace(err) }

var inWords = strings.NewReplacer(
	"context canceled", "interrupted",
	"context deadline exceeded", "the time was up",
	"use of closed network connection", "closed",
	"i/o timeout", "the time was up",
	"unexpected EOF", "it ends too early",
)

// Count is a number of things in words: "1 frame", "2 frames", "3 addresses",
// "4 replies". The thing is given for one.
func Count[N ~int | ~int64 | ~uint | ~uint32 | ~uint64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %s", n, Plural(n, thing))
}

// Plural is the word for n things.
func Plural[N ~int | ~int64 | ~uint | ~uint32 | ~uint64](n N, thing string) string {
	switch {
	case n == 1:
		return thing
	case strings.HasSuffix(thing, "s"), strings.HasSuffix(thing, "x"), strings.HasSuffix(thing, "ch"):
		return thing + "es"
	case strings.HasSuffix(thing, "y") && !strings.HasSuffix(thing, "ay"):
		return strings.TrimSuffix(thing, "y") + "ies"
	}
	return thing + "s"
}
