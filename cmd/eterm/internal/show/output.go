// Package show writes what eterm says: text, JSON and the live status line. It
// is the only writer of results, and every JSON object is defined here.
//
// Results go to an Output, one a line; everything else goes to Messages. What
// comes from outside passes through Text, or through AppendJSON, on its way.
package show

import (
	"fmt"
	"io"
	"math"
	"os"
	"sync"

	"golang.org/x/term"
)

// Output is where results go: standard output. It writes whole lines, may be
// used by several goroutines, and writes nothing more once writing has failed.
type Output struct {
	w     io.Writer
	width int // columns that text folds to, those of the terminal; 0: it does not fold

	mu   sync.Mutex
	err  error
	host string // of which the last line was (lab)
}

// NewOutput is an Output that writes to w.
func NewOutput(w io.Writer) *Output {
	o := &Output{w: w, width: columnsAsked()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		o.width = 80
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			o.width = width
		}
	}
	return o
}

// To is w as an Output: itself, if it is one.
func To(w io.Writer) *Output {
	if o, ok := w.(*Output); ok {
		return o
	}
	return NewOutput(w)
}

// Write writes b as it is. It is for text that is harmless already.
func (o *Output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(b)
	o.err = err
	return n, err
}

// Line writes one line of text, made harmless and folded to the terminal.
func (o *Output) Line(format string, args ...any) error {
	_, err := o.Write([]byte(Fold(Text(fmt.Sprintf(format, args...)), o.width) + "\n"))
	return err
}

// Whole writes one line of text, made harmless and never folded: notation, which
// is to be pasted.
func (o *Output) Whole(format string, args ...any) error {
	_, err := o.Write([]byte(Text(fmt.Sprintf(format, args...)) + "\n"))
	return err
}

// JSON writes one object on a line.
func (o *Output) JSON(v any) error {
	b, err := AppendJSON(nil, v)
	if err != nil {
		return err
	}
	_, err = o.Write(append(b, '\n'))
	return err
}

// Err is why writing failed, the first time that it did.
func (o *Output) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// columns is how many columns text may have: those of the terminal, or any
// number elsewhere.
func (o *Output) columns() int {
	if o.width == 0 {
		return math.MaxInt
	}
	return o.width
}

// Columns is how many columns text folds to; 0: it does not fold.
func (o *Output) Columns() int { return o.width }

// Unwrap is the stream below an Output or Messages: what a child process is
// given, and what may be a terminal.
func Unwrap(w io.Writer) io.Writer {
	switch s := w.(type) {
	case *Output:
		return s.w
	case *Messages:
		return s.w
	}
	return w
}

// IsTerminal says whether a person is at the other end of a stream.
func IsTerminal(stream any) bool {
	if w, ok := stream.(io.Writer); ok {
		stream = Unwrap(w)
	}
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// UseColor decides by what was asked for ("always", "never", "auto"), NO_COLOR
// (no-color.org) and whether out is a terminal.
func UseColor(when string, out any) bool {
	switch when {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && IsTerminal(out)
}

// Item writes a text behind its key, which is padded to a width; what does not
// fit the terminal goes on below its beginning. An empty key goes on with the
// item above.
func (o *Output) Item(indent string, width int, key, text string) error {
	room := o.columns() - len(indent) - width
	if room < width { // too narrow for two columns
		room = math.MaxInt
	}
	for i, line := range fold(Text(text), room) {
		if i > 0 {
			key = ""
		}
		if err := o.Line("%s%-*s%s", indent, width, Text(key), line); err != nil {
			return err
		}
	}
	return nil
}
