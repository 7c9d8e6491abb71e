package switchtest

import (
	"context"
	"net"
	"sync"

	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/talk"
)

// line is a port that also carries the talk with a peer: answers are taken out
// of what it receives.
type line struct {
	iface.Port
	ask     *talk.Asker
	sending sync.Mutex
}

func newLine(port iface.Port, to net.HardwareAddr, key seal.Key) *line {
	l := &line{Port: port}
	l.ask = talk.NewAsker(l, to, nil, key)
	return l
}

// Unwrap is the port behind, for its abilities.
func (l *line) Unwrap() iface.Port { return l.Port }

// Send sends frames of the test and questions alike.
func (l *line) Send(frames [][]byte) (int, error) {
	l.sending.Lock()
	defer l.sending.Unlock()
	return l.Port.Send(frames)
}

// Receive is the port's, without the answers of the peer.
func (l *line) Receive(rx []iface.Received) (int, error) {
	for {
		n, err := l.Port.Receive(rx)
		kept := 0
		for i := range rx[:max(n, 0)] {
			if !l.ask.Take(&rx[i]) {
				rx[kept], rx[i] = rx[i], rx[kept]
				kept++
			}
		}
		if kept > 0 || err != nil {
			return kept, err
		}
	}
}

// serve receives while no test does, until stop.
func (l *line) serve() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		_ = l.ask.Listen(ctx, nil)
	}()
	return func() {
		cancel()
		<-finished
	}
}
