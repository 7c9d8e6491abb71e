package show

import (
	"fmt"

	"eterm/frame"
)

// Difference is one thing in which two frames differ (diff).
type Difference struct {
	Type string `json:"type"` // "difference"
	// layer
	Layer string `json:"layer"`
	// field; absent if one frame lacks the whole layer
	Field string `json:"field,omitempty"`
	// value in the first frame, as in the notation; null: only the other frame has the layer
	A *string `json:"a"`
	// value in the second
	B *string `json:"b"`
	// where it is in the first, in bytes
	OffsetA *int `json:"offset_a"`
	// where it is in the second
	OffsetB *int `json:"offset_b"`
}

// DiffSummary is the last object of diff.
type DiffSummary struct {
	Type string `json:"type"` // "summary"
	// whether both have the same bytes
	Identical bool `json:"identical"`
	// how many there are
	Differences int `json:"differences"`
	// bytes of the first
	LengthA int `json:"length_a"`
	// bytes of the second
	LengthB int `json:"length_b"`
}

// Diff prints the fields that differ and then the bytes; nothing of frames that
// are the same.
func (o *Output) Diff(frames [2]*frame.Decoded, differences []frame.Difference, color bool) error {
	if string(frames[0].Bytes) == string(frames[1].Bytes) {
		return nil
	}
	var b []byte
	if x, y := len(frames[0].Bytes), len(frames[1].Bytes); x != y {
		b = fmt.Appendf(b, "~ length %d -> %s\n", x, Count(y, "byte"))
	}
	for _, d := range differences {
		var line string
		switch {
		case d.Field != "":
			line = fmt.Sprintf("~ %s.%s at %d: %s -> %s", d.Layer, d.Field, d.OffsetB, d.A, d.B)
		case d.OffsetA < 0:
			line = fmt.Sprintf("+ %s at %d", d.B, d.OffsetB)
		case d.OffsetB < 0:
			line = fmt.Sprintf("- %s at %d", d.A, d.OffsetA)
		default:
			line = fmt.Sprintf("~ %s at %d -> %s at %d", d.A, d.OffsetA, d.B, d.OffsetB)
		}
		b = append(append(b, Fold(Text(line), o.width)...), '\n')
	}
	b = append(b, '\n')
	rows := frame.AppendDiff(nil, frames[0], frames[1], frame.DumpOptions{Color: color})
	_, err := o.Write(append(b, foldDump(string(rows), o.width)...))
	return err
}

// DiffJSON prints the same as objects.
func (o *Output) DiffJSON(frames [2]*frame.Decoded, differences []frame.Difference) error {
	for _, d := range differences {
		j := Difference{Type: "difference", Layer: d.Layer.String(), Field: d.Field}
		if d.OffsetA >= 0 {
			j.A, j.OffsetA = &d.A, &d.OffsetA
		}
		if d.OffsetB >= 0 {
			j.B, j.OffsetB = &d.B, &d.OffsetB
		}
		if err := o.JSON(j); err != nil {
			return err
		}
	}
	same := string(frames[0].Bytes) == string(frames[1].Bytes)
	return o.JSON(DiffSummary{"summary", same, len(differences), len(frames[0].Bytes), len(frames[1].Bytes)})
}
