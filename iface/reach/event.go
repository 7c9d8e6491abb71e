package reach

import (
	"net"
	"net/netip"
	"time"

	"eterm/iface"
)

// EventKind says what happened.
type EventKind uint8

// What can happen to a probe or a target.
const (
	Answered   EventKind = iota // a probe was answered
	Duplicated                  // it was, once more
	BadSum                      // by an answer with a wrong checksum
	Complained                  // a router or host refuses it
	Unresolved                  // it was not sent: no answer to ARP or neighbour discovery
	Refused                     // it was not sent: this host's kernel refused it, see Err
	Conflict                    // two stations claim the next hop's address: MAC and Other
	Moved                       // the next hop's address moved from Other to MAC
)

// Event is something that happened, for whoever reports. Slices belong to the
// event.
type Event struct {
	Kind   EventKind
	Target int       // index in Config.Targets
	Seq    uint64    // counted from 1 without wrapping; on the wire it has 16 bits
	At     time.Time // when it was received
	From   netip.Addr
	MAC    net.HardwareAddr
	Other  net.HardwareAddr
	Length int // of the answer's frame in bytes, without FCS
	TTL    int // 0 at layer 2
	RTT    time.Duration
	Clock  iface.Clock // what RTT was measured with
	// Late came after the timeout, Reordered after the answer to a later one.
	Late, Reordered bool
	Damage          *Damage // what is wrong with the data, if anything
	Complaint       Complaint
	Err             error
}

// Damage says how the data of an answer differ from what was sent.
type Damage struct {
	Offset       int // of the first wrong byte, in the data
	Got, Want    byte
	Length, Sent int // in bytes; if they differ and nothing else does, Offset is where one ends
}

// damage compares; nil means equal.
func damage(got, sent []byte) *Damage {
	n := min(len(got), len(sent))
	for i := range n {
		if got[i] != sent[i] {
			return &Damage{Offset: i, Got: got[i], Want: sent[i], Length: len(got), Sent: len(sent)}
		}
	}
	if len(got) != len(sent) {
		return &Damage{Offset: n, Length: len(got), Sent: len(sent)}
	}
	return nil
}
