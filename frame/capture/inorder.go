package capture

import (
	"context"
	"runtime"
)

// InOrder takes a stream apart into batches, works on them on all processors
// and gives out the results in the order of the stream. Memory is bounded by
// the few batches that are under way, which are used again and again.
//
// fill makes the next batch; the stream ends at the first that is not full.
// worker makes what works on batches on one processor. give gets each batch
// when its turn comes. An error of give, or the end of ctx, ends it at once,
// even if fill still waits for input.
func InOrder[B any](ctx context.Context, fill func(*B) (more bool), worker func() func(*B), give func(*B) error) error {
	type job struct {
		batch B
		done  chan struct{}
	}
	workers := runtime.GOMAXPROCS(0)
	free := make(chan *job, 3*workers)
	for range cap(free) {
		free <- &job{done: make(chan struct{}, 1)}
	}
	work, turn := make(chan *job, cap(free)), make(chan *job, cap(free))
	for range workers {
		go func() {
			do := worker()
			for j := range work {
				do(&j.batch)
				j.done <- struct{}{}
			}
		}()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(work)
		defer close(turn)
		for more := true; more; {
			var j *job
			select {
			case j = <-free:
			case <-ctx.Done():
				return
			}
			more = fill(&j.batch)
			work <- j
			turn <- j
		}
	}()
	for {
		select {
		case j, more := <-turn:
			if !more {
				return nil
			}
			<-j.done
			if err := give(&j.batch); err != nil {
				return err
			}
			free <- j
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
