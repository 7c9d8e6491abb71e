package switchtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"eterm/frame/probe"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/loop"
)

// way is one direction of a watch: a stream of marks from one port to the
// other, and a station of ours on the sending port that the switch should
// know.
type way struct {
	from    side
	session uint32 // of the stream; the next one is of the station's frames
	rig     *rig
	perSec  int
	stream  []byte
	writer  probe.Writer
	teach   []byte // the station speaks
	ask     []byte // to the station: filtered as long as it is known
	started time.Time
	plan    probe.Plan
	before  iface.Counters // of the receiving port, when the watch began
	filed   atomic.Uint64  // frames that the receiving port gave out and that are filed

	mu      sync.Mutex
	offered uint64 // changed by who sends alone, who reads it without the lock
	refused uint64
	tally   *probe.Tally
	guard   loop.Guard
	last    time.Time // of the last frame that arrived
	waiting time.Time // since when a frame is awaited; zero: none was sent after the last that came
	silent  bool
	patient time.Duration
	links   uint64
	lost    bool // the link is
}

func newWay(from side, session uint32, r *rig, interval time.Duration) *way {
	station := r.fresh(1)[0]
	y := &way{
		from: from, session: session, rig: r, perSec: max(int(time.Second/interval), 1), started: time.Now(), last: time.Now(),
		patient: patienceOf(interval), tally: probe.NewTally(session, true),
		plan: probe.Plan{Length: shortest - headerLen, TCI: probe.Untagged, Interval: uint64(interval.Nanoseconds()) * 1000},
	}
	y.tally.Planned(y.plan)
	y.before, _ = r.ports[opposite(from)].Counters()
	y.stream = append(append(y.stream, r.addr[opposite(from)][:]...), r.addr[from][:]...)
	y.stream = append(y.stream, probe.EtherType>>8, probe.EtherType&0xff)
	var kind probe.Kind
	if key := r.account.key; key.IsZero() {
		y.stream, kind = y.plan.AppendPayload(y.stream)
	} else {
		y.stream, kind = y.plan.AppendSealedPayload(y.stream)
		y.tally.Sealed(key)
	}
	y.writer = probe.NewSealedWriter(y.stream, headerLen, kind, 0, session, r.account.key)
	y.teach = y.frame(r.addr[opposite(from)], station, 1)
	y.ask = y.frame(station, r.addr[from], 2)
	return y
}

// frame is a frame about the station.
func (y *way) frame(dst, src MAC, stream uint8) []byte {
	b := spec{dst: dst, src: src}.build(session(y.session+1), 0, y.from)
	w := probe.NewSealedWriter(b, headerLen, probe.KindMark, stream, y.session+1, y.rig.account.key)
	w.Write(0, 0)
	return b
}

// String is the direction.
func (y *way) String() string { return fmt.Sprintf("%v to %v", y.from, opposite(y.from)) }

// send sends the next frame of the stream, and about once a second asks
// whether the station is known and lets it speak again.
func (y *way) send(n int) error {
	y.writer.Write(uint32(y.offered), probe.Ticks(time.Now().UnixNano()))
	frames := [][]byte{y.stream}
	switch n % y.perSec {
	case 0:
		frames = append(frames, y.teach)
	case y.perSec - 1:
		frames = append(frames, y.ask)
	}
	sent, err := y.rig.ports[y.from].Send(frames)
	y.await(time.Now(), sent > 0)
	if errors.Is(err, iface.ErrGone) || errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("port %v: %w", y.from, err)
	}
	return nil // a full queue or a link that is down is part of an outage
}

// await notes that a frame was sent, or had its turn and was refused.
func (y *way) await(now time.Time, sent bool) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.offered++
	if !sent {
		y.refused++
	}
	if y.waiting.IsZero() {
		y.waiting = now
	}
}

