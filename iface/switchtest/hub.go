package switchtest

import (
	"fmt"
	"slices"
)

// hubOnly are reserved groups that no bridge of any kind forwards (802.1Q-2022
// tables 8-1 to 8-3): what does is none.
var hubOnly = []string{"reserved.01-pause", "reserved.02-slow-lacp", "reserved.04"}

// hubCase is the one row that stands for all that a hub fails.
var hubCase = Case{
	Name:  "forwarding.hub",
	Rule:  "802.1Q 8.6.3, 8.7: a bridge learns addresses, and forwards no frame to the reserved groups",
	About: "what learning.learns and the reserved groups came to",
	Want:  "bridge",
}

// hub puts one row in the place of all that fail because what is between the
// ports is a hub or a cable. It is one if it learns nothing and forwards what no
// bridge forwards.
func (c *Card) hub() {
	failed := func(name, value string) bool {
		return slices.ContainsFunc(c.Results, func(r Result) bool {
			return r.Case.Name == name && r.Verdict == Fail && r.Value == value
		})
	}
	if !failed("learning.learns", notLearned) || slices.ContainsFunc(hubOnly, func(n string) bool { return !failed(n, forwarded) }) {
		return
	}
	asOne := func(r Result) bool {
		return r.Verdict == Fail && slices.Contains([]string{"learning", "addresses", "reserved", "ageing"}, r.Case.Group())
	}
	row := Result{Case: hubCase, Expected: hubCase.Want, Verdict: Fail, Outcome: Outcome{Value: "hub"}}
	rest := make([]Result, 0, len(c.Results))
	n := 0
	for _, r := range c.Results {
		if asOne(r) {
			row.Took += r.Took
			n++
			continue
		}
		rest = append(rest, r)
	}
	row.Seen = fmt.Sprintf("this is a hub or a cable, no bridge: it learns no address and forwards frames to reserved groups; %d cases in one", n)
	c.Results = append([]Result{row}, rest...)
}
