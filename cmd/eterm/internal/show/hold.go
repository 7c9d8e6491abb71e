package show

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// mostHeld bounds what is held back of each stream: lines beyond it are left out,
// the oldest first.
const mostHeld = 1 << 20

// held takes lines in the place of a stream, and tells of each.
type held struct {
	to    io.Writer
	tell  func(line string)
	mu    sync.Mutex
	text  bytes.Buffer
	lost  int // lines that were left out
	ended bool
}

// Write takes whole lines.
func (h *held) Write(b []byte) (int, error) {
	h.mu.Lock()
	if h.ended {
		defer h.mu.Unlock()
		return h.to.Write(b)
	}
	h.text.Write(b)
	for h.text.Len() > mostHeld {
		if _, err := h.text.ReadBytes('\n'); err != nil {
			break
		}
		h.lost++
	}
	h.mu.Unlock()
	for line := range bytes.Lines(b) {
		h.tell(Text(string(bytes.TrimRight(line, "\n"))))
	}
	return len(b), nil
}

// end writes what was held, and from now on what comes.
func (h *held) end() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return nil
	}
	h.ended = true
	if h.lost > 0 {
		if _, err := fmt.Fprintf(h.to, "(%s before this left out)\n", Count(h.lost, "line")); err != nil {
			return err
		}
	}
	_, err := h.to.Write(h.text.Bytes())
	h.text = bytes.Buffer{}
	return err
}

// Hold keeps what is written to both off the terminal, which something else draws
// on, until the function that it returns is called. Each line is told meanwhile.
// The live line is not shown.
func Hold(out *Output, says *Messages, tell func(line string)) (release func()) {
	results, notes := &held{tell: tell}, &held{tell: tell}
	out.mu.Lock()
	results.to, out.w = out.w, results
	out.mu.Unlock()
	says.mu.Lock()
	says.clear()
	notes.to, says.w = says.w, notes
	width := says.width
	says.width = 0
	says.mu.Unlock()
	return func() {
		says.mu.Lock()
		_ = notes.end()
		says.w, says.width = notes.to, width
		says.mu.Unlock()
		out.mu.Lock()
		defer out.mu.Unlock()
		if err := results.end(); err != nil && out.err == nil {
			out.err = err
		}
		out.w = results.to
	}
}
