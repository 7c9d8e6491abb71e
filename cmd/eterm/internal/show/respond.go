package show

import (
	"fmt"
	"slices"

	"eterm/iface/respond"
)

// Responded is the last object of respond.
type Responded struct {
	Type string `json:"type"` // "summary"
	respond.Account
	// frames that this host dropped before they could be answered
	DroppedByHost uint64 `json:"dropped_by_host"`
}

// Responded prints what a reflector did.
func (o *Output) Responded(a respond.Account, dropped uint64, asJSON bool) error {
	if asJSON {
		return o.JSON(Responded{"summary", a, dropped})
	}
	var names []string
	for name, n := range a.Answered {
		if n > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	line, between := fmt.Sprintf("%d answered", a.Total()), ": "
	for _, name := range names {
		line += fmt.Sprintf("%s%s %d", between, name, a.Answered[name])
		between = ", "
	}
	return o.Line("%s; %d over the limit, %d unsafe, %d refused by this host", line, a.Limited, a.Unsafe, a.Refused)
}
