package linktest

// Result is the account of one run in one direction. Always, where what was
// received is known:
//
//	Offered = Received + Lost
//	Lost    = LostLocal + OnTheWay
//	LostLocal = Where.Refused + Where.Withheld + Where.SenderNIC + Where.ReceiveSocket + Where.ReceiveNIC + Where.Uncounted + Where.BeforeListening
//
// Where it is not, Offered = Lost + NotKnown.
type Result struct {
	Type      string `json:"type"` // "result"
	Direction string `json:"direction,omitempty"`
	Session   uint32 `json:"session"`

	Intended uint64 `json:"intended"`
	Offered  uint64 `json:"offered"`
	Refused  uint64 `json:"refused"`
	Received uint64 `json:"received"`
	Lost     uint64 `json:"lost"`
	// NotKnown frames are lost or never sent, and nobody said which: those
	// behind the last that came where the sender's end was not heard; and all
	// frames sent where the receiver did not tell what it received.
	NotKnown   uint64 `json:"not_known"`
	LostLocal  uint64 `json:"lost_local"`
	OnTheWay   uint64 `json:"lost_on_the_way"`
	Duplicated uint64 `json:"duplicated"`
	Reordered  uint64 `json:"reordered"`
	// ByHost frames came in order and were read in another (see probe).
	ByHost    uint64 `json:"reordered_by_host"`
	Corrupted uint64 `json:"corrupted"`
	Foreign   uint64 `json:"foreign"`

	// OfferedKnown is how: "sender" if it was asked, "end" if its end frame
	// came, "plan" if only the plan is known and may not have been fulfilled,
	// "seen" if nothing is known but what came. In the last two, Offered goes up
	// to the last frame that came.
	OfferedKnown string `json:"offered_known"`
	// NeverOffered frames were intended and not offered: the run was ended
	// early or the sender was too slow.
	NeverOffered uint64        `json:"never_offered"`
	Where        Where         `json:"where"`
	Sender       *SenderSide   `json:"sender"`
	Receiver     *ReceiverSide `json:"receiver"`
	RTT          *RTT          `json:"rtt,omitempty"`
	// Sizes are what became of the frames of each size, where there are several
	// and it is known.
	Sizes   []SizeAccount `json:"sizes,omitempty"`
	Verdict Verdict       `json:"verdict"`
}

// Where is where the lost frames went.
type Where struct {
	Refused       uint64 `json:"refused"`
	Withheld      uint64 `json:"withheld"` // by a peer that was not sure that we receive
	SenderNIC     uint64 `json:"sender_nic"`
	ReceiveSocket uint64 `json:"receive_socket"`
	ReceiveNIC    uint64 `json:"receive_nic"`
	Uncounted     uint64 `json:"uncounted"` // by a receiver that had too many runs
	// BeforeListening frames of a run's beginning were sent before its receiver
	// listened, as its rate has it.
	BeforeListening uint64 `json:"before_listening,omitempty"`
	OnTheWay        uint64 `json:"on_the_way"`
}

// RTT is round-trip times, in nanoseconds.
type RTT struct {
	Count uint64 `json:"count"`
	Lost  uint64 `json:"lost"`
	Min   int64  `json:"min_ns"`
	Mean  int64  `json:"mean_ns"`
	P50   int64  `json:"p50_ns"`
	P99   int64  `json:"p99_ns"`
	Max   int64  `json:"max_ns"`
}

// Account puts the two sides of a run together; either may be unknown. Without
// limits it passes any verdict only on whether it can be trusted.
func Account(s *SenderSide, r *ReceiverSide, limits Limits) Result {
	a := Result{Type: "result", Sender: s, Receiver: r}
	if r != nil {
		rep := r.Report
		a.Session, a.Received, a.Duplicated, a.Reordered = rep.Session, rep.Received, rep.Duplicated, rep.Reordered
		a.Corrupted, a.Foreign, a.ByHost = rep.Damage.Corrupted, r.Foreign, rep.ByHost
	}
	a.offered()
	a.Offered = max(a.Offered, a.Received)
	a.Intended = max(a.Intended, a.Offered+a.NotKnown)
	a.NeverOffered = a.Intended - a.Offered - a.NotKnown
	if r != nil {
		a.Lost = a.Offered - a.Received
		a.attribute()
		a.Sizes = bySize(s, r)
	} else {
		a.unknown()
	}
	a.Verdict = limits.judge(a)
	return a
}

