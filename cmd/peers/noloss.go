package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// noLoss fills the tables of the greatest rate at which hex dumps show every
// frame (the throughput of RFC 2544, 26.1, of a receiver).
func (b *bench) noLoss(ctx context.Context) error {
	p, err := b.newPath("noloss", cable)
	if err != nil {
		return err
	}
	dumpers := slices.DeleteFunc(b.receivers(), func(t tool) bool { return !strings.HasSuffix(t.name, ": hex dump") })
	for _, length := range b.lengths() {
		f, err := b.files(length)
		if err != nil {
			return err
		}
		all, err := b.interleave(ctx, dumpers, func(ctx context.Context, t tool) (sample, error) {
			return b.search(ctx, p, t, f.one)
		})
		if err != nil {
			return err
		}
		b.print(fmt.Sprintf("Greatest rate without loss, %d bytes, to a file", length), []string{"tool", "kpps"}, all,
			func(m measured) []string { return []string{fmt.Sprintf("%.0f", m.median(0)/1e3)} })
	}
	return nil
}

// search halves the range between a rate without loss and one with loss until
// they are a sixteenth of the first apart.
func (b *bench) search(ctx context.Context, p *path, t tool, frames string) (sample, error) {
	low, high := 0.0, 1.2e6
	for rate := high; high-low > max(high/16, 1000); rate = (low + high) / 2 {
		send := fmt.Sprintf("%s send -i %s -b %.0fpps -d 1m --force -q -r %s", b.eterm, port, rate, frames)
		s, err := b.receiveOnce(ctx, p, t, pinned(command("generator", send), 0))
		if err != nil {
			return nil, err
		}
		if offered, lost := s[1], s[2]; lost > 0 {
			high = min(rate, offered)
		} else if low = offered; offered < rate*0.9 || b.short {
			break // faster the generator is not
		}
	}
	return sample{low}, nil
}
