package suite

import "context"

// lossRate is RFC 2544, 26.3: the frame loss rate at the greatest load and a
// tenth less each time, until two loads in a row lose nothing.
func (r *Runner) lossRate(ctx context.Context, t *Test) error {
	t.Clause = "RFC 2544 26.3"
	greatest, clean := r.Plan.greatest(r.cell.sizes), 0
	for percent := 100; percent >= 10 && clean < 2; percent -= 10 {
		fps := greatest * float64(percent) / 100
		trial, decidable, err := r.valid(ctx, r.spec(0, Load(fps, r.Plan.LossStep)))
		if err != nil {
			return err
		}
		row := LossRow{Percent: float64(percent), FPS: fps, NotOffered: !decidable, Trial: trial.N}
		for _, a := range trial.Accounts {
			row.Offered += a.Offered
			row.Lost += a.Lost
		}
		row.Ratio = trial.LossRatio()
		t.Loss = append(t.Loss, row)
		if clean++; !decidable || row.Lost > 0 {
			clean = 0
		}
	}
	return nil
}
