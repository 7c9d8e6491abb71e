// Package respond makes an interface a peer to test against: it answers
// echoes at layer 2 and, for addresses it is given, ARP, neighbour discovery
// and ICMP, whether or not the kernel has an address there.
//
// What is safe to answer is decided in one place, before and after the
// answerers, which only know their protocol: never a frame from a group
// address or from ourselves, never one sent to a group unless the protocol
// says a host must (ARP, neighbour solicitation), never longer than what was
// asked, and never faster than the limit. Answerers answer questions only, and
// every protocol here tells its answers from its questions; so two responders
// cannot keep each other busy.
package respond

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"

	"eterm/frame/ether"
	"eterm/iface"
)

// Request is a received frame that may be answered.
type Request struct {
	ether.Header
	Payload []byte // padding included
	// Own is the address the answer comes from.
	Own net.HardwareAddr
	At  time.Time
	// To is where the answer goes if not back to the sender: an answerer may
	// set it where its protocol says so.
	To net.HardwareAddr
}

// Answerer knows one kind of question.
type Answerer struct {
	Name string // as the account shows it
	// Type is the EtherType it is asked about; LLC (below) for frames with a
	// length instead.
	Type uint16
	// Group says that the protocol wants frames sent to a group answered.
	Group bool
	// Answer appends the payload of the answer to dst; it returns false where
	// there is none. Header, tags and padding are added by the caller.
	Answer func(dst []byte, q *Request) ([]byte, bool)
}

// LLC as an Answerer's type stands for all frames whose type is a length.
const LLC = 0

// Config says what a Responder answers. Fields left at zero mean what is said
// with them.
type Config struct {
	// Addresses are those we answer for; whole prefixes may be given. None:
	// layer 2 only.
	Addresses []netip.Prefix
	// MAC is our address; nil: the port's own.
	MAC net.HardwareAddr
	// Rate is how many answers a second one peer gets, all peers together
	// five times as many; 0: DefaultRate.
	Rate float64
	// Only the answerers of these names; nil: all.
	Only []string
	// More answerers, asked after those of this package.
	More []Answerer
}

// DefaultRate leaves room for ping -f, whose losses would look like the link's,
// and bounds what a storm of questions makes this host send.
const DefaultRate = 100_000

// Responder answers on one port.
type Responder struct {
	port      iface.Port
	own       net.HardwareAddr
	answerers map[uint16][]*counted
	limit     *limiter
	account   tally
	replies   [][]byte
	request   Request // the one at hand
}

// New makes a Responder; Serve lets it answer.
func New(port iface.Port, c Config) *Responder {
	r := &Responder{port: port, own: c.MAC, answerers: map[uint16][]*counted{}}
	if r.own == nil {
		r.own = port.HardwareAddr()
	}
	if c.Rate == 0 {
		c.Rate = DefaultRate
	}
	r.limit = newLimiter(c.Rate)
	for _, a := range append(builtin(c.Addresses), c.More...) {
		if c.Only != nil && !slices.Contains(c.Only, a.Name) {
			continue
		}
		r.answerers[a.Type] = append(r.answerers[a.Type], r.account.add(a))
	}
	return r
}

// batch is how many frames are taken at once.
const batch = 64

// Serve answers until ctx ends, which is no error, or the port does.
func (r *Responder) Serve(ctx context.Context) error {
	return iface.Frames(ctx, r.port, make([]iface.Received, batch), func(rx []iface.Received) error {
		r.handle(rx)
		return nil
	})
}

// handle answers one batch with one Send.
func (r *Responder) handle(rx []iface.Received) {
	out := r.replies[:0]
	for i := range rx {
		if rx[i].To == iface.Outgoing || rx[i].Super {
			continue
		}
		var buf []byte
		if n := len(out); n < cap(out) {
			buf = out[:n+1][n][:0]
		}
		if b := r.Answer(buf, rx[i].Bytes, rx[i].At); len(b) > 0 {
			out = append(out, b)
		}
	}
	r.replies = out
	for len(out) > 0 {
		n, err := r.port.Send(out)
		r.account.sent(n, err)
		if err == nil || n < 0 {
			break
		}
		out = out[min(n+1, len(out)):] // the one refused is not tried again
	}
}

// Answer appends to dst the whole frame that answers a received one, or
// nothing. It touches no port. One goroutine may call it at a time.
func (r *Responder) Answer(dst, frame []byte, at time.Time) []byte {
	h, payload, err := ether.Parse(frame)
	if err != nil || ether.IsGroup(h.Src) || sameMAC(h.Src, r.own) || isZero(h.Src) {
		r.account.unsafe()
		return dst
	}
	group := ether.IsGroup(h.Dst)
	if !group && !sameMAC(h.Dst, r.own) {
		return dst // not for us
	}
	kind := h.Type
	if kind < 0x0600 {
		kind = LLC
	}
	q := &r.request
	*q = Request{Header: h, Payload: payload, Own: r.own, At: at, To: h.Src}
	for _, a := range r.answerers[kind] {
		if group && !a.Group {
			continue
		}
		if out, ok := r.ask(a, dst, q, len(frame)); ok {
			return out
		}
	}
	return dst
}

// ask lets one answerer answer and judges what it made: who asks in another's
// name gets no more bytes sent there than he sends.
func (r *Responder) ask(a *counted, dst []byte, q *Request, asked int) ([]byte, bool) {
	at := len(dst)
	out := q.Back(q.Own).Append(dst)
	out, ok := a.Answer(out, q)
	if !ok {
		return dst, false
	}
	copy(out[at:], q.To)
	if len(out)-at > max(asked, ether.MinFrame) {
		r.account.tooLong()
		return dst, true
	}
	if !r.limit.allow(q.Src, q.At) {
		r.account.limited()
		return dst, true
	}
	for len(out)-at < ether.MinFrame {
		out = append(out, 0)
	}
	r.account.answered(a)
	return out, true
}

func sameMAC(a, b net.HardwareAddr) bool { return string(a) == string(b) }

func isZero(a net.HardwareAddr) bool { return string(a) == "\x00\x00\x00\x00\x00\x00" }
