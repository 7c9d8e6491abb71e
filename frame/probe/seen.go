package probe

// seen remembers when recent frames came, to tell how late duplicates are.
type seen struct{ slots []seenSlot }

type seenSlot struct {
	key uint64 // stream, number + 1
	at  int64
}

// seenSlots is how many frames are remembered: 1 MiB.
const seenSlots = 1 << 16

func newSeen() seen { return seen{} }

// swap notes that a frame came, unless it came again, and says when it came
// first, if that is remembered.
func (s *seen) swap(stream uint8, number uint64, at int64, again bool) (first int64, known bool) {
	if s.slots == nil {
		s.slots = make([]seenSlot, seenSlots)
	}
	key := uint64(stream)<<56 | (number+1)&(1<<56-1)
	slot := &s.slots[(number*256+uint64(stream))*0x9e3779b97f4a7c15>>(64-16)]
	if again {
		return slot.at, slot.key == key
	}
	*slot = seenSlot{key, at}
	return 0, false
}

// Lateness is how much later than the first copy duplicates came.
type Lateness struct {
	// Known is how many duplicates it was measured for: those whose first
	// copy came within the last 65536 frames or so.
	Known uint64 `json:"known"`
	Min   int64  `json:"min_ns"`
	Max   int64  `json:"max_ns"`
	Mean  int64  `json:"mean_ns"`
	sum   float64
}

func (l *Lateness) add(d int64, known bool) {
	if !known {
		return
	}
	if l.Known++; l.Known == 1 || d < l.Min {
		l.Min = d
	}
	l.Max = max(l.Max, d)
	l.sum += float64(d)
	l.Mean = int64(l.sum / float64(l.Known))
}
