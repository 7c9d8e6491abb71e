package control

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/plan"
)

// Attend is what a controller does beside its server, on its own or an existing
// one: it makes what is stored, tells the time, and closes runs whose results
// are all there. A stream that somebody deleted it makes again, and asks the
// agents for what their spools still have.
func Attend(ctx context.Context, nc *nats.Conn, mostBytes int64, ready func(Book) error) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	if err := bus.Ensure(ctx, js, mostBytes); err != nil {
		return err
	}
	sub, err := nc.Subscribe(bus.TimeAsk, func(m *nats.Msg) { _ = m.Respond([]byte(time.Now().UTC().Format(time.RFC3339Nano))) })
	if err != nil {
		return err
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := nc.Flush(); err != nil {
		return err
	}
	book := Book{js}
	if err := ready(book); err != nil {
		return err
	}
	for tick := time.NewTicker(2 * time.Second); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return nil
		case <-tick.C:
			if err := book.attendOnce(ctx, nc, mostBytes); err != nil && !errors.Is(err, context.Canceled) && nc.IsClosed() {
				return err
			}
		}
	}
}

// attendOnce looks after what is stored.
func (b Book) attendOnce(ctx context.Context, nc *nats.Conn, mostBytes int64) error {
	if _, err := b.JS.Stream(ctx, bus.Stream); errors.Is(err, jetstream.ErrStreamNotFound) {
		if err := bus.Ensure(ctx, b.JS, mostBytes); err != nil {
			return err
		}
		if err := b.askSpools(ctx, nc); err != nil {
			return err
		}
	}
	return b.closeComplete(ctx)
}

// askSpools asks all agents to publish again what their spools have.
func (b Book) askSpools(ctx context.Context, nc *nats.Conn) error {
	ports, err := b.Ports(ctx)
	if err != nil {
		return err
	}
	asked := map[string]bool{}
	for label := range ports {
		host := plan.Host(label)
		if asked[host] {
			continue
		}
		asked[host] = true
		if err := nc.Publish(bus.AskSubject(host), []byte(bus.SendSpool)); err != nil {
			return err
		}
	}
	return nil
}
