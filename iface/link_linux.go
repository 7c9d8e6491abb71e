package iface

import (
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"sync/atomic"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// link follows one interface by its index, through renaming, new addresses,
// carrier and state, with netlink sockets opened in the namespace of the
// thread that made it: it stays right when its goroutine runs elsewhere.
type link struct {
	index  int
	query  map[int]*nl.SocketHandle
	events *nl.NetlinkSocket
	// notify is called, without locks, after the interface went down or away.
	notify func()
	done   chan struct{}

	now   atomic.Pointer[linkState]
	downs atomic.Uint64 // times the interface went down
	gone  atomic.Bool   // for good: an interface that comes back is another
	mu    sync.Mutex    // one writer of now at a time

	// The account of the interface's counters. Answers go in as they were
	// given, so asking is done with the lock held; events are no answers: one
	// that waited says less than an answer after it.
	meterMu  sync.Mutex
	meter    meter
	asked    *linkState    // the last answer
	noBuffer func() uint64 // the driver's own count, 0 if it has none
}

// linkState is what one netlink message says of an interface.
type linkState struct {
	index   int
	name    string
	kind    uint16 // ARPHRD_*
	addr    net.HardwareAddr
	mtu     int
	flags   uint32
	carrier bool
	counts  linkCounts
}

func (s *linkState) up() bool { return s.flags&unix.IFF_UP != 0 }

// openLink starts to follow the interface called name.
func openLink(name string) (*link, error) {
	l := &link{done: make(chan struct{}), notify: func() {}, noBuffer: func() uint64 { return 0 }}
	var err error
	if l.events, err = nl.Subscribe(unix.NETLINK_ROUTE, unix.RTNLGRP_LINK); err != nil {
		return nil, err
	}
	if l.query, err = openQuery(); err != nil {
		l.events.Close()
		return nil, err
	}
	state, err := l.ask(0, name)
	if err != nil {
		l.events.Close()
		closeQuery(l.query)
		return nil, err
	}
	l.index = state.index
	l.now.Store(state)
	l.asked = state
	l.meter.last = state.counts
	return l, nil
}

// count asks for the counters and returns what they have counted since the
// link was opened, and the interface as it is, or as it last was.
func (l *link) count() (linkCounts, *linkState) {
	l.meterMu.Lock()
	defer l.meterMu.Unlock()
	s, err := l.ask(l.index, "")
	if err == nil {
		s.counts.stats.RxNoBuffer = l.noBuffer()
		l.meter.take(s.counts)
		l.asked = s
	}
	return l.meter.sum, l.asked
}

// follow takes events until close. notify must be set before.
func (l *link) follow() {
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
func (l *link) event(kind uint16, data []byte) {
	if len(data) == 0 || data[0] != unix.AF_UNSPEC {
		return
	}
	s, err := parseLink(data)
	if err != nil || s.index != l.index {
		return
	}
	switch kind {
	case unix.RTM_NEWLINK:
		l.set(s)
	case unix.RTM_DELLINK:
		l.setGone()
	}
}

// refresh makes up for lost events. It is for follow only: an answer that
// overtakes events still queued would have one fall counted twice.
func (l *link) refresh() {
	s, err := l.ask(l.index, "")
	switch {
	case errors.Is(err, unix.ENODEV):
		l.setGone()
	case err == nil:
		l.set(s)
	}
}

func (l *link) set(s *linkState) {
	l.mu.Lock()
	went := l.now.Swap(s).up() && !s.up()
	if went {
		l.downs.Add(1)
	}
	l.mu.Unlock()
	if went {
		l.notify()
	}
	l.count() // drivers reset the NIC when something changes: a reading from before is worth having
}

// downsBy is how often the interface has gone down by an answer, whose event may
// still be on its way.
func (l *link) downsBy(answer *linkState) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.downs.Load()
	if l.now.Load().up() && !answer.up() {
		n++
	}
	return n
}

func (l *link) setGone() {
	if l.gone.CompareAndSwap(false, true) {
		l.notify()
	}
}

// ask queries one interface by index, or by name if index is 0.
func (l *link) ask(index int, name string) (*linkState, error) {
	req := nl.NewNetlinkRequest(unix.RTM_GETLINK, unix.NLM_F_ACK)
	req.Sockets = l.query
	msg := nl.NewIfInfomsg(unix.AF_UNSPEC)
	msg.Index = int32(index)
	req.AddData(msg)
	if index == 0 {
		req.AddData(nl.NewRtAttr(unix.IFLA_IFNAME, nl.ZeroTerminated(name)))
	}
	msgs, err := req.Execute(unix.NETLINK_ROUTE, 0)
	if err != nil {
		return nil, err
	}
	if len(msgs) == 0 {
		return nil, unix.ENODEV
	}
	return parseLink(msgs[0])
}

func (l *link) close() {
	l.events.Close()
	<-l.done
	closeQuery(l.query)
}

// openQuery opens a netlink socket for questions.
func openQuery() (map[int]*nl.SocketHandle, error) {
	s, err := nl.GetNetlinkSocketAt(-1, -1, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	return map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: {Socket: s}}, nil
}

func closeQuery(sockets map[int]*nl.SocketHandle) { sockets[unix.NETLINK_ROUTE].Close() }

// parseLink reads the parts of an RTM_NEWLINK message that matter here.
func parseLink(data []byte) (*linkState, error) {
	if len(data) < unix.SizeofIfInfomsg {
		return nil, unix.EINVAL
	}
	for data = data[:len(data):len(data)]; len(data)%unix.RTA_ALIGNTO != 0; {
		data = append(data, 0) // this library panics at an end that is not aligned
	}
	msg := nl.DeserializeIfInfomsg(data)
	attrs, err := nl.ParseRouteAttr(data[msg.Len():])
	if err != nil {
		return nil, err
	}
	s := &linkState{index: int(msg.Index), kind: msg.Type, flags: msg.Flags}
	number := func(b []byte) uint64 { // of 1, 4 or more bytes
		switch {
		case len(b) >= 4:
			return uint64(binary.NativeEndian.Uint32(b))
		case len(b) > 0:
			return uint64(b[0])
		}
		return 0
	}
	for _, a := range attrs {
		switch a.Attr.Type {
		case unix.IFLA_IFNAME:
			s.name = unix.ByteSliceToString(a.Value)
		case unix.IFLA_ADDRESS:
			s.addr = net.HardwareAddr(a.Value)
		case unix.IFLA_MTU:
			s.mtu = int(number(a.Value))
		case unix.IFLA_CARRIER:
			s.carrier = number(a.Value) != 0
		case unix.IFLA_CARRIER_CHANGES:
			s.counts.carrierChanges = number(a.Value)
		case unix.IFLA_CARRIER_DOWN_COUNT:
			s.counts.carrierLost = number(a.Value)
		case unix.IFLA_STATS64:
			s.counts.stats = parseStats64(a.Value)
		}
	}
	return s, nil
}

// parseStats64 reads struct rtnl_link_stats64.
func parseStats64(b []byte) InterfaceCounters {
	at := func(i int) uint64 {
		if 8*i+8 > len(b) {
			return 0
		}
		return binary.NativeEndian.Uint64(b[8*i:])
	}
	return InterfaceCounters{
		RxPackets: at(0), TxPackets: at(1), RxErrors: at(4), TxErrors: at(5),
		RxDropped: at(6), TxDropped: at(7), RxFIFO: at(14), RxMissed: at(15),
	}
}
