package switchtest

import (
	"encoding/json"
	"errors"
	"sync"
	"time"

	"eterm/frame/ether"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/load/pace"
	"eterm/iface/talk"
)

// WatchPeer is the reflector's end of Outage between two machines: a service of
// a talk.Reflector. It counts the forward stream, and sends the reverse one as
// far as the asker's questions have paid for it, byte by byte and in advance.
type WatchPeer struct {
	open func() (iface.Port, error)
	key  seal.Key
	last *watchTest
}

// NewWatchPeer makes a peer on the interface that open opens for as long as a
// watch takes, with the key of its watches.
func NewWatchPeer(open func() (iface.Port, error), key seal.Key) *WatchPeer {
	return &WatchPeer{open: open, key: key}
}

// Begin takes on a watch: it is the talk.Server. A watch before that, which
// lapsed, gives the interface back and keeps its account.
func (p *WatchPeer) Begin(s *talk.Session, text []byte, _ int) (talk.Test, []byte, error) {
	var b watchBegin
	if err := json.Unmarshal(text, &b); err != nil || b.Forward == b.Reverse || b.Interval < LeastPairInterval || b.Interval > MostPairInterval {
		return nil, nil, errors.New("not a watch of this version")
	}
	if p.last != nil {
		p.last.End()
	}
	port, err := p.open()
	if err != nil {
		return nil, nil, err
	}
	second := paidFor(time.Second, b.Interval)
	s.Reserve(paidFor(reserveFor, b.Interval))
	t := &watchTest{session: s}
	t.end = newEnd(endConfig{port: port, own: s.Own, peer: s.Peer, sends: b.Reverse, hears: b.Forward, interval: b.Interval, key: p.key,
		clock: pace.Timers(), at: portB, maySend: s.Spend, ready: func() bool { return s.Credit() >= second },
		tell: t.tell, looped: func(error) { t.looped = true }})
	t.end.start()
	p.last = t
	return t, nil, nil
}

// paidFor is how many bytes a stream takes in so much time.
func paidFor(d, interval time.Duration) int {
	return int((d/interval + 1) * max(shortest, ether.MinFrame))
}

// watchTest is a watch at its peer.
type watchTest struct {
	session *talk.Session
	end     *end
	once    sync.Once
	sum     watchAccount

	// Under the end's lock:
	moments []watchMoment
	missed  int // moments that found no room
	looped  bool
}

// Do does what was asked.
func (t *watchTest) Do(op talk.Op, text []byte, _ int) ([]byte, error) {
	switch op {
	case opState:
		var a watchAsk
		if err := json.Unmarshal(text, &a); err != nil {
			return nil, errors.New("not a question of a watch")
		}
		return json.Marshal(t.state(a.Told))
	case opFinish:
		var f watchFinish
		if err := json.Unmarshal(text, &f); err != nil {
			return nil, errors.New("not an account of a watch")
		}
		t.End()
		sum := t.sum
		sum.Forward = t.end.account(&f.Sent)
		sum.Moments = t.moments[min(max(f.Told, 0), len(t.moments)):]
		return json.Marshal(sum)
	}
	return nil, errors.New("not an operation of a watch")
}

// Lapse: who asks may be behind an outage. The reverse stream goes on as far as
// it is paid for, and the forward one is counted on.
func (t *watchTest) Lapse() {}

// End ends both streams and gives the interface back. What was counted stays.
func (t *watchTest) End() {
	t.once.Do(func() {
		sent := t.end.hush()
		t.sum.Reverse = &sent
		t.end.stop()
		t.sum.HostLost, t.sum.Downs = t.end.host()
		t.sum.Paused, t.sum.Forged = t.end.pauses, t.end.forged
		t.sum.Unlisted = t.missed
		t.end.port.Close()
	})
}

// state is how it is now.
func (t *watchTest) state(told int) watchState {
	e := t.end
	e.mu.Lock()
	defer e.mu.Unlock()
	s := watchState{Now: time.Now().UnixNano(), Sent: e.sent.Offered, Got: e.tally.Received(), Missing: e.tally.Missing(), Paid: t.session.Credit(), Looped: t.looped}
	from := min(max(told, 0), len(t.moments))
	s.Moments = t.moments[from:min(from+toldAtOnce, len(t.moments))]
	return s
}

// tell keeps a moment to be asked for.
func (t *watchTest) tell(m Moment) {
	if len(t.moments) == mostKept {
		t.missed++
		return
	}
	t.moments = append(t.moments, watchMoment{At: m.At.UnixNano(), What: m.What, For: m.For})
}
