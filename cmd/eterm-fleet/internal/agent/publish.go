package agent

import (
	"context"
	"encoding/json"
	"time"

	"eterm/cmd/eterm-fleet/internal/bus"
)

// mostResult is room for one result: the spool must have it before a test is
// begun.
const mostResult = 64 << 10

// keep spools a result and has it published.
func (a *Agent) keep(r bus.Result) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	err = a.Spool.Put(bus.ResultSubject(r.Run, r.Slot, r.By), body)
	signal(a.wake) // also what is in memory only
	return err
}

// signal leaves word with who looks there next.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// publish publishes what is in the spool, until it is known to be stored. It
// stays in the spool until the run is closed.
func (a *Agent) publish(ctx context.Context) {
	tick := time.NewTicker(bus.Beat)
	defer tick.Stop()
	for {
		for _, subject := range a.Spool.Subjects() {
			if a.sent[subject] {
				continue
			}
			if !a.publishOne(ctx, subject) {
				break // the server is away or full
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		case <-a.again:
			clear(a.sent)
		case <-tick.C:
			a.Spool.Retry()
		}
	}
}

func (a *Agent) publishOne(ctx context.Context, subject string) bool {
	body, err := a.Spool.Get(subject)
	if err != nil {
		return true // dropped meanwhile
	}
	times := 1
	if a.Twice != nil && a.Twice(subject) {
		times = 2
	}
	for range times {
		sending, cancel := context.WithTimeout(ctx, 5*time.Second)
		_, err = a.js.Publish(sending, subject, body)
		cancel()
		if !bus.Stored(err) {
			return false
		}
		if err != nil {
			a.Repeats.Add(1)
		}
	}
	a.sent[subject] = true
	return true
}
