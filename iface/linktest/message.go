package linktest

import (
	"math"
	"net"
	"net/netip"
	"time"

	"golang.org/x/net/bpf"

	"eterm/frame"
	"eterm/frame/ether"
	"eterm/frame/probe"
	"eterm/frame/stats"
	"eterm/iface/talk"
)

// The operations of link tests over package talk. Their texts are JSON: of the
// same structs that a result is printed of.
const (
	opState    = talk.FirstOp + iota // wireAsk or nothing: wireState. How far is it
	opStop                           // nothing: nothing. Offer no more
	opConclude                       // wireEnd: nothing. What the asker's sender did
	opSent                           // nothing: told, or nothing if it is not done yet
	opReceived                       // nothing: ReceiverSide, or nothing if it is not done yet
	opResult                         // Total: nothing. The result of both directions
)

// wireBegin is what a test begins with.
type wireBegin struct {
	// Forward is the session of the frames from asker to peer, Reverse of those
	// the other way.
	Forward uint32    `json:"forward"`
	Reverse uint32    `json:"reverse"`
	Load    *WireLoad `json:"load,omitempty"` // to offer in the reverse direction
}

// wireState says how far a peer is.
type wireState struct {
	Offered  uint64 `json:"offered"`
	Received uint64 `json:"received"`
	Sent     bool   `json:"sent"` // it has offered all its frames
	Loop     bool   `json:"loop"` // what it receives goes round in a loop
	Bytes    uint64 `json:"bytes,omitempty"`
	// Missing is as a Tally has it.
	Missing *uint64 `json:"missing,omitempty"`

	// What it says when it is asked for delays: what its host has dropped of the
	// run, and the delays since it was asked before.
	Dropped *uint64            `json:"dropped,omitempty"`
	Delay   *stats.Percentiles `json:"delay,omitempty"`
}

// wireEnd is what a sender did.
type wireEnd struct {
	Account probe.SenderAccount `json:"account"`
	Plan    probe.Plan          `json:"plan"`
}

// told is a sender's account and plan as it is told to the other end.
type told struct {
	Side *SenderSide `json:"side"`
	Plan probe.Plan  `json:"plan"`
}

// WireLoad is a load as one end tells it to the other: without addresses and key.
type WireLoad struct {
	VLANs     []frame.VLAN  `json:"vlans,omitempty"`
	EtherType uint16        `json:"ethertype,omitempty"`
	SrcIP     netip.Addr    `json:"src_ip"`
	DstIP     netip.Addr    `json:"dst_ip"`
	ICMP      bool          `json:"icmp,omitempty"`
	Sizes     []int         `json:"sizes"`
	Streams   int           `json:"streams"`
	Pattern   probe.Pattern `json:"pattern,omitempty"`
	Rate      float64       `json:"rate"` // 0 is as fast as can be
	Count     uint64        `json:"count"`
	Duration  time.Duration `json:"duration_ns"`
}

// Mirror is the load in reverse for one that goes forward.
func (l Load) Mirror() *WireLoad {
	w := &WireLoad{VLANs: l.VLANs, EtherType: l.EtherType, Sizes: l.Sizes, Streams: l.Streams, Pattern: l.Pattern,
		Rate: l.Rate, Count: l.Count, Duration: l.Duration}
	if math.IsInf(l.Rate, 1) {
		w.Rate = 0
	}
	if l.IP != nil {
		w.SrcIP, w.DstIP, w.ICMP = l.IP.Dst, l.IP.Src, l.IP.ICMP
	}
	return w
}

// Load is the load between two stations.
func (w WireLoad) Load(dst, src net.HardwareAddr) Load {
	l := Load{Dst: dst, Src: src, VLANs: w.VLANs, EtherType: w.EtherType, Sizes: w.Sizes, Streams: w.Streams, Pattern: w.Pattern,
		Rate: w.Rate, Count: w.Count, Duration: w.Duration}
	if l.Rate == 0 {
		l.Rate = math.Inf(1)
	}
	if w.SrcIP.IsValid() {
		l.IP = &IP{Src: w.SrcIP, Dst: w.DstIP, ICMP: w.ICMP}
	}
	return l
}

// Tags are the load's VLAN tags as they are on the wire.
func (l Load) Tags() ([]byte, error) {
	zero := make(net.HardwareAddr, ether.AddrLen)
	b, err := frame.Ethernet{Dst: zero, Src: zero, VLANs: l.VLANs, EtherType: probe.EtherType}.Append(nil, nil)
	if err != nil {
		return nil, err
	}
	return b[2*ether.AddrLen : len(b)-2], nil
}

// NoTestFrames passes all frames but those of link tests with at most one tag,
// to a port that has no use for them.
func NoTestFrames() ([]bpf.RawInstruction, error) {
	return bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: ether.HeaderLen - 2, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: probe.EtherType, SkipTrue: 3},
		bpf.LoadAbsolute{Off: ether.HeaderLen, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: probe.Magic, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.RetConstant{Val: 0x40000},
	})
}
