package suite

import (
	"errors"
	"fmt"
	"math"
	"net"

	"eterm/frame/ether"
	"eterm/iface/linktest"
	"eterm/iface/talk"
)

// The operations of a trial over package talk. All that a peer has to know of it
// is told when it begins: questions may be lost while the load lasts.
const (
	// opLearn: the number of a pair of addresses. The peer sends one frame from
	// where it will receive.
	opLearn = talk.FirstOp + iota
	// opHow: how far the trial is. Its answer is a wireHow.
	opHow
	// opGo: the load in reverse begins.
	opGo
	// opConclude: what was offered forward, as a wireEnd.
	opConclude
	// opHalves: the answer is a wireHalves, or empty as long as frames are
	// awaited.
	opHalves
)

// wireTrial is a trial as its peer is told of it.
type wireTrial struct {
	// About asks what the peer is, and for nothing else.
	About bool `json:"about,omitempty"`
	// Forward and Reverse are the sessions of the loads; 0 is no load.
	Forward uint32 `json:"forward"`
	Reverse uint32 `json:"reverse"`
	// Learn is the session of learning frames; 0 is none.
	Learn uint32 `json:"learn"`
	// Load is what frames look like in reverse: addresses, rate and count are
	// not in it.
	Load    linktest.WireLoad `json:"load"`
	Profile []Segment         `json:"profile"`
	// Addresses are those of the frames forward, in pairs of destination and
	// source.
	Addresses      []wirePair `json:"addresses"`
	BroadcastEvery int        `json:"broadcast_every"`
	Residual       float64    `json:"residual_s"`
}

type wirePair struct {
	Dst net.HardwareAddr `json:"dst"`
	Src net.HardwareAddr `json:"src"`
}

// About is what a peer says it is. Nothing of it is more than its word.
type About struct {
	Version int    `json:"version"`
	Port    PortID `json:"port"`
	Kernel  string `json:"kernel"`
	CPU     string `json:"cpu"`
	// MaxRate is the fastest load that it offers, in frames/s; 0 is any.
	MaxRate float64 `json:"max_rate_fps"`
}

// wireHow is how far a trial is at the peer.
type wireHow struct {
	Ready    bool   `json:"ready"` // the load in reverse may begin
	Failed   string `json:"failed,omitempty"`
	Loop     string `json:"loop,omitempty"` // frames go round
	Offered  uint64 `json:"offered"`
	Received uint64 `json:"received"`
	Missing  uint64 `json:"missing"`
	Bytes    uint64 `json:"bytes"`
	Sent     bool   `json:"sent"` // the load in reverse is over
}

// wireEnd is what was offered forward.
type wireEnd struct {
	Sent     SentHalf `json:"sent"`
	Complete uint64   `json:"complete"` // frames that the port took
}

// wireHalves are the peer's halves of both directions; nil for one that was not
// loaded.
type wireHalves struct {
	Arrived *ArrivedHalf `json:"arrived"`
	Sent    *SentHalf    `json:"sent"`
}

// What a peer takes on at most. A trial of a second of 10 Gbit/s at the least
// size has 15 million frames; each takes a bit of memory at its receiver.
const (
	mostWireFrames   = 1 << 28
	mostWireSeconds  = 3600.0
	mostWireSegments = 64
	mostWireSizes    = 64
	mostWirePairs    = 256
)

// check says why a peer does not take a trial on.
func (w wireTrial) check() error {
	if w.Forward >= 1<<24 || w.Reverse >= 1<<24 || w.Learn >= 1<<24 {
		return errors.New("not a trial of this version")
	}
	if len(w.Addresses) == 0 || len(w.Addresses) > mostWirePairs || w.BroadcastEvery < 0 || w.BroadcastEvery > mostWirePairs {
		return fmt.Errorf("want 1 to %d pairs of addresses", mostWirePairs)
	}
	for _, p := range w.Addresses {
		if len(p.Dst) != ether.AddrLen || len(p.Src) != ether.AddrLen || !ether.IsStation(p.Dst) || !ether.IsStation(p.Src) {
			return fmt.Errorf("%v and %v are not the addresses of two stations", p.Dst, p.Src)
		}
	}
	if n := len(w.Load.Sizes); n == 0 || n > mostWireSizes {
		return fmt.Errorf("%d frame sizes: want 1 to %d", n, mostWireSizes)
	}
	if !(w.Residual >= 0 && w.Residual <= 60) {
		return fmt.Errorf("%v s for frames on the way: want at most a minute", w.Residual)
	}
	return checkProfile(w.Profile, w.Forward != 0 || w.Reverse != 0)
}

func checkProfile(profile []Segment, loaded bool) error {
	if loaded != (len(profile) > 0) || len(profile) > mostWireSegments {
		return fmt.Errorf("a load of %d parts: want 1 to %d", len(profile), mostWireSegments)
	}
	frames, seconds := 0.0, 0.0
	for _, p := range profile {
		if p.Frames == 0 || p.Times > 1<<32 || !(p.Rate >= 0) || !(p.Gap >= 0) || math.IsInf(p.Rate, 1) {
			return errors.New("a part of the load has no frames, or a rate or a gap below 0")
		}
		frames += float64(p.Frames) * float64(p.times())
		seconds += (p.lasts() + p.Gap) * float64(p.times())
	}
	if frames > mostWireFrames || seconds > mostWireSeconds {
		return fmt.Errorf("a load of %.0f frames in %.0f s: this end takes part in at most %d in %.0f s", frames, seconds, mostWireFrames, mostWireSeconds)
	}
	return nil
}

// spec is the trial as both ends have it.
func (w wireTrial) spec() Spec {
	return Spec{Sizes: w.Load.Sizes, Profile: w.Profile, Addresses: len(w.Addresses), BroadcastEvery: w.BroadcastEvery}
}

// pairs are the addresses of the frames forward.
func (w wireTrial) pairs() (list []pair) {
	for _, p := range w.Addresses {
		list = append(list, pair{p.Dst, p.Src})
	}
	return list
}

// adds says whether the peer's account of what arrived adds up.
func (h *ArrivedHalf) adds(offered uint64) error {
	in := uint64(0)
	for _, n := range h.Series.Received {
		in += n
	}
	if h.Received > offered || len(h.Series.Received) == 0 || len(h.Series.Received) > Buckets || in != h.Received || h.Took < 0 ||
		len(h.Series.Min) != len(h.Series.Received) || len(h.Series.Max) != len(h.Series.Received) || len(h.Series.Mean) != len(h.Series.Received) ||
		h.Any && h.Highest >= offered || h.Gap != nil && (h.Gap.First > h.Gap.Last || h.Gap.Last >= offered) {
		return errors.New("what the other end says that it received does not add up")
	}
	return nil
}

// adds says whether the peer's account of what it sent adds up.
func (h *SentHalf) adds(intended uint64) error {
	if h.Offered > intended || h.Refused > h.Offered || h.Withheld > intended || !(h.Span >= 0) || !(h.Blocked >= 0) || h.Elapsed < 0 || len(h.Stalls) > mostStalls ||
		len(h.Steps) > mostWireSegments {
		return errors.New("what the other end says that it sent does not add up")
	}
	return nil
}
