package report

import (
	"fmt"

	"eterm/iface/suite"
)

// broadcast adds the throughput of broadcast frames (RFC 2889, 5.10).
func (v *View) broadcast(r *suite.Result) {
	t := Table{Title: "Throughput of broadcast frames (RFC 2889, 5.10)", Head: figureHead}
	for _, x := range r.Tests {
		for _, f := range x.Goals {
			if x.Test == suite.Broadcast {
				t.Rows = append(t.Rows, figureRow(x, f))
				v.figure(x, f)
			}
		}
	}
	if len(t.Rows) > 0 {
		v.Tables = append(v.Tables, t)
	}
}

// forwarding adds the forwarding rates of RFC 2889, 5.1, 5.4 and 5.6: FRMOL and MFR
// of each size, all loads, and a graph of them.
func (v *View) forwarding(r *suite.Result) {
	t := Table{Title: "Forwarding rates (RFC 2889, 5.1, 5.4, 5.6)", Head: []string{"size", "direction", "FRMOL", "at MOL", "MFR", "at Oload"}}
	rows := Table{Title: "Forwarding rate by offered load", Head: []string{"size", "direction", "load", "Iload", "Oload", "FR", "lost", "loss", "flooded"}}
	p := Plot{Title: "Forwarding rate over offered load", Desc: "A line for each frame size; frames/s of all directions together", X: Axis{Title: "offered load, frames/s"}, Y: Axis{Title: "forwarding rate, frames/s"}}
	for _, x := range r.Tests {
		if x.Forwarding == nil {
			continue
		}
		f := x.Forwarding
		t.Rows = append(t.Rows, []string{sizeName(x), clean(x.Direction), bound2(f.AtMaxLoad), bound2(f.MaxLoad), bound2(f.Maximum), bound2(f.MaximumAt)})
		v.forwardingRate(x, "frmol", f.AtMaxLoad)
		v.forwardingRate(x, "mfr", f.Maximum)
		line := Series{Name: sizeName(x) + " " + clean(x.Direction)}
		for _, row := range f.Rows {
			rate := bound2(&row.ForwardedFPS)
			if row.NotOffered {
				rate = "not offered: the tester cannot"
			} else {
				line.Points = append(line.Points, Point{row.OfferedFPS, row.ForwardedFPS})
			}
			rows.Rows = append(rows.Rows, []string{sizeName(x), clean(x.Direction), digits(row.Percent) + " %", bound2(&row.IntendedFPS), bound2(&row.OfferedFPS), rate,
				number(row.Lost), digits(100*row.Ratio) + " %", number(row.Flooded)})
		}
		if len(line.Points) > 0 && len(p.Lines) < 6 {
			p.Lines = append(p.Lines, line)
		}
	}
	if len(t.Rows) == 0 {
		return
	}
	v.Tables = append(v.Tables, t, rows)
	if len(p.Lines) > 0 {
		v.Figures = append(v.Figures, p.figure())
	}
}

// snake adds what a device forwards whose ports are joined in a row (RFC 8239).
func (v *View) snake(r *suite.Result) {
	t := Table{Title: "Forwarded by all hops (RFC 8239)", Head: []string{"size", "direction", "goal", "at the end, frames/s", "hops", "by the device, frames/s"}}
	for _, x := range r.Tests {
		for _, f := range x.Goals {
			if r.Plan.Hops > 0 && f.ThroughputFPS != nil {
				all := r.Plan.Switched(*f.ThroughputFPS)
				t.Rows = append(t.Rows, []string{sizeName(x), clean(x.Direction), clean(f.Name), bound2(f.ThroughputFPS), fmt.Sprint(r.Plan.Hops), bound2(&all)})
			}
		}
	}
	if len(t.Rows) > 0 {
		v.Tables = append(v.Tables, t)
	}
}

// forwardingRate adds one as a measurement, if there is one.
func (v *View) forwardingRate(x suite.Test, name string, fps *float64) {
	if fps != nil {
		v.Measurements = append(v.Measurements, Measurement{Subject: testName(x), Name: name, Unit: "frames/s", Value: *fps, Class: Rate, Better: 1, Resolution: *fps * 1e-3})
	}
}
