package args

import (
	"errors"
	"math"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/ether"
	"eterm/iface/load"
)

// AskRate is a rate of questions; the zero value is the polite one.
type AskRate struct{ load.Rate }

// Set reads what was typed; its error says what is wanted.
func (r *AskRate) Set(s string) error {
	rate, err := load.ParseRate(s)
	if err == nil && rate.IsMax() {
		err = errors.New("max would drown the replies: want a rate such as 5000pps")
	}
	r.Rate = rate
	return err
}

// questionBytes is an ARP request, padded, as Rate counts it.
const questionBytes = ether.MinFrame

// PerSecond is the questions a second; 0 where none was given.
func (r *AskRate) PerSecond() (float64, error) {
	if r.IsZero() {
		return 0, nil
	}
	n, err := r.Frames(float64(ether.WireLen(questionBytes)), 0)
	if err != nil || math.IsInf(n, 0) {
		return 0, exit.Usage("rate %s: %w", r.String(), err)
	}
	return n, nil
}
