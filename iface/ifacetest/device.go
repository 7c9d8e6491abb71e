package ifacetest

import (
	"container/heap"
	"sync"
	"time"

	"eterm/frame/ether"
	"eterm/iface/impair"
)

// Device is a switch with a known rate, queue, delay and known faults on the way
// to each of its ports. What it is like can be asked of its Paths, and what
// became of every frame of its accounts.
type Device struct {
	*Switch
	lanes []*lane
}

// NewDevice makes a device with a port for each path, which is the way to that
// port: with two, the path to port 1 is forward and the one to port 0 reverse.
// Options are those of a switch. Inside testing/synctest call it inside the
// bubble.
func NewDevice(paths []Path, opts ...Option) *Device {
	d := &Device{Switch: NewSwitch(len(paths), opts...)}
	start := time.Now()
	for i, p := range paths {
		l := &lane{model: NewModel(p), start: start, out: d.Switch.lines[i]}
		d.Switch.lines[i] = l
		d.lanes = append(d.lanes, l)
	}
	return d
}

// Account is what became of the frames on the way to port i.
func (d *Device) Account(i int) PathAccount {
	d.lanes[i].mu.Lock()
	defer d.lanes[i].mu.Unlock()
	return d.lanes[i].model.Account
}

// Reset has the device lose all frames it has, all that come for so long, and
// what it has learnt.
func (d *Device) Reset(outage time.Duration) {
	d.Forget()
	for _, l := range d.lanes {
		l.reset(outage)
	}
}

// lane carries frames along one path.
type lane struct {
	start time.Time
	out   passer

	mu     sync.Mutex
	model  *Model
	inside pending
	timer  *time.Timer
	number uint64
	spare  [][]byte
}

// passer takes frames and does not keep them.
type passer interface{ Pass(frame []byte) }

var _ passer = (*impair.Line)(nil)

// dei is where the drop eligible indicator is: bit 4 of the first octet of an
// outer tag's TCI (IEEE 802.1Q-2022, 9.6).
const (
	deiAt = 14
	dei   = 0x10
)

func (l *lane) Pass(frame []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tagged := ether.Tagged(frame) && len(frame) > deiAt
	fate := l.model.Offer(time.Since(l.start), len(frame), tagged && frame[deiAt]&dei != 0)
	if !fate.Passed {
		return
	}
	var copied []byte
	if n := len(l.spare); n > 0 {
		copied, l.spare = l.spare[n-1], l.spare[:n-1]
	}
	copied = append(copied[:0], frame...)
	if p := l.model.Policer; p != nil && p.Marks && tagged {
		copied[deiAt] &^= dei
		if fate.Yellow && !p.MarksGreen {
			copied[deiAt] |= dei
		}
	}
	l.number++
	heap.Push(&l.inside, held{fate.Out, l.number, copied})
	if l.inside[0].number == l.number {
		l.arm()
	}
}

// arm has the first frame come out when it is time.
func (l *lane) arm() {
	wait := l.inside[0].at - time.Since(l.start)
	if l.timer == nil {
		l.timer = time.AfterFunc(wait, l.deliver)
		return
	}
	l.timer.Reset(wait)
}

// deliver lets out what is due.
func (l *lane) deliver() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.inside) > 0 && l.inside[0].at <= time.Since(l.start) {
		h := heap.Pop(&l.inside).(held)
		l.out.Pass(h.frame)
		l.spare = append(l.spare, h.frame)
	}
	if len(l.inside) > 0 {
		l.arm()
	}
}

func (l *lane) reset(outage time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.model.Account.Out -= uint64(len(l.inside))
	l.model.Account.Lost += uint64(len(l.inside))
	l.inside = nil
	l.model.Reset(time.Since(l.start), outage)
}

// held is a frame on its way.
type held struct {
	at     time.Duration
	number uint64
	frame  []byte
}

// pending is a heap of frames by when they come out.
type pending []held

func (p pending) Len() int      { return len(p) }
func (p pending) Swap(i, j int) { p[i], p[j] = p[j], p[i] }
func (p pending) Less(i, j int) bool {
	return p[i].at < p[j].at || p[i].at == p[j].at && p[i].number < p[j].number
}
func (p *pending) Push(x any) { *p = append(*p, x.(held)) }
func (p *pending) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}
