package show

import (
	"fmt"
	"strings"

	"eterm/frame/stats"
)

// SoFar shows how far the directions of a test are, as Interval does; notes are
// said beside it.
func (o *Link) SoFar(session uint32, all []stats.SoFar, notes ...string) {
	i, text := LinkInterval{Session: session}, ""
	for _, s := range all {
		if s.Direction != "" {
			text += s.Direction + ": "
		}
		if s.Offered != nil {
			i.Offered += *s.Offered
			text += fmt.Sprintf("%d offered", *s.Offered)
		}
		if s.Received != nil {
			i.Received += *s.Received
			text += fmt.Sprintf(", %d received", *s.Received)
		}
		text += "  "
	}
	for _, n := range notes {
		if n != "" {
			text += "(" + n + ")"
		}
	}
	o.Interval(i, strings.TrimSpace(text))
}
