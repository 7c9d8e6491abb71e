package iface

import (
	"cmp"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/mdlayher/packet"

	"eterm/iface/internal/rtnl"
)

// source is a mechanism that hands over frames the kernel already has.
type source interface {
	// take fills rx without waiting; n is 0 if nothing is there. It reports
	// the socket's pending error, and how many of the n frames were cut.
	take(fd int, rx []Received) (n, truncated int, err error)
	mechanism() string
	close() error
}

// receiver waits on the socket for its source, for the deadline and for news
// of the link.
type receiver struct {
	conn *packet.Conn
	raw  syscall.RawConn
	link *rtnl.Link

	src    source
	srcMu  sync.Mutex // held while src is used, so that close can free it
	closed bool       // under srcMu: src is freed

	closing atomic.Bool

	// The call under way, in fields so that a call allocates nothing.
	rx   []Received
	n    int
	err  error
	once func(fd uintptr) bool
	look func(fd uintptr)

	mu       sync.Mutex
	deadline time.Time
	waked    bool   // the socket's own deadline is in the past, for the link's sake
	downs    uint64 // times down that Receive has told of
	over     error  // why the port hands out no new frames, nil if it does
	drainTo  uint64 // how many frames the kernel had kept, in all, when the port was over, or 0

	delivered, truncated atomic.Uint64
	stats                socketStats

	// hidden is how long a frame the kernel has may stay hidden in the ring: a
	// block goes at the latest when its timer runs for the second time, and
	// the kernel's timers are a little late.
	hidden time.Duration
}

func newReceiver(conn *packet.Conn, raw syscall.RawConn, l *rtnl.Link, src source, hold time.Duration) *receiver {
	r := &receiver{conn: conn, raw: raw, link: l, src: src, hidden: 2*hold + 34*time.Millisecond}
	r.stats.read = conn.Stats
	r.downs = l.Downs()
	r.once = func(fd uintptr) bool {
		r.take(int(fd))
		return r.n > 0 || r.err != nil
	}
	r.look = func(fd uintptr) { r.take(int(fd)) }
	return r
}

func (r *receiver) take(fd int) {
	r.srcMu.Lock()
	defer r.srcMu.Unlock()
	if r.closed {
		r.n, r.err = 0, net.ErrClosed
		return
	}
	var cut int
	r.n, cut, r.err = r.src.take(fd, r.rx)
	r.delivered.Add(uint64(r.n))
	r.truncated.Add(uint64(cut))
}

// receive is Port.Receive without the interface's name in its errors.
func (r *receiver) receive(rx []Received) (int, error) {
	if len(rx) == 0 {
		return 0, nil
	}
	r.rx, r.n, r.err = rx, 0, nil
	var patience time.Time // with frames that the kernel counted and does not hand over
	for {
		over, queued, err := r.check()
		if err != nil || over && !queued {
			return 0, cmp.Or(err, r.over)
		}
		if over {
			err = r.flush()
		} else {
			err = r.raw.Read(r.once)
		}
		if r.n > 0 {
			return r.n, nil
		}
		if err = r.judge(cmp.Or(err, r.err)); err != nil {
			return 0, err
		}
		switch {
		case !over:
		case patience.IsZero():
			patience = time.Now().Add(r.hidden)
		case time.Now().After(patience):
			return 0, r.over
		}
	}
}

// flush takes frames the kernel has already, waiting a little for those in a
// block it still holds. A deadline set at the same time may end that early.
func (r *receiver) flush() error {
	if err := r.raw.Control(r.look); err != nil || r.n > 0 || r.err != nil {
		return err
	}
	r.conn.SetReadDeadline(time.Now().Add(r.hidden))
	err := r.raw.Read(r.once)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.apply()
	return err
}

// judge makes of the error of one wait what the caller is told, nil if the
// wait goes on.
func (r *receiver) judge(err error) error {
	switch {
	case err == nil, errors.Is(err, os.ErrDeadlineExceeded):
		return nil
	case errors.Is(err, syscall.ENETDOWN):
		return nil // the link's event, on its way, tells whether down or gone
	}
	return r.closedOr(err)
}

// closedOr says net.ErrClosed for all the ways a closed socket shows itself.
func (r *receiver) closedOr(err error) error {
	if r.closing.Load() {
		return net.ErrClosed
	}
	return err
}

// check looks at the news of the link and at the clock. The port is over when
// its interface is gone or the deadline has passed. Then frames are still
// handed out that the kernel had before: without this the last frames of a run
// would stay in a ring, unseen.
func (r *receiver) check() (over, queued bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waked { // before looking at the news: later news wake again
		r.waked = false
		r.apply()
	}
	r.over = nil
	switch {
	case r.link.Gone():
		r.over = ErrGone
	case r.link.Downs() != r.downs:
		r.downs = r.link.Downs()
		return false, false, ErrDown
	case !r.deadline.IsZero() && !time.Now().Before(r.deadline):
		r.over = os.ErrDeadlineExceeded
	default:
		return false, false, nil
	}
	s, err := r.stats.update()
	if err != nil {
		return true, false, r.closedOr(err)
	}
	if r.drainTo == 0 {
		r.drainTo = s.seen - s.dropped
	}
	return true, r.delivered.Load() < r.drainTo, nil
}

// wake ends a wait under way, so that it looks at the news.
func (r *receiver) wake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waked = true
	r.apply()
}

func (r *receiver) setDeadline(t time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deadline, r.drainTo = t, 0
	return r.apply()
}

// apply gives the socket the deadline that counts now.
func (r *receiver) apply() error {
	if r.waked {
		return r.conn.SetReadDeadline(longAgo)
	}
	return r.conn.SetReadDeadline(r.deadline)
}

func (r *receiver) close() error {
	r.stats.update()
	r.closing.Store(true)
	err := r.conn.Close()
	r.srcMu.Lock()
	defer r.srcMu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	return errors.Join(err, r.src.close())
}

// socketStats accumulates what the kernel resets each time it tells.
type socketStats struct {
	read func() (*packet.Stats, error)
	mu   sync.Mutex
	sum  socketCounts
}

// socketCounts: seen includes dropped.
type socketCounts struct{ seen, dropped, freezes uint64 }

func (s *socketStats) update() (socketCounts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.read()
	if err != nil {
		return s.sum, err
	}
	s.sum.seen += uint64(d.Packets)
	s.sum.dropped += uint64(d.Drops)
	s.sum.freezes += uint64(d.FreezeQueueCount)
	return s.sum, nil
}
