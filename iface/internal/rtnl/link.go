// Package rtnl asks the kernel about interfaces, by netlink, and follows one.
package rtnl

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Link follows one interface by its index, through renaming, new addresses,
// carrier and state, with netlink sockets opened in the namespace of the
// thread that made it: it stays right when its goroutine runs elsewhere.
type Link struct {
	index  int
	query  Query
	events *nl.NetlinkSocket
	// notify is called, without locks, after the interface went down or away.
	notify func()
	done   chan struct{}

	now   atomic.Pointer[State]
	downs atomic.Uint64 // times the interface went down
	gone  atomic.Bool   // for good: an interface that comes back is another
	mu    sync.Mutex    // one writer of now at a time

	// The account of the interface's counters. Answers go in as they were
	// given, so asking is done with the lock held; events are no answers: one
	// that waited says less than an answer after it.
	meterMu  sync.Mutex
	meter    Meter
	asked    *State        // the last answer
	noBuffer func() uint64 // the driver's own count, 0 if it has none
}

// Index is the interface's number, which it keeps.
func (l *Link) Index() int { return l.index }

// Now is what the last event said of the interface.
func (l *Link) Now() *State { return l.now.Load() }

// MTU is the interface's now.
func (l *Link) MTU() int { return l.now.Load().MTU }

// Downs is how often the interface has gone down.
func (l *Link) Downs() uint64 { return l.downs.Load() }

// Gone says that the interface was removed or moved, for ever.
func (l *Link) Gone() bool { return l.gone.Load() }

// Notify has f called, without locks, after the interface went down or away.
// It is called before Follow.
func (l *Link) Notify(f func()) { l.notify = f }

// CountNoBuffer has the driver's own count of frames that found no buffer be
// counted too. It is called before Follow.
func (l *Link) CountNoBuffer(f func() uint64) {
	l.noBuffer = f
	l.meter.last.Stats.RxNoBuffer = f()
}

// Open finds the interface called name; Follow then starts to follow it.
func Open(name string) (*Link, error) {
	l := &Link{done: make(chan struct{}), notify: func() {}, noBuffer: func() uint64 { return 0 }}
	var err error
	if l.events, err = nl.Subscribe(unix.NETLINK_ROUTE, unix.RTNLGRP_LINK); err != nil {
		return nil, err
	}
	if l.query, err = NewQuery(); err != nil {
		l.events.Close()
		return nil, err
	}
	state, err := l.query.Ask(0, name)
	if err != nil {
		l.events.Close()
		l.query.Close()
		return nil, err
	}
	l.index = state.Index
	l.now.Store(state)
	l.asked = state
	l.meter.Start(state.Counts)
	return l, nil
}

// Count asks for the counters and returns what they have counted since the
// link was opened, and the interface as it is, or as it last was.
func (l *Link) Count() (Counts, *State) {
	l.meterMu.Lock()
	defer l.meterMu.Unlock()
	s, err := l.query.Ask(l.index, "")
	if err == nil {
		s.Counts.Stats.RxNoBuffer = l.noBuffer()
		l.meter.Take(s.Counts)
		l.asked = s
	}
	return l.meter.Sum(), l.asked
}

// Follow takes events until Close, which waits for it.
func (l *Link) Follow() {
	defer close(l.done)
	for {
		msgs, _, err := l.events.Receive()
		if errors.Is(err, unix.ENOBUFS) { // events were lost: ask for the outcome
			l.refresh()
			continue
		}
		if err != nil {
			return
		}
		for _, m := range msgs {
			l.event(m.Header.Type, m.Data)
		}
	}
}

// event takes one message. Those of family AF_BRIDGE speak of a port's life in
// its bridge, not of the interface: leaving a bridge looks like a deletion.
func (l *Link) event(kind uint16, data []byte) {
	if len(data) == 0 || data[0] != unix.AF_UNSPEC {
		return
	}
	s, err := parse(data)
	if err != nil || s.Index != l.index {
		return
	}
	switch kind {
	case unix.RTM_NEWLINK:
		l.set(s)
	case unix.RTM_DELLINK:
		l.setGone()
	}
}

// refresh makes up for lost events. It is for Follow only: an answer that
// overtakes events still queued would have one fall counted twice.
func (l *Link) refresh() {
	s, err := l.query.Ask(l.index, "")
	switch {
	case errors.Is(err, unix.ENODEV):
		l.setGone()
	case err == nil:
		l.set(s)
	}
}

func (l *Link) set(s *State) {
	l.mu.Lock()
	went := l.now.Swap(s).Up() && !s.Up()
	if went {
		l.downs.Add(1)
	}
	l.mu.Unlock()
	if went {
		l.notify()
	}
	l.Count() // drivers reset the NIC when something changes: a reading from before is worth having
}

// DownsBy is how often the interface has gone down by an answer, whose event may
// still be on its way.
func (l *Link) DownsBy(answer *State) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.downs.Load()
	if l.now.Load().Up() && !answer.Up() {
		n++
	}
	return n
}

func (l *Link) setGone() {
	if l.gone.CompareAndSwap(false, true) {
		l.notify()
	}
}

// Close ends Follow, which must have been started.
func (l *Link) Close() {
	l.events.Close()
	<-l.done
	l.query.Close()
}
