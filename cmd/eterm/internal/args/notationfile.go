package args

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame"
	"eterm/frame/capture"
)

// longestLine is the longest line of a file of notation: a frame of a MiB as hex.
const longestLine = 4 << 20

// isNotation says whether a file begins with notation, a frame a line: its first
// line that is neither empty nor a comment starts with a layer's name. It reads
// no more than is there at once.
func isNotation(in *bufio.Reader) bool {
	if _, err := in.Peek(1); err != nil {
		return false
	}
	head, _ := in.Peek(in.Buffered())
	for line := range bytes.Lines(head) {
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] == '#' {
			continue
		}
		word, _, _ := bytes.Cut(line, []byte(" "))
		return slices.Contains(frame.LayerNames(), string(word))
	}
	return false
}

// readNotations makes a frame of each line, as build - does; on a station, which
// is the source where a line names none. Lines whose frames vary are refused: of
// a file, each line is one frame.
func readNotations(in io.Reader, on Station) (*capture.Replay, error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	var frames [][]byte
	var t frame.Template
	number := 0
	for lines.Scan() {
		number++
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if err := t.Parse(string(line)); err != nil {
			return nil, exit.Usage("line %d: %w", number, err)
		}
		if t.Varies() {
			return nil, exit.Usage("line %d: its fields vary, but a line of a file is one frame: give it as an operand", number)
		}
		t.Source(on.HardwareAddr())
		frames = append(frames, t.Append(nil))
	}
	switch {
	case errors.Is(lines.Err(), bufio.ErrTooLong):
		return nil, exit.Usage("line %d is longer than %d bytes", number+1, longestLine)
	case lines.Err() != nil:
		return nil, lines.Err()
	}
	return capture.NewReplay(frames)
}
