package show

import (
	"fmt"

	"eterm/frame"
	"eterm/frame/pairing"
)

// FieldChange is one thing that differs in pairs of frames of two captures (diff).
type FieldChange struct {
	Type string `json:"type"` // "change"
	// layer
	Layer string `json:"layer"`
	// field; absent if one frame lacks the whole layer
	Field string `json:"field,omitempty"`
	// value in the first capture, as in the notation; an example where it varies
	A string `json:"a"`
	// value in the second
	B string `json:"b"`
	// the values differ from pair to pair
	Varies bool `json:"varies,omitempty"`
	// in how many pairs it is
	Pairs int `json:"pairs"`
	// number of the first such frame in the first capture, from 1
	FrameA int `json:"frame_a"`
	// and in the second
	FrameB int `json:"frame_b"`
}

// CaptureSummary is the last object of diff of two captures.
type CaptureSummary struct {
	Type string `json:"type"` // "capture_summary"
	// frames of the first capture
	FramesA int `json:"frames_a"`
	// frames of the second
	FramesB int `json:"frames_b"`
	// how many are are in both
	Pairs int `json:"pairs"`
	// of those, by the mark of test frames
	ByMark int `json:"by_mark"`
	// because all bytes are the same
	ByBytes int `json:"by_bytes"`
	// by the packet, but for what switches and routers rewrite
	ByPacket int `json:"by_packet"`
	// by the content, but for what translators rewrite
	ByContent int `json:"by_content"`
	// numbers, from 1, of frames of the first that the second does not have
	Missing []int `json:"missing"`
	// and of frames of the second that the first does not have
	Extra []int `json:"extra"`
	// pairs that came in another order
	Reordered int `json:"reordered"`
}

// CaptureDiff prints what became of the frames of one capture in another.
func (o *Output) CaptureDiff(names [2]string, a, b []pairing.Frame, r pairing.Result, asJSON bool) error {
	s := CaptureSummary{Type: "capture_summary", FramesA: len(a), FramesB: len(b), Pairs: len(r.Pairs), Missing: from1(r.Missing), Extra: from1(r.Extra), Reordered: r.Reordered}
	for _, p := range r.Pairs {
		*[]*int{&s.ByMark, &s.ByBytes, &s.ByPacket, &s.ByContent}[p.By]++
	}
	if asJSON {
		for _, c := range r.Changes {
			if err := o.JSON(FieldChange{"change", c.Layer.String(), c.Field, c.A, c.B, c.Varied > 1, c.Pairs, c.Example.A + 1, c.Example.B + 1}); err != nil {
				return err
			}
		}
		return o.JSON(s)
	}
	_ = o.Item("", 0, "", fmt.Sprintf("%s: %s; %s: %s", names[0], Count(uint64(len(a)), "frame"), names[1], Count(uint64(len(b)), "frame")))
	_ = o.Item("", 0, "", fmt.Sprintf("%d in both (by mark %d, bytes %d, packet %d, content %d), %d missing, %d extra, %d out of order",
		s.Pairs, s.ByMark, s.ByBytes, s.ByPacket, s.ByContent, len(s.Missing), len(s.Extra), s.Reordered))
	for _, c := range r.Changes {
		_ = o.Item("  ", 0, "", changeText(c, len(r.Pairs)))
	}
	o.framesOf("missing", names[0], a, r.Missing)
	o.framesOf("extra", names[1], b, r.Extra)
	return o.Err()
}

func changeText(c pairing.Change, pairs int) string {
	many := fmt.Sprintf("in %d of %d", c.Pairs, pairs)
	at := fmt.Sprintf("first #%d, #%d", c.Example.A+1, c.Example.B+1)
	switch {
	case c.Field != "" && c.Varied > 1:
		return fmt.Sprintf("~ %s.%s changes %s, such as %s -> %s (%s)", c.Layer, c.Field, many, c.A, c.B, at)
	case c.Field != "":
		return fmt.Sprintf("~ %s.%s %s -> %s %s (%s)", c.Layer, c.Field, c.A, c.B, many, at)
	case c.A == "":
		return fmt.Sprintf("+ %s %s (%s)", c.B, many, at)
	}
	return fmt.Sprintf("- %s %s (%s)", c.A, many, at)
}

// mostListed is how many missing or extra frames are shown.
const mostListed = 10

func (o *Output) framesOf(what, name string, frames []pairing.Frame, places []int) {
	for n, i := range places {
		if n == mostListed {
			_ = o.Line("  and %d more", len(places)-n)
			return
		}
		_ = o.Whole("  %s: %s#%d %s", what, name, i+1, frame.Decode(frames[i].Bytes).AppendNotation(nil))
	}
}

// from1 are places counted from 1.
func from1(places []int) []int {
	numbers := make([]int, len(places))
	for i, p := range places {
		numbers[i] = p + 1
	}
	return numbers
}
