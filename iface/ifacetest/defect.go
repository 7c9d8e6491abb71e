package ifacetest

import "time"

// A Defect is one thing a switch does wrong, everywhere and always. What
// happens to some frames only is a Fault.
type Defect struct {
	kind  defectKind
	size  int
	vid   uint16
	after time.Duration
}

type defectKind uint8

const (
	sound defectKind = iota
	hub
	neverLearns
	learnsGroupSources
	leaksVLAN
	swallowsAbove
	altersPriority
	duplicates
	reflects
	agesEarly
	learnsZeroSource
	neverMoves
	neverRefreshes
	refreshedByTraffic
	provider
	forwardsBadFCS
	repairsBadFCS
)

// Defective makes a switch with this defect.
func Defective(d Defect) Option { return func(c *config) { c.defect = d } }

// ForwardsBadFCS sends frames on whose FCS is wrong, as they came: it cuts through.
func ForwardsBadFCS() Defect { return Defect{kind: forwardsBadFCS} }

// RepairsBadFCS sends frames on whose FCS is wrong, with a right one: what was damaged
// arrives as if it were sound.
func RepairsBadFCS() Defect { return Defect{kind: repairsBadFCS} }

// Hub repeats every frame to all other ports, whatever its VLAN or address.
func Hub() Defect { return Defect{kind: hub} }

// Provider is a provider bridge (802.1Q, 5.10) instead of a customer's, without
// any VLAN of service tags: customer tags are payload to it, and the groups that
// only customers' bridges reserve (table 8-2) pass.
func Provider() Defect { return Defect{kind: provider} }

// NeverLearns floods every frame in its VLAN.
func NeverLearns() Defect { return Defect{kind: neverLearns} }

// LearnsGroupSources learns group addresses seen as source, and sends frames
// for that group to one port only.
func LearnsGroupSources() Defect { return Defect{kind: learnsGroupSources} }

// LeaksVLAN sends the frames of one VLAN to all ports.
func LeaksVLAN(vid uint16) Defect { return Defect{kind: leaksVLAN, vid: vid} }

// SwallowsAbove loses frames longer than so many bytes, without FCS.
func SwallowsAbove(bytes int) Defect { return Defect{kind: swallowsAbove, size: bytes} }

// AltersPriority gives every tag this priority (PCP, 0 to 7).
func AltersPriority(pcp uint8) Defect { return Defect{kind: altersPriority, size: int(pcp & 7)} }

// Duplicates sends every frame twice.
func Duplicates() Defect { return Defect{kind: duplicates} }

// Reflects sends every frame back out of the port it came in by, too.
func Reflects() Defect { return Defect{kind: reflects} }

// AgesEarly forgets stations after d, whatever Ageing says.
func AgesEarly(d time.Duration) Defect { return Defect{kind: agesEarly, after: d} }

// LearnsZeroSource learns the address 00:00:00:00:00:00, which is nobody's.
func LearnsZeroSource() Defect { return Defect{kind: learnsZeroSource} }

// NeverMoves keeps a station at the port where it was first.
func NeverMoves() Defect { return Defect{kind: neverMoves} }

// NeverRefreshes forgets stations some time after their first frame, even if
// they go on speaking.
func NeverRefreshes() Defect { return Defect{kind: neverRefreshes} }

// RefreshedByTraffic keeps stations known as long as frames are sent to them.
func RefreshedByTraffic() Defect { return Defect{kind: refreshedByTraffic} }

// learns says whether a switch with this defect takes a frame's source into
// its table. A sound one takes the addresses of stations only.
func (d Defect) learns(frame []byte) bool {
	switch {
	case d.kind == neverLearns:
		return false
	case frame[6]&1 != 0:
		return d.kind == learnsGroupSources
	case [6]byte(frame[6:12]) == [6]byte{}:
		return d.kind == learnsZeroSource
	}
	return true
}

func (d Defect) swallows(frame []byte) bool {
	return d.kind == swallowsAbove && len(frame) > d.size
}
