package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// A frame of so many bytes has this size as eterm counts: with FCS.
const fcs = 4

// enough is more frames than any tool sends while it is measured.
const enough = 50_000_000

// sendTable is one table of sending at maximum.
type sendTable struct {
	by      kind
	length  int
	threads int
	title   string
}

var sendTables = []sendTable{
	{cable, 64, 1, "cable, 64 bytes"},
	{cable, 1514, 1, "cable, 1514 bytes"},
	{bridged, 64, 1, "Linux bridge, 64 bytes"},
	{bridged, 1514, 1, "Linux bridge, 1514 bytes"},
	{cableWith2, 64, 2, "cable with two queues, 64 bytes, two threads"},
}

// send fills the tables of sending at maximum.
func (b *bench) send(ctx context.Context) error {
	paths := map[kind]*path{}
	for i, c := range sendTables {
		if b.short && i > 0 {
			break
		}
		if paths[c.by] == nil {
			p, err := b.newPath(fmt.Sprintf("send%d", c.by), c.by)
			if err != nil {
				return err
			}
			paths[c.by] = p
		}
		tools, err := b.senders(c.length, c.threads)
		if err != nil {
			return err
		}
		all, err := b.interleave(ctx, tools, func(ctx context.Context, t tool) (sample, error) {
			return b.sendOnce(ctx, paths[c.by], t)
		})
		if err != nil {
			return err
		}
		b.printSenders("Send at maximum, "+c.title, all)
	}
	return nil
}

func (b *bench) printSenders(title string, all []measured) {
	peers := best(all, 0)
	b.print(title, []string{"tool", "kpps arrived", "min..max", "CPU ns/frame", "of the best peer"}, all, func(m measured) []string {
		v := m.column(0)
		return []string{fmt.Sprintf("%.0f", m.median(0)/1e3), fmt.Sprintf("%.0f..%.0f", v[0]/1e3, v[len(v)-1]/1e3),
			fmt.Sprintf("%.0f", m.median(1)), ratio(m.median(0), peers)}
	})
}

// senders are the tools that send frames of a length as fast as they can, from
// one thread or those of them that can from several.
func (b *bench) senders(length, threads int) ([]tool, error) {
	f, err := b.files(length)
	if err != nil {
		return nil, err
	}
	eterm := fmt.Sprintf("%s send -i %s -b max -c %d --to %s -s %d --threads %d", b.eterm, port, enough, targetMAC, length+fcs, threads)
	trafgen := fmt.Sprintf("trafgen --dev %s --conf %s --num %d --cpus %d -V", port, f.trafgen, enough, threads)
	tools := []tool{
		command("eterm send --engine socket", eterm+" --engine socket"),
		command("eterm send --engine xdp", eterm+" --engine xdp"),
		command("trafgen", trafgen),
		command("trafgen -q", trafgen+" -q"),
	}
	if threads == 1 {
		tools = append(tools,
			command("tcpreplay --topspeed", fmt.Sprintf("tcpreplay -i %s -q -K --topspeed --loop 50000 %s", port, f.pcap)),
			command("mausezahn", fmt.Sprintf("mausezahn %s -q -c %d -d 0 %s", port, enough, f.hex)),
			command("nping --rate", fmt.Sprintf("nping --udp -p 9 -e %s --send-eth --source-mac %s --dest-mac %s -N -H -c %d --rate 10000000 --data-length %d 10.99.1.9",
				port, sourceMAC, targetMAC, enough, length-42)))
	}
	// Last: the queue that AF_XDP takes is free again only some time after its
	// user ended.
	return b.present(append(tools, command("eterm send (auto)", eterm))...), nil
}

// sendOnce measures how fast one tool's frames arrive, and its processor time.
func (b *bench) sendOnce(ctx context.Context, p *path, t tool) (sample, error) {
	before, err := p.arrived()
	if err != nil {
		return nil, err
	}
	proc, err := start(ctx, p.left, t)
	if err != nil {
		return nil, err
	}
	defer proc.stop(time.Second)
	c := curve{}
	for proc.running() && time.Since(proc.started) < 10*time.Second {
		n, err := p.arrived()
		if err != nil {
			return nil, err
		}
		c.add(time.Now(), n-before)
		if c.flowingFor() > b.each {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	proc.stop(3 * time.Second)
	after, err := p.arrived()
	if err != nil {
		return nil, err
	}
	total := after - before
	if total == 0 {
		return nil, fmt.Errorf("no frame arrived: %.200s", proc.said.String())
	}
	rate, err := c.rate(total)
	return sample{rate, float64(proc.cpu().Nanoseconds()) / float64(total)}, err
}

// curve is how many frames had arrived at which time.
type curve struct {
	at []time.Time
	n  []uint64
}

func (c *curve) add(at time.Time, n uint64) {
	c.at, c.n = append(c.at, at), append(c.n, n)
}

// flowingFor is how long ago the first frames arrived.
func (c *curve) flowingFor() time.Duration {
	for i, n := range c.n {
		if n > 50 {
			return c.at[len(c.at)-1].Sub(c.at[i])
		}
	}
	return 0
}

// rate is the slope between 5 and 95 percent of the frames: without the
// time a tool takes to get going and to end.
func (c *curve) rate(total uint64) (float64, error) {
	first, last := -1, -1
	for i, n := range c.n {
		if first < 0 && n*20 >= total {
			first = i
		}
		if n*20 <= total*19 {
			last = i
		}
	}
	if first < 0 || last <= first {
		return math.NaN(), errors.New("ended too soon to be measured")
	}
	return float64(c.n[last]-c.n[first]) / c.at[last].Sub(c.at[first]).Seconds(), nil
}