// receive files what arrives at the other port until ctx ends.
func (y *way) receive(ctx context.Context, w *watch, done chan<- error) {
	to := opposite(y.from)
	port := y.rig.ports[to]
	if c, err := port.Counters(); err == nil {
		y.filed.Store(c.Delivered)
	}
	err := iface.Frames(ctx, port, make([]iface.Received, burst), func(rx []iface.Received) error {
		for i := range rx {
			w.arrived(to, &rx[i])
		}
		y.filed.Add(uint64(len(rx)))
		return nil
	})
	switch {
	case errors.Is(err, net.ErrClosed):
		err = nil
	case err != nil:
		err = fmt.Errorf("port %v: %w", to, err)
		w.cancel(err)
	}
	done <- err
}

// arrived files one frame.
func (w *watch) arrived(at side, rx *iface.Received) {
	f, ok := probe.Find(rx.Bytes)
	if !ok {
		return
	}
	for _, y := range w.ways {
		if f.Session != y.session && f.Session != y.session+1 {
			continue
		}
		if key := w.rig.account.key; !key.IsZero() && probe.Verify(key, rx.Bytes, &f) != probe.SealRight {
			w.forged.Add(1)
			return
		}
		switch f.Session {
		case y.session:
			y.take(w, at, rx, f)
		case y.session + 1:
			if f.Stream == 2 && at != y.from {
				w.tell(Moment{At: rx.At, What: Forgotten, Port: y.from.String()})
			}
		}
	}
}

// take files a frame of the stream.
func (y *way) take(w *watch, at side, rx *iface.Received, f probe.Found) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if err := loops(&y.guard, mark{seq: f.Seq, from: y.from}, at, rx.Bytes); err != nil {
		w.cancel(err)
		return
	}
	y.tally.Add(rx.Bytes, rx.Length, f, rx.At.UnixNano())
	y.last, y.waiting = rx.At, time.Time{}
	if y.silent {
		y.silent = false
		w.tell(Moment{At: rx.At, What: Speaking, Way: y.String()})
	}
}

// tell passes a moment on; one that finds no room is not listed.
func (w *watch) tell(m Moment) {
	select {
	case w.events <- m:
	default:
	}
}

// look says when nothing has arrived for long, and what the sender's link does.
// Where this host sends nothing, or does not come to read what has arrived, that
// is no silence of the switch.
func (y *way) look(w *watch, now time.Time) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if !y.silent && !y.waiting.IsZero() && now.Sub(y.waiting) > y.patient && !y.unread() {
		y.silent = true
		w.note(Moment{At: y.last, What: Silent, Way: y.String()})
	}
	c, err := y.rig.ports[y.from].Counters()
	for err == nil && y.links < c.CarrierChanges {
		y.links++
		y.lost = !y.lost
		what := LinkBack
		if y.lost {
			what = LinkLost
		}
		w.note(Moment{At: now, What: what, Port: y.from.String()})
	}
}

// unread says whether frames have come to the receiving port and are not filed.
func (y *way) unread() bool {
	c, err := y.rig.ports[opposite(y.from)].Counters()
	return err == nil && c.Seen > y.filed.Load()+c.SocketDropped
}

// soFar is what was counted of the stream up to now.
func (y *way) soFar() stats.SoFar {
	y.mu.Lock()
	defer y.mu.Unlock()
	offered, received, missing, bytes := y.offered, y.tally.Received(), y.tally.Missing(), y.tally.Bytes()
	s := stats.SoFar{Direction: y.String(), Offered: &offered, Received: &received, Missing: &missing, Bytes: &bytes, Delay: y.tally.RecentDelay()}
	if c, err := y.rig.ports[opposite(y.from)].Counters(); err == nil {
		dropped := c.Sub(y.before).HostDropped()
		s.HostDropped = &dropped
	}
	return s
}

// soFar is what was counted each way up to now.
func (w *watch) soFar() []stats.SoFar {
	return []stats.SoFar{w.ways[0].soFar(), w.ways[1].soFar()}
}

// account is what became of the stream, the frames that never came included.
func (y *way) account() probe.Report {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.tally.End(probe.SenderAccount{Offered: y.offered, Refused: y.refused, Elapsed: uint64(time.Since(y.started))})
	return y.tally.Report()
}
