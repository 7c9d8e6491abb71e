package report

// Measurement is one figure of a document, under a name that stays the same.
type Measurement struct {
	// Subject is what it is of, such as a direction or a case; empty for the
	// whole.
	Subject, Name, Unit string
	Value               float64
	// Text stands instead of Value where Class is Word.
	Text  string
	Class Class
	// Better is 1 where more is better, -1 where less is, 0 where neither.
	Better int
	// Resolution is what the measurement cannot tell apart, in its unit.
	Resolution float64
}

// Class is what kind of figure a measurement is.
type Class string

// The classes. Counts and words are exact.
const (
	Count Class = "count"
	Rate  Class = "rate"
	Delay Class = "delay"
	Word  Class = "word"
)

// Key is the name a measurement is found by.
func (m Measurement) Key() string {
	if m.Subject == "" {
		return m.Name
	}
	return m.Subject + "." + m.Name
}

// String is the figure with its unit, for people.
func (m Measurement) String() string {
	switch {
	case m.Class == Word:
		return m.Text
	case m.Unit == "ns":
		return duration(int64(m.Value))
	case m.Class == Count:
		return grouped(m.Value)
	}
	return si(m.Value) + m.Unit
}
