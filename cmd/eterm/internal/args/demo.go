package args

import (
	"strings"

	"eterm/cmd/eterm/internal/exit"
)

// demoFlags are the spellings of the original demo program, in lower case. The
// two that take a value name today's flag.
var demoFlags = map[string]string{
	"lm": "--from", "lmac": "--from", "localmac": "--from",
	"rm": "--to", "rmac": "--to", "remotemac": "--to",
	"receiveonly": "",
}

// fromDemo rewrites a line of the original demo, such as "--lm 00123456789a
// --rm 00a987654321" or "--receiveOnly", to a command of today. Lines that use
// none of its flags before a command are returned as they are.
func fromDemo(words []string) ([]string, error) {
	var rest, macs []string
	receiveOnly, found := false, false
	for i := 0; i < len(words); i++ {
		name, value, hasValue := strings.Cut(strings.TrimLeft(words[i], "-"), "=")
		flag, ok := demoFlags[strings.ToLower(name)]
		switch {
		case !strings.HasPrefix(words[i], "-") && len(rest) == 0 && !found:
			return words, nil // a command comes first
		case !ok || !strings.HasPrefix(words[i], "-"):
			rest = append(rest, words[i])
			continue
		case flag == "":
			receiveOnly = true
		case hasValue:
			macs = append(macs, flag, value)
		case i+1 == len(words):
			return nil, exit.Usage("flag %s needs a value: a MAC address such as 00123456789a", words[i])
		default:
			i++
			macs = append(macs, flag, words[i])
		}
		found = true
	}
	switch {
	case !found:
		return words, nil
	case receiveOnly:
		// The demo took addresses here too and did nothing with them.
		return append([]string{"listen"}, rest...), nil
	default:
		return append(append([]string{"exchange"}, macs...), rest...), nil
	}
}
