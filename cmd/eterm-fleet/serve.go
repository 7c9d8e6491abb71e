package main

import (
	"context"
	"fmt"
	"strings"

	"eterm/cmd/eterm-fleet/internal/control"
	"eterm/cmd/eterm-fleet/internal/creds"
)

// setServe is eterm-fleet serve.
func setServe(p *program) func(context.Context) error {
	dir := p.flags.String("dir", "", "keep everything in `FOLDER`")
	listen := p.flags.String("listen", "127.0.0.1:4222", "let agents come to `HOST:PORT`; with TLS unless that is loopback")
	names := p.flags.String("name", "", "agents call this host `NAME[,NAME]`: for its certificate; the last one goes into credentials")
	most := p.flags.Int64("store", control.DefaultBytes, "keep results of at most `BYTES`")
	url := p.flags.String("nats", "", "use the server at `URL` rather than one of our own; with --creds")
	file := p.flags.String("creds", "", "credentials `FILE` for --nats")
	telling := p.flags.String("metrics", "", "tell Prometheus at `HOST:PORT` how the fleet goes, such as 127.0.0.1:9465; anybody who comes there is told")
	g := p.confine("serve")
	return func(ctx context.Context) error {
		switch {
		case (*url == "") != (*file == ""):
			return fmt.Errorf("--nats and --creds go together: give both or none")
		case *url != "" && *dir != "":
			return fmt.Errorf("--nats and --dir contradict each other: give one")
		case *url == "" && *dir == "":
			return fmt.Errorf("no --dir: give the folder that plans and results are kept in")
		case *most < 1<<20:
			return fmt.Errorf("--store %d: want at least 1048576", *most)
		}
		if err := g.begin(); err != nil {
			return err
		}
		books := make(chan control.Book, 1)
		tell, err := g.tellingFleet(*telling, books)
		if err != nil {
			return err
		}
		if *url != "" {
			return beside(ctx, tell, func(ctx context.Context) error { return g.attend(ctx, *url, *file, *most, books) })
		}
		c := control.Config{Dir: *dir, Listen: *listen, MostBytes: *most, Ready: func(at string, book control.Book) error {
			books <- book
			err := g.atWork(*dir)
			if err == nil {
				p.note("serving at %s, folder %s", at, *dir)
			}
			return err
		}}
		if *names != "" {
			c.Names = strings.Split(*names, ",")
		}
		return beside(ctx, tell, func(ctx context.Context) error { return control.Serve(ctx, c) })
	}
}

// attend is a controller on a server that is there already.
func (g *privilege) attend(ctx context.Context, url, file string, most int64, books chan<- control.Book) error {
	c, err := creds.Read(file)
	if err != nil {
		return err
	}
	c.URL = url
	nc, err := c.Connect("controller")
	if err != nil {
		return err
	}
	defer nc.Close()
	return control.Attend(ctx, nc, most, func(book control.Book) error {
		books <- book
		err := g.atWork()
		if err == nil {
			g.note("attending at %s", url)
		}
		return err
	})
}
