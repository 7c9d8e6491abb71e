package suite

import (
	"context"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"eterm/frame/probe"
	"eterm/iface/suite/stat"
)

// oneWay is the kind of delays where both ends read one clock.
const oneWay = "one_way"

// latency is RFC 2544, 26.2: delays at the throughput and at shares of it.
func (r *Runner) latency(ctx context.Context, t *Test) error {
	t.Clause = "RFC 2544 26.2"
	base, name, err := r.base(ctx)
	if err != nil {
		return err
	}
	if base == 0 {
		t.Note = "not measured: there is no throughput to measure at"
		return nil
	}
	t.Note = "at shares of the throughput named " + name
	for _, share := range r.Plan.Latency.Shares {
		rows := map[Direction]*delays{}
		for range r.Plan.Latency.Trials {
			trial, decidable, err := r.valid(ctx, r.spec(1, Load(base*share, r.Plan.Latency.Seconds)))
			if err != nil {
				return err
			}
			if !decidable {
				continue
			}
			for _, a := range trial.Accounts {
				if rows[a.Direction] == nil {
					rows[a.Direction] = &delays{}
				}
				rows[a.Direction].add(a)
			}
		}
		for _, d := range r.cell.ways {
			row := Delays{Share: share, FPS: base * share, Kind: "none", Direction: d}
			if rows[d] != nil {
				row = rows[d].row(row)
			}
			row.TesterP50 = r.Calibration.p50(r.cell, d, row.FPS)
			t.Latency = append(t.Latency, row)
		}
	}
	return nil
}

// delays puts those of several trials together.
type delays struct {
	hist   *hdr.Histogram
	kind   string
	trials int
	lost   uint64
	tagged []float64
	// Where histograms are not to be had, means of the trials' own figures.
	each []probe.Delay
}

func (d *delays) add(a Account) {
	d.trials++
	d.lost += a.Lost
	d.kind = a.Delay.Kind
	if a.Tagged != nil {
		d.tagged = append(d.tagged, float64(*a.Tagged))
	}
	if h, err := hdr.Decode([]byte(a.Delay.Histogram)); err == nil {
		if d.hist == nil {
			d.hist = h
		} else {
			d.hist.Merge(h)
		}
	}
	d.each = append(d.each, a.Delay)
}

// row completes a row.
func (d *delays) row(r Delays) Delays {
	r.Trials, r.Kind, r.Lost, r.Tagged = d.trials, d.kind, d.lost, stat.Summarize(d.tagged)
	if d.hist != nil && d.hist.TotalCount() > 0 {
		h := d.hist
		r.Min, r.Max, r.Mean = h.Min(), h.Max(), int64(h.Mean())
		r.P50, r.P99, r.P999 = h.ValueAtQuantile(50), h.ValueAtQuantile(99), h.ValueAtQuantile(99.9)
		if b, err := h.Encode(hdr.V2CompressedEncodingCookieBase); err == nil {
			r.Histogram = string(b)
		}
		return r
	}
	for i, e := range d.each {
		if i == 0 || e.Min < r.Min {
			r.Min = e.Min
		}
		r.Max = max(r.Max, e.Max)
		n := int64(len(d.each))
		r.Mean, r.P50, r.P99, r.P999 = r.Mean+e.Mean/n, r.P50+e.P50/n, r.P99+e.P99/n, r.P999+e.P999/n
	}
	return r
}
