package linktest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"eterm/frame"
	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/iface"
)

// ErrNoPartner means that nobody answered at the other end.
var ErrNoPartner = errors.New("nobody answers: is \"eterm respond\" or \"eterm link receive\" running at the other end, and are both ways open")

// asker asks the far end, one question at a time.
type asker struct {
	port  iface.Port
	to    net.HardwareAddr
	vlans []frame.VLAN
	token string
	rx    []iface.Received
	id    uint32
	// patience is how long a question is asked again, every askEvery.
	patience time.Duration

	rtt     *hdr.Histogram
	rttLost uint64
	echoes  uint16
}

const (
	askEvery = 100 * time.Millisecond
	echoWait = 500 * time.Millisecond
)

func newAsker(port iface.Port, o PairOptions) *asker {
	return &asker{port: port, to: o.To, vlans: o.Load.VLANs, patience: leaseTime, rx: make([]iface.Received, 16), rtt: hdr.New(1, 10e9, 3)}
}

// ask asks until it is answered, ctx ends, or patience does.
func (a *asker) ask(ctx context.Context, m message) (answer message, from net.HardwareAddr, err error) {
	a.id++
	m.ID, m.Token = a.id, a.token
	payload, err := m.append(nil, inband.LinkRequest, questionLen)
	if err != nil {
		return answer, nil, err
	}
	for end := time.Now().Add(a.patience); time.Now().Before(end) && ctx.Err() == nil; {
		if err := a.send(payload); err != nil {
			return answer, nil, err
		}
		found, err := a.listen(ctx, time.Now().Add(askEvery), func(r *iface.Received, h ether.Header, payload []byte) bool {
			got, parseErr := parseMessage(payload, inband.LinkReply)
			if parseErr != nil || got.ID != a.id || got.Op != m.Op {
				return false
			}
			answer, from = got, append(net.HardwareAddr{}, h.Src...)
			return true
		})
		switch {
		case err != nil:
			return answer, nil, err
		case found && answer.Error != "":
			return answer, from, fmt.Errorf("the other end refuses: %s", printable(answer.Error))
		case found:
			return answer, from, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return answer, nil, err
	}
	return answer, nil, ErrNoPartner
}

// send sends one message. A full queue or an interface that is down now may
// pass: the question is asked again.
func (a *asker) send(payload []byte) error {
	e := frame.Ethernet{Dst: a.to, Src: a.port.HardwareAddr(), VLANs: a.vlans, EtherType: inband.EtherType}
	b, err := e.Append(nil, payload)
	if err != nil {
		return err
	}
	_, err = a.port.Send([][]byte{frame.Pad(b, ether.MinFrame)})
	if errors.Is(err, iface.ErrQueueFull) || errors.Is(err, iface.ErrDown) {
		return nil
	}
	return err
}

// listen receives until match says so, or until the deadline.
func (a *asker) listen(ctx context.Context, until time.Time, match func(r *iface.Received, h ether.Header, payload []byte) bool) (bool, error) {
	if err := a.port.SetReadDeadline(until); err != nil {
		return false, err
	}
	for ctx.Err() == nil {
		n, err := a.port.Receive(a.rx)
		for i := range max(n, 0) {
			h, payload, parseErr := ether.Parse(a.rx[i].Bytes)
			if parseErr == nil && match(&a.rx[i], h, payload) {
				return true, nil
			}
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return false, nil
		case errors.Is(err, iface.ErrDown):
		case err != nil:
			return false, err
		}
	}
	return false, nil
}

// echo measures one round trip.
func (a *asker) echo(ctx context.Context) error {
	a.echoes++
	seq := a.echoes
	payload := inband.Echo{ID: uint16(a.id), Seq: seq, Data: make([]byte, 32)}.Append(nil, inband.EchoRequest)
	sent := time.Now()
	if err := a.send(payload); err != nil {
		return err
	}
	found, err := a.listen(ctx, sent.Add(echoWait), func(r *iface.Received, h ether.Header, payload []byte) bool {
		k, body, parseErr := inband.Parse(payload)
		if parseErr != nil || k != inband.EchoReply {
			return false
		}
		e, parseErr := inband.ParseEcho(body)
		if parseErr != nil || e.Seq != seq {
			return false
		}
		_ = a.rtt.RecordValue(max(r.At.Sub(sent).Nanoseconds(), 1))
		return true
	})
	if err == nil && !found && ctx.Err() == nil {
		a.rttLost++
	}
	return err
}

// times is what was measured of round trips.
func (a *asker) times() *RTT {
	n := uint64(a.rtt.TotalCount())
	if n+a.rttLost == 0 {
		return nil
	}
	r := &RTT{Count: n, Lost: a.rttLost}
	if n > 0 {
		r.Min, r.Max, r.Mean = a.rtt.Min(), a.rtt.Max(), int64(a.rtt.Mean())
		r.P50, r.P99 = a.rtt.ValueAtQuantile(50), a.rtt.ValueAtQuantile(99)
	}
	return r
}

// printable keeps what the other end says harmless.
func printable(s string) string {
	b := []byte(s[:min(len(s), 200)])
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '.'
		}
	}
	return string(b)
}
