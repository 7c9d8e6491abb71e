package report

import (
	"strings"

	"eterm/cmd/internal/result"
)

// wiring draws the ports and what was between them.
func (v *View) wiring() {
	d := v.Doc
	if len(d.Ports) == 0 {
		return
	}
	const width, height, box = 640, 110, 190
	f := &Figure{Title: "Wiring", Width: width, Height: height}
	between := map[result.Kind]string{
		result.KindSwitchCheck: "switch", result.KindSwitchMACs: "switch", result.KindSwitchOutage: "switch",
		result.KindLink: "link tested", result.KindBench: "device tested", result.KindFleet: "links tested",
	}[d.Kind]
	if between == "" {
		between = "network"
	}
	f.host(d.Ports[0], 1, box)
	f.line("ink", "", box+1, height/2, 250, height/2)
	f.line("ink", "", 390, height/2, width-box-1, height/2)
	f.box(250, 34, 140, 42)
	f.text(320, height/2+4, "middle", between)
	var other string
	if len(d.Ports) > 1 {
		f.host(d.Ports[1], width-box-1, box)
		other = clean(d.Ports[1].Name)
	} else {
		other = "the other end"
		if d.Load != nil && d.Load.Destination != "" {
			other = clean(d.Load.Destination)
		}
		f.box(width-box-1, 14, box, 82)
		f.text(width-box/2-1, height/2+4, "middle", cut(other, 24))
	}
	f.Desc = clean(d.Ports[0].Name) + " to " + between + " to " + other
	v.Wiring = f
}

// host draws a port.
func (f *Figure) host(p result.Port, x, width float64) {
	f.box(x, 14, width, 82)
	speed := "speed not known"
	if p.SpeedBPS > 0 {
		speed = strings.TrimSpace(si(float64(p.SpeedBPS)) + "bit/s")
	}
	for n, text := range []string{clean(p.Role) + ": " + clean(p.Name), clean(p.MAC), clean(p.Driver) + ", " + speed} {
		f.text(x+width/2, 36+float64(n)*22, "middle", cut(text, 25))
	}
}

// box is an outline.
func (f *Figure) box(x, y, w, h float64) {
	f.Shapes = append(f.Shapes, Shape{Kind: Line, D: path([]float64{x, y, x + w, y, x + w, y + h, x, y + h}) + "z", Paint: "ink"})
}

// cut shortens a text that has no room.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
