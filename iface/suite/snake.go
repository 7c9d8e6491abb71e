package suite

import "fmt"

// MostHops bounds a snake: switches have fewer ports than twice that.
const MostHops = 256

// SnakePair is a VLAN of a snake with its two ports, by their place in the row.
type SnakePair struct{ VLAN, In, Out int }

// SnakePairs are the VLANs to configure for a snake of so many hops: each has two
// ports, and a cable goes from the second one to the first of the next VLAN. The
// tester is at the first port of all and at the last.
func SnakePairs(hops int) (list []SnakePair) {
	for i := range hops {
		list = append(list, SnakePair{i + 1, 2*i + 1, 2*i + 2})
	}
	return list
}

// Switched is what the device forwards if so much comes out at the end of a snake:
// each of its hops does, in frames/s.
func (p Plan) Switched(fps float64) float64 { return fps * float64(max(1, p.Hops)) }

// String tells what to do for one VLAN.
func (p SnakePair) String() string {
	return fmt.Sprintf("VLAN %d: ports %d and %d, untagged", p.VLAN, p.In, p.Out)
}
