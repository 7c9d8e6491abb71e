package load

// Sequence takes a frame from each source in turn.
func Sequence(sources ...Source) Source {
	if len(sources) == 1 {
		return sources[0]
	}
	i := -1
	return func(dst []byte) []byte {
		i = (i + 1) % len(sources)
		return sources[i](dst)
	}
}

// A Share is a source and how many of its frames come for those of others.
type Share struct {
	Source Source
	Weight int // at least 1
}

// Mix interleaves sources by weight, as evenly as can be: weights 3 and 1 give
// a, a, b, a. Of every sum of the weights each source has exactly its share.
func Mix(shares ...Share) Source {
	if len(shares) == 1 {
		return shares[0].Source
	}
	return Sequence(spread(shares)...)
}

// spread is one round of a mix: each time the source that is owed most.
func spread(shares []Share) (round []Source) {
	total := 0
	for _, s := range shares {
		total += s.Weight
	}
	owed := make([]int, len(shares))
	for range total {
		most := 0
		for i, s := range shares {
			owed[i] += s.Weight
			if owed[i] > owed[most] {
				most = i
			}
		}
		owed[most] -= total
		round = append(round, shares[most].Source)
	}
	return round
}
