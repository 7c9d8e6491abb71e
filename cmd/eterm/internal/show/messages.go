package show

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Messages is standard error: what is no result, one line each, and on a
// terminal the live line, which is written over again and again. It may be used
// by several goroutines.
type Messages struct {
	w     io.Writer
	width int // columns of the terminal, for the live line; 0: not one
	fold  int // columns that text folds to; 0: it does not fold

	mu    sync.Mutex
	shown bool
	last  time.Time
}

// liveEvery is the shortest time between two states of the live line: more
// often nobody can read it.
const liveEvery = 100 * time.Millisecond

// NewMessages are Messages that are written to w.
func NewMessages(w io.Writer) *Messages {
	m := &Messages{w: w, fold: NewOutput(w).width}
	if IsTerminal(w) {
		m.width = m.fold
	}
	return m
}

// MessagesTo is who writes messages to w: w itself, if it is one.
func MessagesTo(w io.Writer) *Messages {
	if m, ok := w.(*Messages); ok {
		return m
	}
	return NewMessages(w)
}

// prefix begins every message.
const prefix = "eterm: "

// Note says one thing on one line, which folds to the terminal.
func (m *Messages) Note(format string, args ...any) {
	text := prefix + Text(strings.TrimSpace(fmt.Sprintf(format, args...)))
	if m.fold > 0 {
		text = strings.Join(hung(text, m.fold, len(prefix), strings.Repeat(" ", len(prefix))), "\n")
	}
	_, _ = m.Write([]byte(text + "\n"))
}

// Write writes b as it is, in place of the live line.
func (m *Messages) Write(b []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clear()
	return m.w.Write(b)
}

// IsLive says whether anybody sees the live line.
func (m *Messages) IsLive() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.width > 0
}

// Live shows how far a run is, unless it did so a moment ago.
func (m *Messages) Live(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.width == 0 || m.shown && time.Since(m.last) < liveEvery {
		return
	}
	m.last, m.shown = time.Now(), true
	fmt.Fprintf(m.w, "\r\x1b[K%s", clip(Text(fmt.Sprintf(format, args...)), m.width-1))
}

// Clear removes the live line.
func (m *Messages) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clear()
}

func (m *Messages) clear() {
	if m.shown {
		fmt.Fprint(m.w, "\r\x1b[K")
		m.shown = false
	}
}

// clip is s, or as much of it as fits n characters, with two points at the end.
func clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:max(n-2, 0)]) + ".."
}

// Lines says a text as it is laid out, such as a caret under a word, but
// harmless; each line has the prefix in front.
func (m *Messages) Lines(prefix, text string) {
	for line := range strings.Lines(text) {
		_, _ = m.Write([]byte(prefix + Text(strings.TrimRight(line, "\n")) + "\n"))
	}
}
