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
	return o.Line("%s", Answered(a, dropped))
}

// Answered is what a reflector did, on one line.
func Answered(a respond.Account, dropped uint64) string {
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
	line += fmt.Sprintf("; %d over the limit, %d unsafe, %d refused by this host", a.Limited, a.Unsafe, a.Refused)
	if dropped > 0 {
		line += fmt.Sprintf(", %d dropped by this host before they got a reply", dropped)
	}
	return line
}
