package switchtest

import (
	"fmt"
	"slices"
)

// hubCase is the one row that stands for all that a hub fails for being none.
var hubCase = Case{
	Name:  "forwarding.hub",
	Rule:  "802.1Q 8.6.3, 8.7: a bridge learns addresses, and forwards no frame to the reserved groups",
	About: "frames to groups that no bridge of any kind forwards, and to addresses that spoke before",
	Want:  "bridge", measure: measure{"a word", []string{"bridge", "hub"}},
}

// hubShows are the cases that tell a hub, the quickest first: no bridge of any
// kind forwards these groups (802.1Q-2022 tables 8-1 to 8-3), and each learns.
var hubShows = []struct{ name, value string }{
	{"reserved.01-pause", forwarded}, {"reserved.02-slow-lacp", forwarded}, {"reserved.04", forwarded}, {"learning.learns", notLearned},
}

// hub says whether there is a hub or a cable between the ports. It is asked only
// where all cases that show it are to be run, and nothing else is expected of them.
func (r *rig) hub() (bool, error) {
	for _, s := range hubShows {
		i := slices.IndexFunc(r.cfg.Cases, func(c Case) bool { return c.Name == s.name })
		if _, expected := r.cfg.Expect.wants[s.name]; i < 0 || expected {
			return false, nil
		}
	}
	for _, s := range hubShows {
		i := slices.IndexFunc(r.cfg.Cases, func(c Case) bool { return c.Name == s.name })
		if o, err := r.cfg.Cases[i].run(r); err != nil || o.Value != s.value {
			return false, err
		}
	}
	return true, nil
}

// ofBridges says whether a case asks for what only a bridge does.
func (c Case) ofBridges() bool {
	return c.Group() == "learning" || c.Group() == "ageing" || c.Group() == "reserved" && c.Want == consumed ||
		c.Name == "addresses.to-self" || c.Name == "addresses.source-is-destination"
}

// withoutBridges puts one row for a hub on the card, and gives the cases that
// still mean something.
func (c *Card) withoutBridges(cfg *Config) []Case {
	left := slices.DeleteFunc(slices.Clone(cfg.Cases), Case.ofBridges)
	row := hubCase.judge(Outcome{Value: "hub", Seen: fmt.Sprintf("this is a hub or a cable, no bridge: it learns no address and forwards frames to reserved groups. "+
		"%d cases that only a bridge can pass were left out", len(cfg.Cases)-len(left))}, cfg.Expect)
	c.Results = append(c.Results, row)
	cfg.tell(Event{Case: &row.Case, Result: &row, Done: 0, Total: len(left)})
	return left
}
