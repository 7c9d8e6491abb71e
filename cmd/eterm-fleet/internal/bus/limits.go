package bus

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"eterm/cmd/eterm-fleet/internal/plan"
)

// ReadLimits reads an agent's own file of limits; fields that it does not know
// are refused, because a limit with a wrong name would be none.
func ReadLimits(name string) (l Limits, err error) {
	f, err := os.Open(name)
	if err != nil {
		return l, err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return l, fmt.Errorf("%s: %w: want such as {\"frames_per_s\": 10000, \"bytes_per_run\": 1000000000, \"vlans\": [100]}", name, err)
	}
	if l.FramesPerS < 0 {
		return l, fmt.Errorf("%s: frames_per_s %g is less than nothing", name, l.FramesPerS)
	}
	return l, nil
}

// Allow says what of a plan goes beyond the limits at a port with a line that
// fast; nil: nothing.
func (l Limits) Allow(p *plan.Plan, label string, speedBPS uint64) error {
	load, err := p.Load.Of(float64(speedBPS))
	if err != nil {
		return fmt.Errorf("%s: %w", label, err)
	}
	if l.FramesPerS > 0 && load.Rate > l.FramesPerS {
		return fmt.Errorf("%s allows at most %g frames/s, and the plan offers %s", label, l.FramesPerS, p.Load.Rate)
	}
	if l.BytesPerRun > 0 {
		e, err := p.Estimate(float64(speedBPS))
		if err != nil {
			return err
		}
		if e.PortBytes > l.BytesPerRun || e.Frames == 0 {
			return fmt.Errorf("%s allows at most %d bytes a run, and the plan offers up to %d from one port", label, l.BytesPerRun, e.PortBytes)
		}
	}
	if len(l.VLANs) == 0 {
		return nil
	}
	if len(p.Load.VLANs) == 0 {
		return fmt.Errorf("%s allows frames in VLANs %v only, and the plan's have no tag", label, l.VLANs)
	}
	for _, id := range p.Load.VLANs {
		if !slices.Contains(l.VLANs, id) {
			return fmt.Errorf("%s allows VLANs %v only, and the plan has %d", label, l.VLANs, id)
		}
	}
	return nil
}
