package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"eterm/cmd/eterm-fleet/internal/control"
	"eterm/cmd/eterm-fleet/internal/creds"
	"eterm/cmd/internal/result"
)

// controllerFlags say which controller a command asks.
type controllerFlags struct{ creds, dir, url string }

func (c *controllerFlags) set(p *program) {
	p.flags.StringVar(&c.creds, "creds", os.Getenv("ETERM_FLEET_CREDS"), "credentials `FILE` of the controller (admin.creds in its folder), or $ETERM_FLEET_CREDS")
	p.flags.StringVar(&c.dir, "dir", "", "the controller's `FOLDER`, on the same machine: its admin.creds is used")
	p.flags.StringVar(&c.url, "nats", "", "the server at `URL` rather than the one the credentials name")
}

// open connects to the controller.
func (c *controllerFlags) open() (*nats.Conn, control.Book, error) {
	file := c.creds
	if c.dir != "" {
		file = control.AdminCreds(c.dir)
	}
	if file == "" {
		return nil, control.Book{}, fmt.Errorf("no --creds and no --dir: name the controller's admin.creds or its folder")
	}
	have, err := creds.Read(file)
	if err != nil {
		return nil, control.Book{}, err
	}
	if c.url != "" {
		have.URL = c.url
	}
	nc, err := have.Connect("admin")
	if err != nil {
		return nil, control.Book{}, err
	}
	js, err := jetstream.New(nc)
	return nc, control.Book{JS: js}, err
}

// with gives a command its connection.
func (c *controllerFlags) with(do func(context.Context, *nats.Conn, control.Book) error) func(context.Context) error {
	return func(ctx context.Context) error {
		nc, book, err := c.open()
		if err != nil {
			return err
		}
		defer nc.Close()
		return do(ctx, nc, book)
	}
}

// setEnroll is eterm-fleet enroll.
func setEnroll(p *program) func(context.Context) error {
	dir := p.flags.String("dir", "", "the controller's `FOLDER`")
	valid := p.flags.Duration("valid", 0, "let the credentials expire after `TIME`; 0: never")
	return func(context.Context) error {
		if *dir == "" {
			return fmt.Errorf("no --dir: give the controller's folder")
		}
		if *valid < 0 {
			return fmt.Errorf("--valid %v: want a time above 0", *valid)
		}
		c, err := control.Enroll(*dir, p.operands[0], *valid)
		if err != nil {
			return err
		}
		b, err := c.Encode()
		if err == nil {
			_, err = p.stdout.Write(b)
		}
		p.note("%s may take part in two seconds; the file is its secret: chmod 600, and give it to that machine only", c.Host)
		return err
	}
}

// setPorts is eterm-fleet ports.
func setPorts(p *program) func(context.Context) error {
	var c controllerFlags
	c.set(p)
	return c.with(func(ctx context.Context, _ *nats.Conn, book control.Book) error {
		ports, err := book.Ports(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "%-24s %-17s %-5s %10s  %-12s %s\n", "PORT", "MAC", "LINK", "MBIT/S", "CLOCK", "STATE")
		for _, label := range control.Labels(ports) {
			is := ports[label]
			link, speed, state := "down", "?", "ready"
			if is.Carrier {
				link = "up"
			}
			if is.SpeedBPS > 0 {
				speed = fmt.Sprint(is.SpeedBPS / 1e6)
			}
			switch {
			case is.Clock.Withdrew != "":
				state = is.Clock.Withdrew
			case is.Busy != "":
				state = "busy with " + is.Busy
			}
			if is.Spool > 0 {
				state += fmt.Sprintf(", %d results in its spool", is.Spool)
			}
			fmt.Fprintf(p.stdout, "%-24s %-17s %-5s %10s  %-12s %s\n", result.Text(label), result.Text(is.MAC), link, speed, is.Clock.Offset.Round(10*time.Microsecond), result.Text(state))
		}
		return nil
	})
}

// setCancel is eterm-fleet cancel.
func setCancel(p *program) func(context.Context) error {
	var c controllerFlags
	c.set(p)
	return c.with(func(ctx context.Context, _ *nats.Conn, book control.Book) error {
		return book.Cancel(ctx, p.operands[0])
	})
}
