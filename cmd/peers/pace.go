package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"eterm/frame/probe"
	"eterm/iface"
)

// hold is how long the receiver's ring may hold a frame. Its timer interrupts a
// processor that often, which makes a frame late that is due just then: every
// eighth of 1,000 a second or none, by chance, if that were 8 ms.
const hold = time.Second

// pace fills the tables of sending at a rate. The gaps are between the
// kernel's timestamps at the receiver.
func (b *bench) pace(ctx context.Context) error {
	p, err := b.newPath("pace", cable)
	if err != nil {
		return err
	}
	f, err := b.files(64)
	if err != nil {
		return err
	}
	for _, rate := range b.rates {
		n := int(math.Ceil(float64(rate)*b.each.Seconds()*2/1000)) * 1000
		us := 1_000_000 / rate
		all, err := b.interleave(ctx, b.present(
			command("eterm send -b", fmt.Sprintf("%s send -i %s -b %dpps -c %d --force --to %s -s 68", b.eterm, port, rate, n, targetMAC)),
			command("eterm link send -b", fmt.Sprintf("%s link send -i %s -b %dpps -c %d --to %s -s 68", b.eterm, port, rate, n, targetMAC)),
			command("trafgen -t", fmt.Sprintf("trafgen --dev %s --conf %s -V --cpus 1 --num %d -t %dus", port, f.trafgen, n, us)),
			command("trafgen -b", fmt.Sprintf("trafgen --dev %s --conf %s -V --cpus 1 --num %d -b %dpps", port, f.trafgen, n, rate)),
			command("mausezahn -d", fmt.Sprintf("mausezahn %s -q -c %d -d %du %s", port, n, us, f.hex)),
			command("tcpreplay --pps", fmt.Sprintf("tcpreplay -i %s -q -K --pps %d --loop %d %s", port, rate, n/1000, f.pcap)),
		), func(ctx context.Context, t tool) (sample, error) {
			return b.paceOnce(ctx, p, t, n, rate)
		})
		if err != nil {
			return err
		}
		b.print(fmt.Sprintf("Pacing, %d frames/s, %d frames, gap error in µs", rate, n),
			[]string{"tool", "frames/s", "rate error %", "p1", "p50", "p99", "p99 of |error|", "CPU %"}, all, paceCells)
	}
	return nil
}

func paceCells(m measured) []string {
	cells := []string{fmt.Sprintf("%.1f", m.median(0)), fmt.Sprintf("%+.4f", m.median(1))}
	for i := 2; i < 6; i++ {
		cells = append(cells, fmt.Sprintf("%.2f", m.median(i)))
	}
	return append(cells, fmt.Sprintf("%.0f", m.median(6)))
}

// paceOnce lets a tool send n frames at a rate and looks at their gaps.
func (b *bench) paceOnce(ctx context.Context, p *path, t tool, n, rate int) (sample, error) {
	var rx iface.Port
	err := p.right.Do(func() (err error) {
		rx, err = iface.Open(port, iface.Options{ReceiveOnly: true, SnapLen: 64, Hold: hold})
		return err
	})
	if err != nil {
		return nil, err
	}
	defer rx.Close()
	proc, err := start(ctx, p.left, t)
	if err != nil {
		return nil, err
	}
	defer proc.stop(time.Second)
	timestamps := make([]int64, 0, n)
	collected := make(chan error, 1)
	collecting, end := context.WithCancel(ctx)
	defer end()
	go func() { collected <- collect(collecting, rx, &timestamps, n) }()
	most := time.Duration(float64(n)/float64(rate)*1.6*float64(time.Second)) + 2*time.Second
	if !proc.wait(most) {
		proc.stop(time.Second)
	}
	wall := time.Since(proc.started)
	time.AfterFunc(100*time.Millisecond, end)
	if err := <-collected; err != nil {
		return nil, err
	}
	if len(timestamps) < 10 {
		return nil, fmt.Errorf("%d frames arrived: %.200s", len(timestamps), proc.said.String())
	}
	return append(gaps(timestamps, rate), 100*proc.cpu().Seconds()/wall.Seconds()), nil
}

// collect takes the timestamps of the test's frames, up to n of them.
func collect(ctx context.Context, rx iface.Port, timestamps *[]int64, n int) error {
	target := macBytes(targetMAC)
	return iface.Frames(ctx, rx, make([]iface.Received, 256), func(batch []iface.Received) error {
		for _, r := range batch {
			if slices.Equal(r.Bytes[:6], target) && paced(r.Bytes) && len(*timestamps) < n {
				*timestamps = append(*timestamps, r.At.UnixNano())
			}
		}
		return nil
	})
}

// paced says whether a frame is one of those sent at a rate, and not what a link
// test says about them in between.
func paced(frame []byte) bool {
	f, marked := probe.Find(frame)
	return !marked || f.Kind == probe.KindMark || f.Kind == probe.KindMarkPlan
}

// gaps is the rate, its error in percent, and quantiles of the error of the
// gaps in µs.
func gaps(timestamps []int64, rate int) sample {
	want := 1e6 / float64(rate)
	var signed, abs []float64
	for i := 1; i < len(timestamps); i++ {
		e := float64(timestamps[i]-timestamps[i-1])/1e3 - want
		signed, abs = append(signed, e), append(abs, math.Abs(e))
	}
	slices.Sort(signed)
	slices.Sort(abs)
	at := func(v []float64, q float64) float64 { return v[int(q*float64(len(v)-1))] }
	achieved := float64(len(timestamps)-1) * 1e9 / float64(timestamps[len(timestamps)-1]-timestamps[0])
	return sample{achieved, (achieved/float64(rate) - 1) * 100, at(signed, .01), at(signed, .5), at(signed, .99), at(abs, .99)}
}
