package show

import (
	"cmp"
	"fmt"
	"strings"

	"eterm/frame"
)

// Faults counts frames and those with faults, and keeps the faults of the first:
// what is said of frames that are printed without them. The zero value has none.
type Faults struct {
	// Odd leaves out the faults that notation shows by itself, because it prints a
	// field that has not the value it should have: checksums, lengths, padding.
	// It is set before the first frame.
	Odd bool
	// Thing is what frames are counted by: "frame" if empty, or "line".
	Thing string

	Frames uint64
	Faulty uint64

	first  string // the faults of the first faulty frame
	number uint64 // which that is
}

// Add counts a frame of that number.
func (f *Faults) Add(d *frame.Decoded, number uint64) {
	f.Frames++
	if len(d.Faults) == 0 {
		return
	}
	var text []byte
	for i := range d.Faults {
		if f.Odd && d.Faults[i].Want != "" {
			continue
		}
		if len(text) > 0 {
			text = append(text, "; "...)
		}
		text = d.Faults[i].Append(text)
	}
	if len(text) == 0 {
		return
	}
	if f.Faulty++; f.Faulty == 1 || number < f.number {
		f.first, f.number = string(text), number
	}
}

// With adds those of other frames.
func (f *Faults) With(o Faults) {
	if o.Faulty > 0 && (f.Faulty == 0 || o.number < f.number) {
		f.first, f.number = o.first, o.number
	}
	f.Frames += o.Frames
	f.Faulty += o.Faulty
}

// Text is what is wrong, on one line; "" if nothing is.
func (f *Faults) Text() string {
	switch {
	case f.Faulty == 0:
		return ""
	case f.Frames == 1:
		return Plural(strings.Count(f.first, "; ")+1, "fault") + ": " + f.first
	case f.Faulty == 1:
		return fmt.Sprintf("1 of %s has faults, %s %d: %s", Count(f.Frames, "frame"), cmp.Or(f.Thing, "frame"), f.number, f.first)
	}
	return fmt.Sprintf("%d of %s have faults, first %s %d: %s", f.Faulty, Count(f.Frames, "frame"), cmp.Or(f.Thing, "frame"), f.number, f.first)
}

// Shown says whether a format shows faults beside each frame.
func (f Format) Shown() bool {
	return f == FormatLine || f == FormatDump || f == FormatTree || f == FormatJSON
}
