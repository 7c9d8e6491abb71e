package talk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"time"

	"eterm/frame/seal"
	"eterm/iface"
)

// Hello times.
const (
	// findFor is how long the first has to answer who is asked by a group
	// address, and others how long all others have after that; linger how long
	// a second one has at a single address.
	findFor = 200 * time.Millisecond
	others  = 40 * time.Millisecond
	linger  = 20 * time.Millisecond
	// mostTries is how often hello is said to a group until anybody answers.
	mostTries = 8
	// mostFound bounds the list of those who answer.
	mostFound = 16
)

// Find says hello to everybody on a port and returns the addresses that answer,
// in the order they did, at most 16. Nothing else may receive from the port
// meanwhile.
func Find(ctx context.Context, port iface.Port, tags []byte, key seal.Key) ([]net.HardwareAddr, error) {
	a := NewAsker(port, net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, tags, key)
	listening, stop := context.WithCancel(ctx)
	over := make(chan error, 1)
	go func() { over <- a.Listen(listening, nil) }()
	found, err := a.find(ctx)
	stop()
	if e := <-over; e != nil {
		err = e
	}
	return found, err
}

func (a *Asker) find(ctx context.Context) ([]net.HardwareAddr, error) {
	for range mostTries {
		replies, err := a.hello(ctx, findFor, others)
		if err != nil {
			return nil, err
		}
		var found []net.HardwareAddr
		for _, r := range replies {
			found = append(found, bytes.Clone(r.from[:]))
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	return nil, ErrNoPeer
}

// hello says hello and collects the answers, one of each address: for wait
// until the first, and for rest after it.
func (a *Asker) hello(ctx context.Context, wait, rest time.Duration) (replies []reply, err error) {
	a.number++
	m := message{op: opHello, number: a.number, token: rand.Uint64()}
	if err := a.send(m, 0); err != nil {
		return nil, err
	}
	for end := time.Now().Add(wait); len(replies) < mostFound; {
		r, ok, err := a.await(ctx, time.Until(end), func(r reply) bool { return r.op == opHello && r.number == m.number })
		if err != nil || !ok {
			return replies, err
		}
		if len(replies) == 0 {
			end = time.Now().Add(rest)
		}
		i := slices.IndexFunc(replies, func(o reply) bool { return o.from == r.from })
		switch {
		case i < 0:
			replies = append(replies, r)
		case replies[i].token != r.token:
			return nil, fmt.Errorf("%v: %w", net.HardwareAddr(r.from[:]), ErrTwoPeers)
		}
	}
	return replies, nil
}

// greet gets the token of the address that is asked.
func (a *Asker) greet(ctx context.Context) error {
	wait := firstWait
	for end := time.Now().Add(a.Patience); ; wait = min(2*wait, longWait) {
		replies, err := a.hello(ctx, wait, linger)
		switch {
		case err != nil:
			return err
		case len(replies) > 0:
			a.greeting = replies[0].token
			return nil
		case !time.Now().Before(end):
			return fmt.Errorf("%v: %w", a.peer, ErrNoPeer)
		}
	}
}

// Begin begins a test of a service and returns the answer. Questions will have
// up to most bytes with their Ethernet header, or less if those do not get
// through.
func (a *Asker) Begin(ctx context.Context, service Service, text []byte, most int) ([]byte, error) {
	if err := a.greet(ctx); err != nil {
		return nil, err
	}
	a.asking.Lock()
	defer a.asking.Unlock()
	a.service = service
	patience := a.Patience
	defer func() { a.Patience = patience }()
	a.number++
	for i, size := range sizes(most) {
		a.most, a.Patience = size, patience/4
		answer, token, err := a.whole(ctx, message{service: service, op: opBegin, token: a.greeting, number: a.number}, text, size)
		switch {
		case errors.Is(err, ErrLapsed) && i == 0: // it was started again, or there are two
			if err := a.greet(ctx); err != nil {
				return nil, err
			}
		case errors.Is(err, ErrNoPeer):
		case err != nil:
			return nil, err
		default:
			a.token.Store(token)
			return answer, nil
		}
	}
	return nil, fmt.Errorf("%v: %w", a.peer, ErrNoPeer)
}

// sizes are the lengths of questions to try: the longest, what every IPv6 link
// carries, what every IPv4 link carries, and one that all do.
func sizes(most int) []int {
	all := []int{min(most, longest)}
	for _, s := range []int{1280 + headerLen, 576 + headerLen, 124} {
		if s < all[len(all)-1] {
			all = append(all, s)
		}
	}
	return all
}
