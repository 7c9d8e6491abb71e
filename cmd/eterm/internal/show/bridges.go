package show

import (
	"encoding/binary"

	"eterm/frame/ether"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/switchtest"
)

// Bridges looks for what bridges do to IP packets that they hand to a firewall, where
// this host's are set to. The zero value looks for nothing.
type Bridges struct {
	filter bool
	bare   uint64 // frames without the padding that they need
}

// LookForBridges reads the settings of bridges in a directory.
func LookForBridges(settings string) *Bridges {
	return &Bridges{filter: iface.BridgesFilter(settings)}
}

const bridgesFilter = "bridges of this host hand IP packets to its firewall (br_netfilter), which cuts padding and drops packets with a wrong checksum: see docs/guide/troubleshooting.md"

// Take looks at a frame that came, of a length on the wire.
func (b *Bridges) Take(frame []byte, length int) {
	if b.filter && length < ether.MinFrame && endsWithPacket(frame, length) {
		b.bare++
	}
}

// endsWithPacket says whether a frame ends where its IP packet does.
func endsWithPacket(frame []byte, length int) bool {
	h, payload, err := ether.Parse(frame)
	behind := length - (len(frame) - len(payload))
	switch {
	case err != nil:
		return false
	case h.Type == 0x0800 && len(payload) >= 20:
		return int(binary.BigEndian.Uint16(payload[2:])) == behind
	case h.Type == 0x86dd && len(payload) >= 40:
		return 40+int(binary.BigEndian.Uint16(payload[4:])) == behind
	}
	return false
}

// Frames notes on messages what was seen of it in frames that came.
func (b *Bridges) Frames(messages *Messages) {
	if b.bare > 0 {
		messages.Note("%s shorter than 60 bytes %s with the IP packet: either nobody padded them, or a bridge cut that off; %s",
			Count(b.bare, "frame"), verb(b.bare, "ends", "end"), bridgesFilter)
	}
}

func verb(n uint64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Card notes that IP frames of a switch test lost their end or did not arrive.
func (b *Bridges) Card(c *switchtest.Card, messages *Messages) {
	if b.filter && c.IPSuffered() {
		messages.Note("IP frames were cut short or did not arrive: if a bridge of this host is between the ports, note that %s", bridgesFilter)
	}
}

// Link notes that frames of a link test, if those were of IP, were lost on the way or
// came damaged.
func (b *Bridges) Link(t linktest.Total, messages *Messages) {
	ip := false
	for _, r := range append([]linktest.Result{t.Result}, t.Directions...) {
		ip = ip || r.Receiver != nil && r.Receiver.InIP || r.Sender != nil && r.Sender.InIP
	}
	if b.filter && ip && t.OnTheWay+t.Corrupted > 0 {
		messages.Note("IP frames were lost or damaged on the way: if a bridge of this host is there, note that %s", bridgesFilter)
	}
}
