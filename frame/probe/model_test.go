package probe_test

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"eterm/frame/probe"
)

// arrival is one frame as it came.
type arrival struct {
	stream uint8
	number uint64
	at     int64
}

// model is the account of one stream, made of the list of all that came, by the
// definitions and without a thought for memory.
type model struct {
	received, duplicated, lost uint64
	reordering                 probe.Reordering
	outages                    []probe.Outage
}

func modelOf(stream uint8, all []arrival, sent uint64, intervalNs int64) (m model) {
	var got []arrival // each number once, as read
	number := map[uint64]bool{}
	for _, a := range all {
		if a.stream != stream {
			continue
		}
		if number[a.number] {
			m.duplicated++
			continue
		}
		number[a.number] = true
		got = append(got, a)
	}
	m.received = uint64(len(got))
	inRun := false
	for i, a := range got {
		earliest := slices.IndexFunc(got[:i], func(b arrival) bool { return b.number > a.number })
		switch {
		case earliest < 0:
			inRun = false
			continue
		case a.at < got[earliest].at:
			m.reordering.ByHost++
			continue
		}
		m.reordering.Reordered++
		m.reordering.MaxExtent = max(m.reordering.MaxExtent, uint64(i-earliest))
		m.reordering.MaxTime = max(m.reordering.MaxTime, a.at-got[earliest].at)
		if !inRun {
			m.reordering.Runs++
		}
		inRun = true
	}
	m.outages = outagesOf(stream, got, number, sent, intervalNs)
	for _, o := range m.outages {
		m.lost += o.Frames
	}
	return m
}

// outagesOf are the runs of numbers that never came, from the last frame in order
// before to the first that came after a number beyond.
func outagesOf(stream uint8, got []arrival, number map[uint64]bool, sent uint64, intervalNs int64) (found []probe.Outage) {
	for n := uint64(0); n < sent; n++ {
		if number[n] {
			continue
		}
		o := probe.Outage{Stream: stream, First: n}
		for ; n < sent && !number[n]; n++ {
			o.Frames++
		}
		o.ByCount = int64(o.Frames) * intervalNs
		var after int64
		if i := slices.IndexFunc(got, func(a arrival) bool { return a.number > o.First }); i >= 0 {
			after = got[i].at
			got := got[:i]
			if len(got) > 0 {
				last := slices.MaxFunc(got, func(a, b arrival) int { return cmp.Compare(a.number, b.number) })
				o.Start = last.at
			}
		} else if len(got) > 0 {
			o.Start = slices.MaxFunc(got, func(a, b arrival) int { return cmp.Compare(a.number, b.number) }).at
		}
		if o.Start != 0 && after != 0 {
			o.ByTime = after - o.Start
		}
		found = append(found, o)
	}
	return found
}

// TestTallyAgainstModel counts random runs of several streams in two ways: lost,
// doubled, late and read in another order than they came.
func TestTallyAgainstModel(t *testing.T) {
	const sent, interval = 120, 2000
	for seed := range uint64(150) {
		random := rand.New(rand.NewPCG(seed, 7))
		streams := 1 + random.IntN(4)
		s := newSender(t, headerHex, probe.Plan{Streams: uint8(streams - 1), Total: uint64(streams) * sent, Interval: interval * 1000 / uint64(streams), TCI: probe.Untagged})
		all := randomArrivals(random, streams, sent, interval)
		tally := probe.NewTally(s.session, false)
		for _, a := range all {
			if !give(tally, s.frame(a.stream, a.number, second), a.at) {
				t.Fatalf("seed %d: %+v is not taken", seed, a)
			}
		}
		tally.End(probe.SenderAccount{Offered: uint64(streams) * sent})
		r := tally.Report()
		var total model
		for i := range streams {
			want, got := modelOf(uint8(i), all, sent, interval), r.Each[i]
			if got.Received != want.received || got.Duplicated != want.duplicated || got.Loss.Lost != want.lost || got.Reordering != want.reordering {
				t.Errorf("seed %d, stream %d:\n got %+v\nwant %+v", seed, i, got, want)
			}
			if !sameOutages(got.Loss.Outages, want.outages, interval/int64(streams)) {
				t.Errorf("seed %d, stream %d:\n got %+v\nwant %+v", seed, i, got.Loss.Outages, want.outages)
			}
			total.received += want.received
			total.lost += want.lost
		}
		if r.Received != total.received || r.Loss.Lost != total.lost || r.Expected != total.received+total.lost || r.Damage.Corrupted != 0 {
			t.Errorf("seed %d: %d received, %d lost, %d expected; want %+v", seed, r.Received, r.Loss.Lost, r.Expected, total)
		}
	}
}

// sameOutages compares them in the order they began in, by count but for what a
// plan's interval in whole picoseconds cuts off.
func sameOutages(got, want []probe.Outage, slack int64) bool {
	byFirst := func(a, b probe.Outage) int { return cmp.Compare(a.First, b.First) }
	got = slices.SortedFunc(slices.Values(got), byFirst)
	return slices.EqualFunc(got, want, func(a, b probe.Outage) bool {
		near := a.ByCount-b.ByCount <= slack && b.ByCount-a.ByCount <= slack
		a.ByCount, b.ByCount = 0, 0
		return near && reflect.DeepEqual(a, b)
	})
}

// randomArrivals are frames of streams as a bad link and a bad host give them.
func randomArrivals(random *rand.Rand, streams, sent int, interval int64) (all []arrival) {
	for n := range sent {
		for s := range streams {
			at := second + int64(n)*interval + int64(s)
			if random.IntN(8) == 0 {
				at += int64(random.IntN(10)) * interval // late on the way
			}
			for copies := random.IntN(10); copies < 12; copies += 7 {
				if copies != 5 && copies != 6 {
					all = append(all, arrival{uint8(s), uint64(n), at + int64(copies)})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
	for range random.IntN(20) { // read in another order
		i := random.IntN(len(all) - 1)
		all[i], all[i+1] = all[i+1], all[i]
	}
	return all
}
