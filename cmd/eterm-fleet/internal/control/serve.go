package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"eterm/cmd/eterm-fleet/internal/creds"
)

// Config says how a controller works.
type Config struct {
	Dir    string
	Listen string   // HOST:PORT; beyond loopback only with TLS, which is then on
	Names  []string // that the certificate is for, besides the host of Listen
	// MostBytes bounds the results kept.
	MostBytes int64
	// Ready is called with the address, and what is stored, when agents can come.
	// Its error ends the controller.
	Ready func(url string, book Book) error
}

// DefaultBytes is room for some 200,000 results.
const DefaultBytes = 1 << 30

// Serve is a controller with a server of its own, until ctx ends.
func Serve(ctx context.Context, c Config) error {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return err
	}
	held, err := lock(c.Dir)
	if err != nil {
		return err
	}
	defer held.Close()
	opts, at, err := c.options()
	if err != nil {
		return err
	}
	b, err := json.Marshal(at)
	if err != nil {
		return err
	}
	if err := replace(whereFile(c.Dir), b); err != nil {
		return err
	}
	if err := ensureAdmin(c.Dir, at); err != nil {
		return err
	}
	all, err := users(c.Dir, time.Now())
	if err != nil {
		return err
	}
	opts.Nkeys = nkeyUsers(all)
	s, err := server.NewServer(opts)
	if err != nil {
		return err
	}
	s.Start()
	defer func() { s.Shutdown(); s.WaitForShutdown() }()
	if !s.ReadyForConnections(20 * time.Second) {
		return fmt.Errorf("the message server at %s does not start: is the address taken, or %s not writable?", c.Listen, c.Dir)
	}
	if !s.JetStreamEnabled() {
		return fmt.Errorf("the message server cannot store in %s: is the disk full, or not writable?", c.Dir)
	}
	admin, err := creds.Read(adminFile(c.Dir))
	if err != nil {
		return err
	}
	nc, err := admin.Connect("controller")
	if err != nil {
		return err
	}
	defer nc.Close()
	go keepUsers(ctx, c.Dir, s, opts, all)
	return Attend(ctx, nc, c.MostBytes, func(book Book) error {
		if c.Ready == nil {
			return nil
		}
		return c.Ready(at.URL, book)
	})
}

// mostFollowers bounds who reads plans at the same time: each agent does, and the
// controller. The server's own bound of 1,000 would shut the controller out.
const mostFollowers = 20_000

// options are those of the message server.
func (c Config) options() (*server.Options, Where, error) {
	host, portName, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return nil, Where{}, fmt.Errorf("--listen %q: want HOST:PORT, such as 127.0.0.1:4222", c.Listen)
	}
	port, err := net.LookupPort("tcp", portName)
	if err != nil {
		return nil, Where{}, err
	}
	if port == 0 {
		return nil, Where{}, fmt.Errorf("--listen %s: agents have to know the port: give one above 0", c.Listen)
	}
	opts := &server.Options{ServerName: "eterm-fleet", Host: host, Port: port, JetStream: true, StoreDir: filepath.Join(c.Dir, "store"),
		SyncAlways: true, NoSigs: true, NoLog: true, DontListen: false, MaxPayload: 4 << 20}
	opts.JetStreamLimits.DefaultMaxConsumers = mostFollowers
	at := Where{URL: "nats://" + c.Listen}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return opts, at, nil
	}
	a, err := creds.LoadAuthority(c.Dir)
	if err != nil {
		return nil, at, err
	}
	names := append([]string{host}, c.Names...)
	if opts.TLSConfig, err = a.Server(names...); err != nil {
		return nil, at, err
	}
	opts.TLS, opts.TLSTimeout = true, 5
	at = Where{URL: "tls://" + net.JoinHostPort(names[len(names)-1], portName), TLS: true}
	return opts, at, nil
}

// ensureAdmin makes the credentials of who gives orders, anew where the server
// has moved.
func ensureAdmin(dir string, at Where) error {
	if c, err := creds.Read(adminFile(dir)); err == nil && c.URL == at.URL && (c.CA != "") == at.TLS {
		return nil
	}
	c, err := enroll(dir, adminHost, 0, true)
	if err != nil {
		return err
	}
	b, err := c.Encode()
	if err != nil {
		return err
	}
	return replace(adminFile(dir), b)
}

// keepUsers tells the server who was enrolled meanwhile, and who expired.
func keepUsers(ctx context.Context, dir string, s *server.Server, opts *server.Options, known []user) {
	for tick := time.NewTicker(time.Second); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		all, err := users(dir, time.Now())
		if err != nil || fmt.Sprint(all) == fmt.Sprint(known) {
			continue
		}
		changed := opts.Clone()
		changed.Nkeys = nkeyUsers(all)
		if s.ReloadOptions(changed) == nil {
			known = all
		}
	}
}
