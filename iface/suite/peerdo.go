package suite

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"eterm/frame/stats"
	"eterm/iface/talk"
)

// Do does what was asked.
func (t *peerTrial) Do(op talk.Op, text []byte, room int) ([]byte, error) {
	switch op {
	case opLearn:
		return nil, t.learn(text)
	case opHow:
		return json.Marshal(t.how())
	case opGo:
		if t.sender == nil {
			return nil, errors.New("no load in reverse was asked for")
		}
		if !t.going {
			t.going = true
			close(t.begin)
		}
		return nil, nil
	case opConclude:
		var e wireEnd
		if err := json.Unmarshal(text, &e); err != nil {
			return nil, errors.New("not the account of a sender")
		}
		t.conclude(e)
		return nil, nil
	case opHalves:
		return t.tell()
	}
	return nil, errors.New("not an operation of a trial")
}

// shortLearning is how long learning frames are at most: each is paid for by the
// question that asks for it.
const shortLearning = 128

// learningSize is the size of learning frames with FCS.
func (s Spec) learningSize() int { return min(s.Sizes[0], shortLearning) }

// learn sends one frame to the asker from one of the addresses at which the load
// will be received.
func (t *peerTrial) learn(text []byte) error {
	var i int
	if json.Unmarshal(text, &i) != nil || i < 0 || i >= len(t.wire.Addresses) || t.wire.Learn == 0 {
		return errors.New("not one of the addresses")
	}
	l := t.wire.Load.Load(nil, nil)
	l.Key = t.p.Key
	b, err := learningFrame(l, t.session.Peer[:], t.wire.Addresses[i].Dst, t.wire.spec().learningSize(), t.wire.Learn)
	if err != nil {
		return err
	}
	if !t.session.Spend(len(b)) {
		return errors.New("asked with too few bytes")
	}
	_, err = t.port.Send([][]byte{b})
	return err
}

// how is how far it is.
func (t *peerTrial) how() (h wireHow) {
	t.mu.Lock()
	h.Ready = t.ready
	if t.failed != nil {
		h.Failed = t.failed.Error()
	}
	t.mu.Unlock()
	if err := t.looped.err(); err != nil {
		h.Loop = err.Error()
	}
	if t.sender != nil {
		h.Offered = t.sender.port.told.Load()
		select {
		case <-t.loaded:
			h.Sent = true
		default:
		}
	}
	if t.arriving != nil && t.halves == nil {
		c := t.arriving.counted(&stats.SoFar{})
		h.Received, h.Missing, h.Bytes = c.received, c.missing, c.bytes
	}
	return h
}

// conclude takes how many frames are to be awaited, and for how long at most.
func (t *peerTrial) conclude(e wireEnd) {
	if t.end != nil {
		return
	}
	t.end, t.deadline = &e, time.Now().Add(time.Duration(t.wire.Residual*1e9))
	if t.arriving != nil {
		t.receiver.await(t.arriving.run, e.Complete)
	}
}

// tell is the peer's account of the trial, once nothing is awaited any more.
func (t *peerTrial) tell() ([]byte, error) {
	if t.halves != nil {
		return bytes.Clone(t.halves), nil
	}
	if t.end == nil {
		return nil, errors.New("the load is not over")
	}
	var h wireHalves
	if t.sender != nil {
		select {
		case <-t.loaded:
			sent := t.sender.half(t.challenger.Withheld())
			h.Sent = &sent
		default:
			return nil, nil
		}
	}
	if t.arriving != nil {
		select {
		case <-t.arriving.run.complete:
		default:
			if time.Now().Before(t.deadline) && t.end.Complete > 0 {
				return nil, nil
			}
		}
		arrived := t.arriving.half(t.end.Sent.account(t.wire.spec().Frames()))
		h.Arrived = &arrived
	}
	var err error
	t.halves, err = json.Marshal(h)
	return bytes.Clone(t.halves), err
}
