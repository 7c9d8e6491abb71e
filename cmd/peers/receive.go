package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// receive fills the tables of receiving what a generator sends at full speed.
func (b *bench) receive(ctx context.Context) error {
	p, err := b.newPath("overload", cable)
	if err != nil {
		return err
	}
	for _, length := range b.lengths() {
		f, err := b.files(length)
		if err != nil {
			return err
		}
		generator := pinned(command("generator", fmt.Sprintf("%s send -i %s -b max -c %d --engine socket -q -r %s", b.eterm, port, enough, f.one)), 0)
		if installed("trafgen") {
			generator = pinned(command("generator", fmt.Sprintf("trafgen --dev %s --conf %s --num %d --cpus 1 -V", port, f.trafgen, enough)), 0)
		}
		all, err := b.interleave(ctx, b.receivers(), func(ctx context.Context, t tool) (sample, error) {
			return b.receiveOnce(ctx, p, t, generator)
		})
		if err != nil {
			return err
		}
		b.print(fmt.Sprintf("Receive at overload, %d bytes", length),
			[]string{"tool", "handled kpps", "offered kpps", "lost %", "CPU ns/frame", "with start and end"}, all, func(m measured) []string {
				return []string{fmt.Sprintf("%.0f", m.median(0)/1e3), fmt.Sprintf("%.0f", m.median(1)/1e3),
					fmt.Sprintf("%.2f", m.median(2)*100), fmt.Sprintf("%.0f", m.median(3)), fmt.Sprintf("%.0f", m.median(4))}
			})
	}
	return nil
}

// receivers are the tools, in groups that do the same.
func (b *bench) receivers() []tool {
	pcap, text := filepath.Join(b.workDir, "rx.pcap"), filepath.Join(b.workDir, "rx.txt")
	listen := b.eterm + " listen -i " + port
	to := func(t tool, out string) tool {
		t.out = out
		return t
	}
	tools := b.present(
		command("eterm listen -q: count", listen+" -q"),
		to(command("tcpdump -w - >/dev/null: count", "tcpdump -Z root -i "+port+" -B 8192 -w -"), "/dev/null"),
		command("eterm listen -w: pcapng", listen+" -w "+pcap),
		command("tcpdump -w: pcap", "tcpdump -Z root -i "+port+" -B 8192 -w "+pcap),
		command("netsniff-ng --out: pcap", "netsniff-ng --in "+port+" --out "+pcap+" -s --ring-size 8MiB"),
		command("dumpcap -w: pcapng", "dumpcap -q -i "+port+" -B 8 -w "+pcap),
		to(command("eterm listen: hex dump", listen), text),
		to(command("tcpdump -nn -e -xx: hex dump", "tcpdump -Z root -nn -e -xx -i "+port+" -B 8192"), text),
		to(command("netsniff-ng --hex: hex dump", "netsniff-ng --in "+port+" --hex --ring-size 8MiB"), text),
		to(command("eterm listen --format line: one line", listen+" --format line"), text),
		to(command("tcpdump -nn -e: one line", "tcpdump -Z root -nn -e -i "+port+" -B 8192"), text),
	)
	for i := range tools {
		tools[i] = pinned(tools[i], 1)
	}
	return tools
}

// counted finds how many frames a receiver says it took.
var counted = regexp.MustCompile(`(\d+) received|(\d+) packets captured|(\d+)\s+packets passed filter|Packets captured: (\d+)`)

// receiveOnce lets a tool receive for a while what the generator sends.
func (b *bench) receiveOnce(ctx context.Context, p *path, t, generator tool) (sample, error) {
	defer func() {
		for _, name := range []string{"rx.pcap", "rx.txt"} {
			os.Remove(filepath.Join(b.workDir, name))
		}
	}()
	proc, err := start(ctx, p.right, t)
	if err != nil {
		return nil, err
	}
	defer proc.stop(time.Second)
	if proc.wait(500 * time.Millisecond) { // there is no other sign that all of them are ready
		return nil, fmt.Errorf("ended at once: %.200s", proc.said.String())
	}
	if err := b.fetchMemory(); err != nil {
		return nil, err
	}
	before, err := proc.used()
	if err != nil {
		return nil, err
	}
	offered, took, err := b.generate(ctx, p, generator)
	if err != nil {
		return nil, err
	}
	if !b.short {
		time.Sleep(1200 * time.Millisecond) // libpcap hands its last block over after a second
	}
	after, err := proc.used()
	if err != nil {
		return nil, err
	}
	proc.stop(30 * time.Second)
	n, err := countIn(proc.said.String())
	if err != nil {
		return nil, err
	}
	return sample{n / took.Seconds(), offered / took.Seconds(), 1 - n/offered,
		float64((after - before).Nanoseconds()) / max(n, 1), float64(proc.cpu().Nanoseconds()) / max(n, 1)}, nil
}

// fetchMemory writes as much as a receiver may write in a measurement, and
// removes it. The host of a virtual machine takes free memory back, and fetching
// it again would cost more than receiving.
func (b *bench) fetchMemory() error {
	if b.short {
		return nil
	}
	f, err := os.Create(filepath.Join(b.workDir, "memory"))
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var room unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &room); err != nil {
		return err
	}
	zeros := make([]byte, 1<<20)
	for range min(1024, int64(room.Bavail)*int64(room.Bsize)/4>>20) { //nolint:unconvert // narrower on other processors
		if _, err := f.Write(zeros); err != nil {
			return err
		}
	}
	return nil
}

// generate sends for the time of a measurement, and says how many frames
// reached the receiving interface and in which time.
func (b *bench) generate(ctx context.Context, p *path, generator tool) (float64, time.Duration, error) {
	before, err := p.arrived()
	if err != nil {
		return 0, 0, err
	}
	g, err := start(ctx, p.left, generator)
	if err != nil {
		return 0, 0, err
	}
	defer g.stop(time.Second)
	for now := before; now == before && g.running(); {
		time.Sleep(5 * time.Millisecond)
		if now, err = p.arrived(); err != nil {
			return 0, 0, err
		}
	}
	begun := time.Now()
	g.wait(b.each)
	g.stop(3 * time.Second)
	took := time.Since(begun)
	after, err := p.arrived()
	if after == before && err == nil {
		err = fmt.Errorf("the generator sent nothing: %.200s", g.said.String())
	}
	return float64(after - before), took, err
}

func countIn(said string) (float64, error) {
	found := counted.FindStringSubmatch(said)
	if found == nil {
		return 0, errors.New("it does not say how many it took: " + said[:min(len(said), 200)])
	}
	for _, group := range found[1:] {
		if group != "" {
			return strconv.ParseFloat(group, 64)
		}
	}
	return 0, errors.New("no count")
}
