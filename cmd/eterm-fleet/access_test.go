package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"eterm/cmd/eterm-fleet/internal/agent"
	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/control"
	"eterm/cmd/eterm-fleet/internal/creds"
	"eterm/cmd/eterm-fleet/internal/sim"
	"eterm/cmd/eterm-fleet/internal/spool"
	"eterm/iface/lab/labtest"
)

// serving is a controller in a process, on loopback.
func serving(t *testing.T, more ...string) *serverProcess {
	t.Helper()
	return servingIn(t, filepath.Join(t.TempDir(), "c"), more...)
}

// servingIn is one with a folder of its own choice.
func servingIn(t *testing.T, dir string, more ...string) *serverProcess {
	t.Helper()
	labtest.Need(t)
	t.Setenv(programVar, "1")
	s, err := startServer(t.Context(), dir, more...)
	must(t, err)
	t.Cleanup(s.stop)
	return s
}

// TestTwoControllers: a second controller in the same folder is refused.
func TestTwoControllers(t *testing.T) {
	s := serving(t)
	status, _, stderr := fleet(t, "serve", "--dir", s.dir, "--listen", "127.0.0.1:1")
	if status != statusUsage || !strings.Contains(stderr, "another controller works in "+s.dir) {
		t.Errorf("status %d, %s", status, stderr)
	}
}

// enrolled is a host's credentials, when the controller knows them.
func enrolled(t *testing.T, s *serverProcess, host string) (creds.Creds, *nats.Conn) {
	t.Helper()
	c, err := control.Enroll(s.dir, host, 0)
	must(t, err)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		nc, err := c.Connect(host)
		if err == nil {
			t.Cleanup(nc.Close)
			return c, nc
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// TestKeysAreForOneHost: an agent's key is good for its own results and ports,
// and for no orders.
func TestKeysAreForOneHost(t *testing.T) {
	s := serving(t)
	_, nc := enrolled(t, s, "h1")
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(time.Second))
	must(t, err)
	if _, err := js.Publish(t.Context(), bus.ResultSubject("r", 0, "h1.eth1"), []byte("x")); err != nil {
		t.Errorf("its own result: %v", err)
	}
	if _, err := js.Publish(t.Context(), bus.ResultSubject("r", 0, "h1.eth1"), []byte("y")); err == nil || !bus.Stored(err) {
		t.Errorf("the same again: %v", err)
	}
	for _, subject := range []string{bus.ResultSubject("r", 0, "h2.eth1"), "$KV.plans.state.r", "$KV.agents.h2.eth1"} {
		if _, err := js.Publish(t.Context(), subject, []byte("x")); err == nil || bus.Stored(err) {
			t.Errorf("%s is taken from h1", subject)
		}
	}
}

// TestManyFollowers: that many agents follow the plans leaves the controller able
// to read them.
func TestManyFollowers(t *testing.T) {
	s := serving(t)
	nc, err := s.creds.Connect("test")
	must(t, err)
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	must(t, err)
	plans, err := js.KeyValue(t.Context(), bus.Plans)
	must(t, err)
	for range 1001 {
		_, err := plans.WatchAll(t.Context())
		must(t, err)
	}
	if _, err := (control.Book{JS: js}).Runs(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestWrongCredentials are told as such.
func TestWrongCredentials(t *testing.T) {
	s := serving(t)
	c, _, err := creds.New("h9", s.creds.URL, "", time.Time{})
	must(t, err)
	if _, err := c.Connect("h9"); err == nil || !strings.Contains(err.Error(), "does not know these credentials") {
		t.Errorf("%v", err)
	}
	c.Expires = time.Now().Add(-time.Hour)
	if _, err := c.Connect("h9"); !errors.Is(err, creds.ErrExpired) {
		t.Errorf("%v", err)
	}
	open := filepath.Join(t.TempDir(), "x.creds")
	must(t, os.WriteFile(open, []byte("{}"), 0o644))
	if _, err := creds.Read(open); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("%v", err)
	}
}

// TestClockJumps: an agent whose clock jumps by an hour takes no part, and says
// why.
func TestClockJumps(t *testing.T) {
	s := serving(t)
	_, nc := enrolled(t, s, "h1")
	box, err := spool.Open(t.TempDir(), 1<<20)
	must(t, err)
	began := time.Now()
	a, err := agent.New(nc, agent.Config{Host: "h1", Ports: []agent.Port{(&sim.Hub{}).Port("p0")}, Spool: box, Now: func() time.Time {
		if time.Since(began) > time.Second {
			return time.Now().Add(time.Hour)
		}
		return time.Now()
	}})
	must(t, err)
	go func() { _ = a.Run(t.Context()) }()
	admin, err := s.creds.Connect("test")
	must(t, err)
	defer admin.Close()
	js, err := jetstream.New(admin)
	must(t, err)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		ports, err := control.Book{JS: js}.Ports(t.Context())
		if err == nil && strings.Contains(ports["h1.p0"].Clock.Withdrew, "this clock is off by 1h0m0") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%v, %+v", err, ports["h1.p0"].Clock)
		}
	}
}
