package show

import (
	"eterm/iface/suite"
)

// BenchComparison is how two benchmarks differ.
type BenchComparison struct {
	Type string             `json:"type"` // "bench_comparison"
	Rows []suite.Difference `json:"rows"`
}

// BenchCompare shows how two benchmarks differ.
func BenchCompare(o *Output, list []suite.Difference, asJSON bool) error {
	if asJSON {
		return o.JSON(BenchComparison{"bench_comparison", list})
	}
	for _, d := range list {
		if err := o.Line("%-48s %s", d.Row, d.Words); err != nil {
			return err
		}
	}
	return nil
}
