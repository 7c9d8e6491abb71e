package show

import (
	"fmt"
	"slices"
	"strings"

	"eterm/iface/switchtest"
)

// plotWidth is the length of a full bar, plotRows the most bars of a plot.
const (
	plotWidth = 40
	plotRows  = 16
)

// plot draws what was known against what was tried.
func (p *Card) plot(r switchtest.Result) {
	points := slices.Clone(r.Curve)
	slices.SortFunc(points, func(a, b switchtest.Point) int { return int(a.Tried - b.Tried) })
	if len(points) == 0 {
		return
	}
	p.line("")
	p.line("%s", r.Case.Name)
	for i, pt := range points {
		// Of many points show some, and all where something changes.
		dull := len(points) > plotRows && i%(len(points)/plotRows+1) != 0
		if dull && i > 0 && (pt.Missed == 0) == (points[i-1].Missed == 0) {
			continue
		}
		p.bar(r.Case.Name, pt)
	}
}

// bar is one line of a plot: the share that was known.
func (p *Card) bar(name string, pt switchtest.Point) {
	of, label := pt.Tried, fmt.Sprintf("%10.0f addresses", pt.Tried)
	switch name {
	case "ageing.time":
		of, label = 1, fmt.Sprintf("%10.2f s", pt.Tried/1000)
	case "learning.rate":
		of, label = switchtest.RateBatch, fmt.Sprintf("%10.0f /s", pt.Tried)
	}
	known := 1 - float64(pt.Missed)/of
	full := int(known * plotWidth)
	p.line("%s  %s%s %5.1f %% known", label, strings.Repeat("#", full), strings.Repeat(".", plotWidth-full), 100*known)
}
