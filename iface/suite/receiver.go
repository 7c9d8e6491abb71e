package suite

import (
	"context"
	"sync"
	"time"

	"eterm/frame/probe"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/loop"
	"eterm/iface/talk"
)

// receiver accounts for what comes in by one port. It is told of each run before
// the run begins.
type receiver struct {
	port iface.Port
	own  func(source []byte) bool // says whether a frame is the tester's own
	// oneClock says that senders read the clock of the port's timestamps.
	oneClock bool
	// key is what senders seal their marks with; the zero Key takes those that
	// have no seal. challenge, if not nil, is given what a challenge of the run
	// says: its sender wants to know whether it arrives. It must not block.
	key       seal.Key
	challenge func(talk.Proof)
	// looped, if not nil, is told that frames go round in a loop. It must not
	// block.
	looped func(*loop.Error)

	mu      sync.Mutex
	run     *run
	sending uint32          // session of what this port sends; 0 is none
	known   map[uint32]bool // sessions that are over
	foreign uint64
	control uint64
	flooded map[uint32]uint64 // frames of sessions that belong elsewhere
}

// run is one load as its receiver sees it.
type run struct {
	session  uint32
	oneClock bool
	guard    loop.Guard
	tally    *probe.Tally
	plan     probe.Plan
	series   Series
	came     []uint64 // a bit for each number
	received uint64
	awaited  uint64 // how many to come; 0 is not known yet
	complete chan struct{}
	done     bool

	highest  uint64
	any      bool
	lastSent uint32 // ticks of the highest
	gap      *rawGap
	first    uint32 // ticks of the first frame seen
	tagged   uint64 // number of the tagged frame
	taggedNS *int64
}

// rawGap is a gap with the ticks of the frames around it.
type rawGap struct {
	First  uint64 `json:"first"`
	Last   uint64 `json:"last"`
	Before uint32 `json:"before_ticks"`
	After  uint32 `json:"after_ticks"`
}

func newReceiver(port iface.Port, oneClock bool, own func([]byte) bool) *receiver {
	return &receiver{port: port, oneClock: oneClock, own: own, known: map[uint32]bool{}, flooded: map[uint32]uint64{}}
}

// expect begins a run.
func (r *receiver) expect(session uint32, plan probe.Plan, total uint64) *run {
	run := &run{session: session, oneClock: r.oneClock, tally: probe.NewTally(session, r.oneClock), plan: plan, series: newSeries(total), came: make([]uint64, total/64+1), complete: make(chan struct{}), tagged: total / 2}
	run.tally.Planned(plan)
	run.tally.Sealed(r.key)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.run = run
	return run
}

// serve receives until ctx ends or the port is gone.
func (r *receiver) serve(ctx context.Context) error {
	rx := make([]iface.Received, 256)
	return iface.Frames(ctx, r.port, rx, func(list []iface.Received) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		for i := range list {
			r.take(&list[i])
		}
		return nil
	})
}

func (r *receiver) take(rx *iface.Received) {
	f, ok := probe.Find(rx.Bytes)
	if ok && !r.sealed(rx.Bytes, &f) {
		return
	}
	if ok && rx.To != iface.Outgoing {
		r.loops(f)
	}
	switch {
	case rx.To == iface.Outgoing:
	case ok && f.Kind == probe.KindPlan && r.run != nil && f.Session == r.run.session:
		r.control++
		if nonce := probe.NonceOf(rx.Bytes, f); nonce != 0 && r.challenge != nil {
			r.challenge(talk.Proof{Seq: f.Seq, Time: f.Time, Nonce: nonce})
		}
	case !ok || f.Kind != probe.KindMark && f.Kind != probe.KindMarkPlan:
		if len(rx.Bytes) >= 12 && r.own(rx.Bytes[6:12]) {
			r.control++
		} else {
			r.foreign++
		}
	case r.run != nil && f.Session == r.run.session && r.run.tally.Add(rx.Bytes, rx.Length, f, rx.At.UnixNano()):
		r.run.took(f, rx.At.UnixNano())
	case r.known[f.Session]:
		r.control++ // a frame of an earlier trial, later than it should be
	default:
		r.flooded[f.Session]++
		r.foreign++
	}
}

// loops looks whether a frame of the load goes round: it comes back to where it
// was sent, or too often.
func (r *receiver) loops(f probe.Found) {
	var e *loop.Error
	switch {
	case r.looped == nil || f.Kind != probe.KindMark && f.Kind != probe.KindMarkPlan:
	case r.sending != 0 && f.Session == r.sending:
		e = &loop.Error{Returned: true}
	case r.run != nil && f.Session == r.run.session:
		e = r.run.guard.Copy(uint64(f.Stream)<<32|uint64(f.Seq), time.Now())
	}
	if e != nil {
		e.Port = r.port.Name()
		r.looped(e)
	}
}

// sends says of which session frames are that the port sends: they do not come
// back to it.
func (r *receiver) sends(session uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sending = session
}

// sealed says whether a mark has the seal it should have. One that is damaged is
// lost, others are somebody else's.
func (r *receiver) sealed(frame []byte, f *probe.Found) bool {
	switch probe.Verify(r.key, frame, f) {
	case probe.SealRight:
		return true
	case probe.SealWrong:
		r.foreign++
	}
	return false
}

// took notes what the tally does not: when, by number.
func (run *run) took(f probe.Found, at int64) {
	streams := uint64(run.plan.Streams) + 1
	number := uint64(f.Seq)*streams + uint64(f.Stream)
	if number/64 >= uint64(len(run.came)) || run.came[number/64]&(1<<(number%64)) != 0 {
		return
	}
	run.came[number/64] |= 1 << (number % 64)
	run.received++
	delay := int64(int32(probe.Ticks(at)-f.Time))*probe.Tick + at%probe.Tick
	if run.oneClock {
		run.series.add(number, delay)
	} else {
		run.series.count(number)
	}
	run.seen(number, f.Time)
	if number == run.tagged && run.oneClock {
		run.taggedNS = &delay
	}
	run.conclude()
}

// conclude says so when all have come.
func (run *run) conclude() {
	if !run.done && run.awaited > 0 && run.received >= run.awaited {
		run.done = true
		close(run.complete)
	}
}

// seen keeps the last gap, as the frames that arrive tell of it.
func (run *run) seen(number uint64, sent uint32) {
	if !run.any {
		run.any, run.first = true, sent
		if number > 0 {
			run.gap = &rawGap{0, number - 1, sent, sent}
		}
	} else if number > run.highest+1 {
		run.gap = &rawGap{run.highest + 1, number - 1, run.lastSent, sent}
	}
	if number >= run.highest {
		run.highest, run.lastSent = number, sent
	}
}

// know makes a session known as none that is awaited.
func (r *receiver) know(session uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known[session] = true
}

// await says how many frames there are to come, now that it is known.
func (r *receiver) await(run *run, n uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run.awaited = n
	run.conclude()
}

// finish ends a run and gives its report.
func (r *receiver) finish(run *run, a probe.SenderAccount) probe.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	run.tally.End(a)
	run.series.finish()
	r.run = nil
	r.known[run.session] = true
	return run.tally.Report()
}

// counts are of the frames beside the run's so far.
func (r *receiver) counts(session uint32) (foreign, control, flooded uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.foreign, r.control, r.flooded[session]
}
