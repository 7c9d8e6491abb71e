package iface

import (
	"net"
	"sync"
	"time"
)

// Shelf keeps a port that was opened while this process could, and lends it to
// one test after another: later none can be opened.
type Shelf struct {
	port Port
	mu   sync.Mutex // who receives from the port
}

// mostStale is how many batches are thrown away before a test: more than any
// socket's queue holds, and an end where frames come as fast as they go.
const mostStale = 1024

// staleBatch is how many frames are thrown away at a time.
const staleBatch = 256

// Lend gives the port to a test, which has it until it closes it. What came
// before is not the test's.
func (s *Shelf) Lend() (Port, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.port.SetReadDeadline(time.Unix(1, 0)); err != nil {
		return nil, err
	}
	rx := make([]Received, staleBatch)
	for range mostStale {
		if n, err := s.port.Receive(rx); n <= 0 || err != nil {
			break
		}
	}
	if err := s.port.SetReadDeadline(time.Time{}); err != nil {
		return nil, err
	}
	before, err := s.port.Counters()
	if err != nil {
		return nil, err
	}
	return &lent{Port: s.port, shelf: s, before: before}, nil
}

// NewShelf keeps a port, which is the shelf's from then on.
func NewShelf(port Port) *Shelf { return &Shelf{port: port} }

// Close closes the port, also while it is lent.
func (s *Shelf) Close() error { return s.port.Close() }

// lent is the port in the hands of one test.
type lent struct {
	Port
	shelf  *Shelf
	before Counters
	ended  sync.Once
	over   bool // under shelf.mu
}

// Unwrap lets the inner port's abilities be found.
func (p *lent) Unwrap() Port { return p.Port }

// Receive implements Port.
func (p *lent) Receive(rx []Received) (int, error) {
	p.shelf.mu.Lock()
	defer p.shelf.mu.Unlock()
	if p.over {
		return 0, net.ErrClosed
	}
	return p.Port.Receive(rx)
}

// Counters implements Port.
func (p *lent) Counters() (Counters, error) {
	now, err := p.Port.Counters()
	return now.Sub(p.before), err
}

// Close puts the port back.
func (p *lent) Close() error {
	p.ended.Do(func() {
		_ = p.Port.SetReadDeadline(time.Unix(1, 0))
		p.shelf.mu.Lock()
		p.over = true
		p.shelf.mu.Unlock()
	})
	return nil
}
