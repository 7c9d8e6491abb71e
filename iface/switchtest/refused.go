package switchtest

import (
	"errors"
	"fmt"
	"time"

	"eterm/iface"
)

// refusedError: a port does not take frames of that length, again and again, but
// takes short ones: no full queue, but what it is like.
type refusedError struct {
	port  string
	bytes int // the shortest that is refused, without FCS
	err   error
}

// Error says what is refused by whom, in bytes with FCS.
func (e *refusedError) Error() string {
	return fmt.Sprintf("%s refuses frames of %d bytes and more", e.port, e.bytes+fcs)
}

func (e *refusedError) Unwrap() error { return e.err }

// refusal is why a port did not take a frame, after all patience: what the port is
// like if a short frame goes, and else err.
func (r *rig) refusal(from side, frame []byte, err error) error {
	failed := fmt.Errorf("port %v: %w", from, err)
	if !errors.Is(err, iface.ErrQueueFull) && !errors.Is(err, iface.ErrTooLong) {
		return failed
	}
	taken, refused := 0, len(frame)
	for refused-taken > 1 {
		length := shortest
		if taken > 0 {
			length = (taken + refused) / 2
		}
		if length >= refused {
			return failed // a short one does not go either
		}
		goes, err := r.takes(from, length)
		switch {
		case err != nil:
			return err
		case goes:
			taken = length
		case taken == 0:
			return failed
		default:
			refused = length
		}
	}
	return &refusedError{port: r.ports[from].Name(), bytes: refused, err: err}
}

// takes says whether a port takes a frame of a length, tried as long as a queue
// may need to empty.
func (r *rig) takes(from side, length int) (bool, error) {
	s := r.to(from)
	s.size, s.kind = length, hello
	flights := r.account.launch(from, []spec{s})
	defer r.account.land(flights)
	for wait := time.Millisecond; ; wait *= 2 {
		n, err := r.ports[from].Send([][]byte{flights[0].sent})
		if n == 1 || wait > 16*time.Millisecond {
			return n == 1, nil
		}
		if errors.Is(err, iface.ErrGone) {
			return false, err
		}
		if err := r.sleep(wait); err != nil {
			return false, err
		}
	}
}
