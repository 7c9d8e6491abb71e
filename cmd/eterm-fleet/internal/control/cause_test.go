package control

import (
	"testing"

	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/eterm-fleet/internal/slots"
	"eterm/cmd/internal/result"
)

// mesh is what came of a mesh of eight ports in two racks, where a function
// says what each direction lost.
func mesh(lost func(from, to int) uint64) (*plan.Plan, []result.Pair) {
	const n = 8
	p := &plan.Plan{Shape: slots.Shape{Kind: slots.Mesh, Ports: n, Sizes: []int{4, 4}}}
	var pairs []result.Pair
	name := func(i int) string { return string(rune('a'+i)) + ".x" }
	for i := range n {
		p.Ports = append(p.Ports, plan.Port{Label: name(i)})
		for j := range n {
			if i != j {
				pairs = append(pairs, result.Pair{From: name(i), To: name(j), State: "measured", Offered: 100, Received: 100 - lost(i, j), Lost: lost(i, j)})
			}
		}
	}
	return p, pairs
}

func TestCauses(t *testing.T) {
	for what, c := range map[string]struct {
		lost func(from, to int) uint64
		want []string
	}{
		"nothing":      {func(_, _ int) uint64 { return 0 }, nil},
		"one pair":     {func(f, to int) uint64 { return map[bool]uint64{true: 9}[f == 1 && to == 2] }, nil},
		"a port sends": {func(f, _ int) uint64 { return map[bool]uint64{true: 9}[f == 5] }, []string{"port sends f.x"}},
		"a port":       {func(f, to int) uint64 { return map[bool]uint64{true: 9}[f == 5 || to == 5] }, []string{"port f.x"}},
		"the uplink":   {func(f, to int) uint64 { return map[bool]uint64{true: 9}[(f < 4) != (to < 4)] }, []string{"uplink a.x"}},
		"into a rack":  {func(f, to int) uint64 { return map[bool]uint64{true: 9}[f >= 4 && to < 4] }, []string{"uplink receives a.x"}},
		"port and uplink": {func(f, to int) uint64 {
			return map[bool]uint64{true: 25}[f == 1] + map[bool]uint64{true: 10}[f < 4 && to >= 4]
		}, []string{"uplink sends a.x", "port sends b.x"}},
	} {
		p, pairs := mesh(c.lost)
		found := causes(p, pairs)
		if len(found) != len(c.want) {
			t.Errorf("%s: %+v, want %v", what, found, c.want)
			continue
		}
		for i, f := range found {
			if f.What+" "+f.Name != c.want[i] {
				t.Errorf("%s: %+v, want %v", what, found, c.want)
			}
		}
	}
}

func TestLossByHostsHasNoCauseOutside(t *testing.T) {
	p, pairs := mesh(func(f, _ int) uint64 { return 9 })
	for i := range pairs {
		pairs[i].LostLocal = pairs[i].Lost
	}
	if found := causes(p, pairs); found != nil {
		t.Errorf("%+v", found)
	}
}
