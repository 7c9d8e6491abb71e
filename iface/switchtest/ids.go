package switchtest

import (
	"fmt"
	"strconv"
	"strings"
)

// lastVID is the highest VID a VLAN can have: 4095 is reserved (IEEE
// 802.1Q-2022, table 9-2).
const lastVID = 4094

// IDs is a set of VLAN identifiers, 1 to 4094.
type IDs struct{ bits [lastVID + 1]bool }

// ParseIDs reads a list such as "10,20,100-199", or all, or none.
func ParseIDs(text string) (IDs, error) {
	var s IDs
	switch text = strings.TrimSpace(text); text {
	case "none":
		return s, nil
	case "all":
		text = "1-4094"
	}
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		lo, err := strconv.ParseUint(from, 10, 16)
		hi := lo
		if err == nil && isRange {
			hi, err = strconv.ParseUint(to, 10, 16)
		}
		if err != nil || lo < 1 || hi > lastVID || lo > hi {
			return IDs{}, fmt.Errorf("%q is no list of VLANs: want numbers from 1 to 4094 such as 10,20,100-199", text)
		}
		for v := lo; v <= hi; v++ {
			s.bits[v] = true
		}
	}
	return s, nil
}

// Has says whether a VID is in the set.
func (s IDs) Has(vid uint16) bool { return int(vid) < len(s.bits) && s.bits[vid] }

func (s *IDs) add(vid uint16) { s.bits[vid] = true }

// Len is the number of VIDs in the set.
func (s IDs) Len() int {
	n := 0
	for _, in := range s.bits {
		if in {
			n++
		}
	}
	return n
}

// String is the set as ParseIDs reads it, in order, runs joined.
func (s IDs) String() string {
	var parts []string
	for v := 1; v <= lastVID; v++ {
		if !s.bits[v] {
			continue
		}
		from := v
		for v < lastVID && s.bits[v+1] {
			v++
		}
		if v == from {
			parts = append(parts, strconv.Itoa(v))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", from, v))
		}
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, ",")
}
