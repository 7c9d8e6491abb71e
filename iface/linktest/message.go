package linktest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/crc32"
	"math"
	"net"
	"net/netip"
	"time"

	"golang.org/x/net/bpf"

	"eterm/frame"
	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/frame/probe"
)

// message is the body of inband.LinkRequest and LinkReply: the CRC-32
// (Castagnoli) of what follows in 4 bytes, then JSON. A question is padded with
// blanks to the length of the longest answer.
type message struct {
	Op    string `json:"op"`
	ID    uint32 `json:"id"` // of the question, repeated in the answer
	Token string `json:"token,omitempty"`
	// MAC is where the one who says this wants test frames sent to.
	MAC hexMAC `json:"mac,omitempty"`
	// Session is that of the frames from asker to answerer, Back of those the
	// other way.
	Session uint32               `json:"session,omitempty"`
	Back    uint32               `json:"back,omitempty"`
	Load    *wireLoad            `json:"load,omitempty"`
	Account *probe.SenderAccount `json:"account,omitempty"`
	Plan    *probe.Plan          `json:"plan,omitempty"`
	// Pieces of what is longer than a frame.
	What   string `json:"what,omitempty"`
	Offset int    `json:"offset,omitempty"`
	Total  int    `json:"total,omitempty"`
	Piece  []byte `json:"piece,omitempty"`

	Offered  uint64 `json:"offered,omitempty"`
	Received uint64 `json:"received,omitempty"`
	Sent     bool   `json:"sent,omitempty"` // the answerer has offered all its frames
	Error    string `json:"error,omitempty"`
}

// The questions.
const (
	opHello    = "hello"    // who is there
	opBegin    = "begin"    // account for a run, and offer one back
	opState    = "state"    // how far is it; renews the lease
	opStop     = "stop"     // offer no more
	opConclude = "conclude" // what the asker's sender did
	opFetch    = "fetch"    // a piece of the answerer's account
	opResult   = "result"   // a piece of the result of both directions
	opBye      = "bye"
)

// Lengths of questions and pieces in bytes.
const (
	questionLen = 1200
	pieceLen    = 600
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// maxPieces bounds what is put together from pieces.
const maxPieces = 1 << 20

var errForeign = errors.New("not a message of a link test")

// parseMessage reads a body.
func parseMessage(payload []byte, want inband.Kind) (m message, err error) {
	k, body, err := inband.Parse(payload)
	if err != nil || k != want || len(body) < 4 || len(body) > questionLen+100 ||
		binary.BigEndian.Uint32(body) != crc32.Checksum(body[4:], castagnoli) {
		return m, errForeign
	}
	if err := json.Unmarshal(body[4:], &m); err != nil {
		return m, errForeign
	}
	if m.Offset < 0 || m.Total < 0 || m.Total > maxPieces || m.Session >= 1<<24 || m.Back >= 1<<24 {
		return m, errForeign
	}
	return m, nil
}

// append appends a message, padded with blanks to length n.
func (m message) append(dst []byte, k inband.Kind, n int) ([]byte, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return dst, err
	}
	for len(text) < n {
		text = append(text, ' ')
	}
	body := append(binary.BigEndian.AppendUint32(nil, crc32.Checksum(text, castagnoli)), text...)
	return inband.Append(dst, k, body), nil
}

// tokenFor proves that who shows it got an answer of ours at its address.
func tokenFor(secret []byte, mac net.HardwareAddr) string {
	h := hmac.New(sha256.New, secret)
	h.Write(mac)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// hexMAC is a MAC address as text.
type hexMAC net.HardwareAddr

func (m hexMAC) MarshalText() ([]byte, error) { return []byte(net.HardwareAddr(m).String()), nil }

func (m *hexMAC) UnmarshalText(b []byte) error {
	a, err := net.ParseMAC(string(b))
	if err != nil || len(a) != 6 {
		return errForeign
	}
	*m = hexMAC(a)
	return nil
}

// wireLoad is a load as one end tells it to the other: without addresses.
type wireLoad struct {
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

// mirror is the load that is to come back for one that goes forth.
func (l Load) mirror() *wireLoad {
	w := &wireLoad{VLANs: l.VLANs, EtherType: l.EtherType, Sizes: l.Sizes, Streams: l.Streams, Pattern: l.Pattern,
		Rate: l.Rate, Count: l.Count, Duration: l.Duration}
	if math.IsInf(l.Rate, 1) {
		w.Rate = 0
	}
	if l.IP != nil {
		w.SrcIP, w.DstIP, w.ICMP = l.IP.Dst, l.IP.Src, l.IP.ICMP
	}
	return w
}

func (w wireLoad) load(dst, src net.HardwareAddr) Load {
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

// ControlFilter passes only messages between two eterms, and no test frames,
// to a port that talks in so many VLAN tags.
func ControlFilter(tags int) ([]bpf.RawInstruction, error) {
	at := uint32(ether.HeaderLen + ether.TagLen*max(0, tags-1)) // the outermost is taken off
	return bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: at - 2, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: inband.EtherType, SkipTrue: 3},
		bpf.LoadAbsolute{Off: at, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: inband.Magic, SkipTrue: 1},
		bpf.RetConstant{Val: 0x40000},
		bpf.RetConstant{Val: 0},
	})
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
