package args

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
)

// demoFlags are the spellings of the original demo program, in lower case, and
// what they are called today. The empty one says that nothing is sent.
var demoFlags = map[string]string{
	"lm": "--from", "lmac": "--from", "localmac": "--from",
	"rm": "--to", "rmac": "--to", "remotemac": "--to",
	"p": unused, "port": unused,
	"receiveonly": "",
}

// unused is a flag that the demo took and did nothing with.
const unused = "-"

// fromDemo rewrites a line of the original demo, such as "-i eth0", "--lm
// 00123456789a --rm 00a987654321" or "--receiveOnly", to a command of today.
// Lines that begin with a command are returned as they are. The demo without
// anything else sent a frame each second and printed what came: exchange.
func fromDemo(app *cli.App, typed []string) (line, notes []string, err error) {
	if !strings.HasPrefix(typed[0], "-") || isHelp(typed[0]) || isVersion(typed[0]) {
		return typed, nil, nil
	}
	d := demoLine{words: typed}
	if err := d.read(app); err != nil {
		return nil, nil, err
	}
	switch {
	case !d.found && !d.plausible(app):
		return typed, nil, nil
	case d.receiveOnly: // the demo took addresses here too and did nothing with them
		if len(d.macs) > 0 {
			d.notes = append(d.notes, "addresses are not used by --receiveOnly, as in the demo")
		}
		return append([]string{"listen"}, d.rest...), d.notes, nil
	default:
		return slices.Concat([]string{"exchange"}, d.macs, d.rest), d.notes, nil
	}
}

// demoLine is a line of the demo taken apart.
type demoLine struct {
	words, rest, macs, notes []string
	receiveOnly, found       bool
}

func (d *demoLine) read(app *cli.App) error {
	for len(d.words) > 0 {
		word := d.words[0]
		d.words = d.words[1:]
		name, value, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
		flag, ok := demoFlags[strings.ToLower(name)]
		switch {
		case !strings.HasPrefix(word, "-") && len(d.rest) > 0 && !strings.HasPrefix(d.rest[len(d.rest)-1], "-") && Named(app.Commands, word) != nil:
			return exit.Usage("flags stand before the command: say eterm %s first, then its flags", word)
		case !ok || !strings.HasPrefix(word, "-"):
			d.rest = append(d.rest, word)
			continue
		case flag == "":
			d.receiveOnly, d.found = true, true
			continue
		case !hasValue && len(d.words) == 0:
			return exit.Usage("flag %s needs a value: %s", word, map[bool]string{true: "any number", false: "a MAC address such as 00123456789a"}[flag == unused])
		case !hasValue:
			value = d.words[0]
			d.words = d.words[1:]
		}
		d.found = true
		if flag == unused {
			d.notes = append(d.notes, word+" is not used, as in the demo: frames have no port")
			continue
		}
		d.macs = append(d.macs, flag, value)
	}
	return nil
}

// plausible says whether a line without a command is one of exchange: its first
// flag must be one of that.
func (d *demoLine) plausible(app *cli.App) bool {
	exchange := Named(app.Commands, "exchange")
	name := strings.TrimLeft(d.rest[0], "-")
	if !strings.HasPrefix(d.rest[0], "--") && name != "" {
		name = name[:1]
	}
	name, _, _ = strings.Cut(name, "=")
	return exchange != nil && flagOf(exchange, name) != nil
}
