package respond

import (
	"container/list"
	"net"
	"time"
)

// maxPeers bounds how many peers are told apart; the one silent for longest is
// forgotten. Their sum is limited too, so inventing peers gains nothing.
const maxPeers = 1024

// limiter gives every peer, and all together, so many answers a second.
type limiter struct {
	rate  float64
	total bucket
	peers map[[6]byte]*list.Element
	order *list.List // of *peer, latest first
}

type peer struct {
	mac [6]byte
	bucket
}

func newLimiter(perSecond float64) *limiter {
	return &limiter{rate: perSecond, peers: map[[6]byte]*list.Element{}, order: list.New()}
}

// allow takes one answer to a peer out of its share at a time.
func (l *limiter) allow(mac net.HardwareAddr, at time.Time) bool {
	key := [6]byte(mac)
	e := l.peers[key]
	if e == nil {
		if len(l.peers) >= maxPeers {
			old := l.order.Back()
			delete(l.peers, old.Value.(*peer).mac)
			l.order.Remove(old)
		}
		e = l.order.PushFront(&peer{mac: key})
		l.peers[key] = e
	}
	l.order.MoveToFront(e)
	return e.Value.(*peer).take(l.rate, at) && l.total.take(5*l.rate, at)
}

// bucket holds the answers that may be given at once: what a tenth of a second
// brings, at least ten. The zero bucket is full.
type bucket struct {
	used float64 // answers given and not yet earned back
	last time.Time
}

func (b *bucket) take(rate float64, at time.Time) bool {
	if d := at.Sub(b.last); !b.last.IsZero() && d > 0 {
		b.used = max(0, b.used-d.Seconds()*rate)
	}
	b.last = at // also backwards: a clock set back must not stop us for long
	if b.used+1 > max(10, rate/10) {
		return false
	}
	b.used++
	return true
}
