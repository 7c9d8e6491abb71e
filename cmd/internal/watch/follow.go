// Package watch follows a run while it lasts: once a second it takes what was
// counted so far, for the run's document, the live line and, where it was asked
// for, the screen. Any command that has a stats.Source can be followed.
package watch

import (
	"time"

	"eterm/frame/stats"
)

// A Taker is given what a run has counted so far, once a second.
type Taker func(now time.Time, all []stats.SoFar)

// Follow has takers follow a run until the function that it returns is called,
// once. They are called one after the other, by one goroutine, none any more when
// that function has returned.
func Follow(soFar stats.Source, takers ...Taker) (stop func()) {
	return Every(time.Second, func() {
		all, now := soFar(), time.Now()
		for _, take := range takers {
			take(now, all)
		}
	})
}

// Every calls f each d until the function it returns is called.
func Every(d time.Duration, f func()) (stop func()) {
	t := time.NewTicker(d)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-t.C:
				f()
			case <-done:
				return
			}
		}
	}()
	return func() {
		t.Stop()
		close(done)
		<-ended
	}
}
