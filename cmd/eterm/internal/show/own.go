package show

import (
	"fmt"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/frame/probe"
)

// FrameMark is the mark of a test frame: see docs/reference/probe.md.
type FrameMark struct {
	// where it is in the frame, in bytes
	Offset int `json:"offset"`
	// "test", "test with plan", "plan", "end", or a number where there is no such kind
	Kind string `json:"kind"`
	// whether a seal follows
	Sealed bool `json:"sealed"`
	// its stream of the run
	Stream int `json:"stream"`
	// number of the run
	Session uint32 `json:"session"`
	// the frame's number in its stream, from 0
	Number uint32 `json:"number"`
	// when it was sent: the sender's Unix time in units of 16 ns, modulo 2^32
	Time uint32 `json:"time"`
	// "right"; "repaired": one wrong bit was put right in these values; "wrong": none of them can be believed
	CRC string `json:"crc"`
	// whether addresses, EtherType and mark are together as they were sent
	Balanced bool `json:"balanced"`
	// the plan block, where there is one and its check is right
	Plan *probe.Plan `json:"plan,omitempty"`
	// what the sender says at the end of its run
	Account *probe.SenderAccount `json:"account,omitempty"`
}

// FrameMessage is what eterm says to eterm on EtherType 0x88b5.
type FrameMessage struct {
	// "echo request", "echo reply", "talk request", "talk reply", or a number where there is no such kind
	Kind string `json:"kind"`
	// bytes of its body
	Length int `json:"length"`
	// of an echo
	Echo *FrameEcho `json:"echo,omitempty"`
	// of a conversation about a test
	Talk *FrameTalk `json:"talk,omitempty"`
}

// FrameEcho is an echo over layer 2.
type FrameEcho struct {
	// identifier
	ID uint16 `json:"id"`
	// sequence number
	Seq uint16 `json:"seq"`
	// bytes of data
	Data int `json:"data"`
}

// FrameTalk is a message of a conversation about a test.
type FrameTalk struct {
	// seal, as hex digits
	Seal string `json:"seal"`
	// number of the service that it is for
	Service int `json:"service"`
	// number of what is asked
	Op int `json:"op"`
	// number of what became of it, in a reply
	Status int `json:"status"`
	// token, as hex digits
	Token string `json:"token"`
	// number of the question
	Number uint32 `json:"number"`
	// length of the whole text, of which this message has a piece
	Total uint32 `json:"total"`
	// where in the text the piece is
	Offset uint32 `json:"offset"`
	// from where on the answer is wanted
	Want uint32 `json:"want"`
	// length of the piece
	Piece int `json:"piece"`
}

// appendOwn appends what the frame has of eterm's own as members.
func appendOwn(dst, b []byte) []byte {
	if m := markOf(b); m != nil {
		dst, _ = AppendJSON(append(dst, `,"mark":`...), m) // plain values have no error
	}
	if m := messageOf(b); m != nil {
		dst, _ = AppendJSON(append(dst, `,"message":`...), m)
	}
	return dst
}

func markOf(b []byte) *FrameMark {
	f, ok := probe.Find(b)
	crc := "right"
	switch {
	case !ok:
		if f, ok = probe.FindDamaged(b); !ok {
			return nil
		}
		crc = "wrong"
	case f.Repaired:
		crc = "repaired"
	}
	m := &FrameMark{
		Offset: f.Offset, Kind: nameOf(int(f.Kind), "", "test", "test with plan", "plan", "end"), Sealed: f.Sealed, Stream: int(f.Stream),
		Session: f.Session, Number: f.Seq, Time: f.Time, CRC: crc, Balanced: f.Balanced,
	}
	if p, ok := probe.PlanOf(b, f); ok {
		m.Plan = &p
	}
	if a, ok := probe.EndOf(b, f); ok {
		m.Account = &a
	}
	return m
}

func messageOf(b []byte) *FrameMessage {
	h, payload, err := ether.Parse(b)
	if err != nil || h.Type != inband.EtherType {
		return nil
	}
	k, body, err := inband.Parse(payload)
	if err != nil {
		return nil
	}
	m := &FrameMessage{Kind: nameOf(int(k), "", "", "echo request", "echo reply", "talk request", "talk reply"), Length: len(body)}
	switch k {
	case inband.EchoRequest, inband.EchoReply:
		if e, err := inband.ParseEcho(body); err == nil {
			m.Echo = &FrameEcho{e.ID, e.Seq, len(e.Data)}
		}
	case inband.TalkRequest, inband.TalkReply:
		if t, err := inband.ParseTalk(body); err == nil {
			m.Talk = &FrameTalk{
				Seal: fmt.Sprintf("%016x", t.Seal), Service: int(t.Service), Op: int(t.Op), Status: int(t.Status), Token: fmt.Sprintf("%016x", t.Token),
				Number: t.Number, Total: t.Total, Offset: t.Offset, Want: t.Want, Piece: len(t.Piece),
			}
		}
	}
	return m
}

// nameOf is a number's name, or the number where it has none.
func nameOf(n int, names ...string) string {
	if n < len(names) && names[n] != "" {
		return names[n]
	}
	return fmt.Sprint(n)
}
