package probe

// seen remembers when recent frames came, to tell how late duplicates are.
type seen struct {
	slots []seenSlot
	noted int
}

type seenSlot struct {
	key uint64 // stream and number; 0 is none
	seenAt
}

// seenAt is when a frame came and, in Ticks, when its mark says it was sent.
type seenAt struct {
	at   int64
	sent uint32
}

// A run remembers few frames at first and up to 65536 (1.5 MiB) as it grows.
const (
	firstSlots = 1 << 9
	mostSlots  = 1 << 16
)

// swap notes that a frame came, unless it came again, and says when it came
// first, if that is remembered.
func (s *seen) swap(stream uint8, number uint64, at seenAt, again bool) (first seenAt, known bool) {
	if s.slots == nil {
		s.slots = make([]seenSlot, firstSlots)
	}
	key := uint64(stream)<<56 | (number+1)&(1<<56-1)
	slot := s.slot(key)
	if again {
		return slot.seenAt, slot.key == key
	}
	*slot = seenSlot{key, at}
	if s.noted++; s.noted == len(s.slots) && len(s.slots) < mostSlots {
		s.grow()
	}
	return seenAt{}, false
}

// slot is the one place a key may be in.
func (s *seen) slot(key uint64) *seenSlot {
	return &s.slots[key*0x9e3779b97f4a7c15>>32&uint64(len(s.slots)-1)]
}

func (s *seen) grow() {
	old := s.slots
	s.slots = make([]seenSlot, min(8*len(old), mostSlots))
	for _, o := range old {
		if o.key != 0 {
			*s.slot(o.key) = o
		}
	}
}

// Spread is how much later than the first copy duplicates came.
type Spread struct {
	// Known is how many duplicates it was measured for: those whose first
	// copy came within the last 65536 frames or so.
	Known uint64 `json:"known"`
	Min   int64  `json:"min_ns"`
	Max   int64  `json:"max_ns"`
	Mean  int64  `json:"mean_ns"`
	sum   float64
}

func (l *Spread) add(d int64, known bool) {
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
