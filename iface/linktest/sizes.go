package linktest

import "slices"

// SizeAccount is what became of the frames of one size.
type SizeAccount struct {
	// Size on the wire with FCS, in bytes.
	Size     int    `json:"size"`
	Offered  uint64 `json:"offered"`
	Received uint64 `json:"received"`
	Lost     uint64 `json:"lost"`
}

// offeredBySize is how many of the first n frames of a load had each size, in order
// of size; nil where all have one.
func (l Load) offeredBySize(n uint64) []SizeAccount {
	p := l.plan(l.Sizes[0])
	if !p.Mixed {
		return nil
	}
	by := map[int]uint64{}
	for stream := range l.streams() {
		of := p.Of(uint8(stream), n)
		for k, size := range l.Sizes {
			by[size] += (of + uint64(len(l.Sizes)-1-k)) / uint64(len(l.Sizes))
		}
	}
	var list []SizeAccount
	for size, offered := range by {
		list = append(list, SizeAccount{Size: size, Offered: offered})
	}
	slices.SortFunc(list, func(a, b SizeAccount) int { return a.Size - b.Size })
	return list
}

// bySize puts what was offered and what was received of each size together. Where
// frames of other sizes arrived, or more of one than were offered, something on the
// way made them longer or shorter: then which was which is not known, and nothing is
// said of any size.
func bySize(s *SenderSide, r *ReceiverSide) []SizeAccount {
	if s == nil || r == nil || len(s.Sizes) == 0 {
		return nil
	}
	all := slices.Clone(s.Sizes)
	for _, c := range r.Report.Lengths {
		i, ok := slices.BinarySearchFunc(all, c.Length, func(a SizeAccount, size int) int { return a.Size - size })
		if !ok || c.Frames > all[i].Offered {
			return nil
		}
		all[i].Received = c.Frames
	}
	for i := range all {
		all[i].Lost = all[i].Offered - all[i].Received
	}
	return all
}