// offered finds out what was offered, from whoever knows best.
func (a *Result) offered() {
	switch {
	case a.Sender != nil:
		a.Intended, a.Offered, a.Refused, a.OfferedKnown = a.Sender.Intended, a.Sender.Offered, a.Sender.Refused, "sender"
	case a.Receiver == nil:
		a.OfferedKnown = "seen"
	case a.Receiver.Report.End != nil:
		e := a.Receiver.Report.End
		a.Intended, a.Offered, a.Refused, a.OfferedKnown = e.Intended, e.Offered, e.Refused, "end"
	case a.Receiver.Report.Plan != nil && a.Receiver.Report.Plan.Total > 0:
		a.Intended, a.Offered, a.OfferedKnown = a.Receiver.Report.Plan.Total, a.Receiver.Report.Expected, "plan"
		a.NotKnown = a.Receiver.Report.NotKnown
	default:
		a.Intended, a.Offered, a.OfferedKnown = a.Receiver.Report.Expected, a.Receiver.Report.Expected, "seen"
	}
}

// attribute says where the lost frames went. What a host's counters hold may
// have been other frames; no more than was lost is put down to them.
func (a *Result) attribute() {
	left := a.Lost
	take := func(n uint64) uint64 {
		n = min(n, left)
		left -= n
		return n
	}
	w := &a.Where
	if a.Sender != nil {
		w.Withheld = take(a.Sender.Withheld)
	}
	w.Refused = take(a.Refused - w.Withheld)
	if a.Sender != nil {
		w.SenderNIC = take(a.Sender.NICDropped)
	}
	w.BeforeListening = take(a.Receiver.BeforeListening)
	w.Uncounted = take(a.Receiver.Uncounted)
	w.ReceiveSocket = take(a.Receiver.SocketDropped)
	w.ReceiveNIC = take(a.Receiver.NICDropped)
	w.OnTheWay = left
	a.OnTheWay, a.LostLocal = left, a.Lost-left
}

// unknown is the account of frames of which nobody says whether they arrived.
func (a *Result) unknown() {
	if a.Sender == nil {
		return
	}
	a.Where.Withheld = min(a.Sender.Withheld, a.Refused)
	a.Where.Refused = a.Refused - a.Where.Withheld
	a.LostLocal, a.Lost = a.Refused, a.Refused
	a.NotKnown = a.Offered - a.Refused
}

// SenderOnly is what a sender alone can say of its run.
func SenderOnly(session uint32, s *SenderSide) Result {
	a := Result{Type: "result", Session: session, Sender: s}
	a.offered()
	a.Intended = max(a.Intended, a.Offered)
	a.NeverOffered = a.Intended - a.Offered
	a.unknown()
	a.Verdict = Verdict{Exceeded: []string{}, Untrusted: untrusted(a)}
	if len(a.Verdict.Untrusted) > 0 {
		a.Verdict.Status = Untrusted
	}
	return a
}

// Total is the sum of results in several directions. With one, it is that.
type Total struct {
	Result
	Directions []Result `json:"directions,omitempty"`
}

// Sum adds up results.
func Sum(results []Result) Total {
	if len(results) == 1 {
		return Total{Result: results[0]}
	}
	t := Total{Result: Result{Type: "result", Verdict: Verdict{Exceeded: []string{}, Untrusted: []string{}}}, Directions: results}
	for _, r := range results {
		t.Intended += r.Intended
		t.Offered += r.Offered
		t.Refused += r.Refused
		t.Received += r.Received
		t.Lost += r.Lost
		t.NotKnown += r.NotKnown
		t.ByHost += r.ByHost
		t.LostLocal += r.LostLocal
		t.OnTheWay += r.OnTheWay
		t.Duplicated += r.Duplicated
		t.Reordered += r.Reordered
		t.Corrupted += r.Corrupted
		t.Foreign += r.Foreign
		t.NeverOffered += r.NeverOffered
		t.Where = t.Where.plus(r.Where)
		t.OfferedKnown = r.OfferedKnown
		t.Verdict.Status = max(t.Verdict.Status, r.Verdict.Status)
		t.Verdict.Exceeded = append(t.Verdict.Exceeded, r.Verdict.Exceeded...)
		t.Verdict.Untrusted = append(t.Verdict.Untrusted, r.Verdict.Untrusted...)
	}
	return t
}

func (w Where) plus(o Where) Where {
	return Where{
		Refused: w.Refused + o.Refused, Withheld: w.Withheld + o.Withheld, SenderNIC: w.SenderNIC + o.SenderNIC,
		ReceiveSocket: w.ReceiveSocket + o.ReceiveSocket, ReceiveNIC: w.ReceiveNIC + o.ReceiveNIC,
		Uncounted: w.Uncounted + o.Uncounted, BeforeListening: w.BeforeListening + o.BeforeListening, OnTheWay: w.OnTheWay + o.OnTheWay,
	}
}
