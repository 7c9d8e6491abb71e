package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"eterm/cmd/eterm-fleet/internal/agent"
	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/creds"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/eterm-fleet/internal/spool"
	"eterm/cmd/internal/sandbox"
	"eterm/iface"
)

// words is a flag that may be given several times.
type words []string

func (w *words) String() string     { return strings.Join(*w, ",") }
func (w *words) Set(s string) error { *w = append(*w, s); return nil }

// agentCommand is eterm-fleet agent.
type agentCommand struct {
	*privilege
	creds, limits, spool string
	ports                words
	most                 int64
	orphan               time.Duration
	share                bool
	metrics              string
}

func setAgent(p *program) func(context.Context) error {
	a := &agentCommand{privilege: p.confine("agent")}
	p.flags.StringVar(&a.creds, "creds", "", "credentials `FILE` of \"fleet enroll\" for this host")
	p.flags.Var(&a.ports, "port", "let `INTERFACE` take part; may be given several times")
	p.flags.StringVar(&a.limits, "limits", "", "allow no plan more than `FILE` says (JSON: frames_per_s, bytes_per_run, vlans)")
	p.flags.StringVar(&a.spool, "spool", "/var/lib/eterm-agent/spool", "keep results in `FOLDER` until the controller has them for good")
	p.flags.Int64Var(&a.most, "spool-size", 256<<20, "spool at most `BYTES`: when they are used up, no test is begun")
	p.flags.DurationVar(&a.orphan, "orphan", 10*time.Minute, "begin no slot after `TIME` without a word from the controller")
	p.flags.StringVar(&a.metrics, "metrics", "", "tell Prometheus at `HOST:PORT` how it goes, such as 127.0.0.1:9464; anybody who comes there is told")
	p.flags.BoolVar(&a.share, "share", false, "use an interface for tests that this machine is managed over")
	return a.run
}

func (a *agentCommand) run(ctx context.Context) error {
	switch {
	case a.creds == "":
		return fmt.Errorf("no --creds: give the file that \"eterm fleet enroll\" made for this host")
	case len(a.ports) == 0:
		return fmt.Errorf("no --port: name the interfaces that may be tested, \"eterm interfaces\" lists them")
	case a.orphan <= 0:
		return fmt.Errorf("--orphan %v: want a time above 0", a.orphan)
	}
	if err := a.begin(); err != nil {
		return err
	}
	c, err := creds.Read(a.creds)
	if err != nil {
		return err
	}
	var limits bus.Limits
	if a.limits != "" {
		if limits, err = bus.ReadLimits(a.limits); err != nil {
			return err
		}
	}
	var ports []agent.Port
	for _, name := range a.ports {
		if !plan.GoodLabel(c.Host + "." + name) {
			return fmt.Errorf("interface %q of host %q: names of ports have letters, digits, - and _ only", name, c.Host)
		}
		ports = append(ports, agent.Interface(name))
	}
	box, err := a.openSpool()
	if err != nil {
		return err
	}
	if err := a.canOpen(); err != nil {
		return err
	}
	nc, err := c.Connect(c.Host)
	if err != nil {
		return err
	}
	defer nc.Close()
	if err := a.apart(nc); err != nil {
		return err
	}
	config := agent.Config{Host: c.Host, Ports: ports, Limits: limits, Spool: box, Expires: c.Expires, Orphan: a.orphan, Say: func(text string) { a.note("%s", text) }}
	works, err := agent.New(nc, config)
	if err != nil {
		return err
	}
	tell, err := a.telling(works)
	if err != nil {
		return err
	}
	if err := a.atWork(a.spool); err != nil {
		return err
	}
	a.note("agent of %s with %s, controller %s", c.Host, a.ports.String(), c.URL)
	err = beside(ctx, tell, works.Run)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // interrupted while it still made itself known
	}
	return err
}

// openSpool opens the spool as the user that the agent becomes.
func (a *agentCommand) openSpool() (box *spool.Spool, err error) {
	err = sandbox.AsUser(func() error {
		box, err = spool.Open(a.spool, a.most)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return box, nil
}

// canOpen opens each port once: a missing permission is told at the start, not
// in the first slot.
func (a *agentCommand) canOpen() error {
	for _, name := range a.ports {
		p, err := iface.Open(name, iface.Options{})
		if errors.Is(err, iface.ErrPermission) {
			exe, _ := filepath.Abs("/proc/self/exe")
			if real, e := filepath.EvalSymlinks(exe); e == nil {
				exe = real
			}
			return fmt.Errorf("%w: allow it with \"sudo setcap cap_net_raw+ep %s\"", err, exe)
		}
		if err != nil {
			return err
		}
		p.Close()
	}
	return nil
}

// apart refuses ports that this machine is managed over.
func (a *agentCommand) apart(nc *nats.Conn) error {
	var local net.IP
	if host, _, err := net.SplitHostPort(nc.LocalAddr()); err == nil {
		local = net.ParseIP(host)
	}
	for _, name := range a.ports {
		why, err := agent.Manages(name, local)
		if err != nil {
			return err
		}
		if why != "" && !a.share {
			return fmt.Errorf("%s is the management network (%s) and tests would disturb it: name another port, or give --share", name, why)
		}
	}
	return nil
}
