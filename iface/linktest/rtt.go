package linktest

import (
	"context"
	"net"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/iface"
	"eterm/iface/talk"
)

// rtt measures round trips to a peer by our own echo, one at a time.
type rtt struct {
	ask    *talk.Asker
	header []byte
	hist   *hdr.Histogram
	lost   uint64
	seq    uint16
	heard  chan heardEcho
}

type heardEcho struct {
	seq uint16
	at  time.Time
}

const echoWait = 500 * time.Millisecond

func newRTT(ask *talk.Asker, own net.HardwareAddr, tags []byte) *rtt {
	h := ether.Header{Dst: ask.Peer(), Src: own, Tags: tags, Type: inband.EtherType}
	return &rtt{ask: ask, header: h.Append(nil), hist: hdr.New(1, 10e9, 3), heard: make(chan heardEcho, 16)}
}

// take takes an answer to an echo.
func (r *rtt) take(rx *iface.Received) {
	_, payload, err := ether.Parse(rx.Bytes)
	if err != nil {
		return
	}
	k, body, err := inband.Parse(payload)
	if err != nil || k != inband.EchoReply {
		return
	}
	if e, err := inband.ParseEcho(body); err == nil {
		select {
		case r.heard <- heardEcho{e.Seq, rx.At}:
		default:
		}
	}
}

// echo measures one round trip; of a peer that is silent it waits for none.
func (r *rtt) echo(ctx context.Context, silent bool) error {
	if silent {
		return nil
	}
	r.seq++
	echo := inband.Echo{Seq: r.seq, Data: make([]byte, 34)}.Append(append([]byte{}, r.header...), inband.EchoRequest)
	// The interface may be down now and up again soon.
	sent := time.Now()
	if err := r.ask.Send(echo); err != nil && !passing(err) {
		return err
	}
	timer := time.NewTimer(echoWait)
	defer timer.Stop()
	for {
		select {
		case e := <-r.heard:
			if e.seq == r.seq {
				_ = r.hist.RecordValue(max(e.at.Sub(sent).Nanoseconds(), 1))
				return nil
			}
		case <-timer.C:
			r.lost++
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// times is what was measured of round trips.
func (r *rtt) times() *RTT {
	n := uint64(r.hist.TotalCount())
	if n+r.lost == 0 {
		return nil
	}
	t := &RTT{Count: n, Lost: r.lost}
	if n > 0 {
		t.Min, t.Max, t.Mean = r.hist.Min(), r.hist.Max(), int64(r.hist.Mean())
		t.P50, t.P99 = r.hist.ValueAtQuantile(50), r.hist.ValueAtQuantile(99)
	}
	return t
}
