package watch

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/gdamore/tcell/v2"

	"eterm/frame/stats"
)

// Screen is the screen of --watch: what a run has counted, drawn once a second, and
// keys. A nil Screen takes everything and shows nothing. Its methods may be called
// by several goroutines.
type Screen struct {
	to      tcell.Screen
	quit    func()
	release func() // lets what was held back be written
	signals chan os.Signal
	ended   sync.WaitGroup

	mu     sync.Mutex
	view   view
	frozen history
	closed bool
}

// Options are of a Screen.
type Options struct {
	Title string
	// Hold holds back what else writes to the terminal, as long as there is a
	// Screen, and tells each line of it; what it returns ends that. Nil: nothing
	// else does.
	Hold func(tell func(line string)) (release func())
	// Quit ends the run. It is called when a key asks for that, and returns soon.
	Quit func()
}

// Check says why there cannot be a Screen here; nil if there can. In and out say
// whether standard input and standard output are terminals.
func Check(in, out bool) error {
	switch {
	case !out:
		return errors.New("--watch draws on a terminal, and standard output is none: leave out --watch, or keep the result with -o FILE instead of redirecting it")
	case !in:
		return errors.New("--watch takes keys from a terminal, and standard input is none: leave out --watch, or do not redirect standard input")
	}
	if _, err := tcell.LookupTerminfo(os.Getenv("TERM")); err != nil {
		return fmt.Errorf("--watch does not know a terminal of type %q: set TERM, such as TERM=xterm, or leave out --watch", os.Getenv("TERM"))
	}
	return nil
}

// Open takes the terminal until Close.
func Open(o Options) (*Screen, error) {
	tcell.SetEncodingFallback(tcell.EncodingFallbackASCII)
	tty, err := tcell.NewStdIoTty()
	if err != nil {
		return nil, err
	}
	to, err := tcell.NewTerminfoScreenFromTty(tty)
	if err != nil {
		return nil, err
	}
	if err := to.Init(); err != nil {
		giveBack()
		return nil, err
	}
	return begin(to, o), nil
}

// begin is Open on a screen that is ready.
func begin(to tcell.Screen, o Options) *Screen {
	now := time.Now()
	s := &Screen{to: to, quit: o.Quit, signals: make(chan os.Signal, 1),
		view: view{title: o.Title, ascii: to.CharacterSet() != "UTF-8", history: history{began: now, at: now}}}
	s.release = func() {}
	if o.Hold != nil {
		s.release = o.Hold(s.Say)
	}
	signal.Notify(s.signals, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGTERM)
	s.ended.Go(s.keys)
	s.ended.Go(s.heedSignals)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.redraw()
	return s
}

// Take shows what a run has counted up to now.
func (s *Screen) Take(now time.Time, all []stats.SoFar) {
	s.change(func() { s.view.history.take(now, all) })
}

// Tops shows of what there is most.
func (s *Screen) Tops(c stats.Counts) {
	if s == nil {
		return
	}
	tops := topsOf(c)
	s.change(func() { s.view.tops = tops })
}

// Status shows one line on what goes on.
func (s *Screen) Status(text string) { s.change(func() { s.view.status = text }) }

// mostEvents is how many lines are kept for the screen.
const mostEvents = 200

// Say shows a line among those that were said.
func (s *Screen) Say(line string) {
	s.change(func() {
		s.view.events = append(s.view.events, line)
		if n := len(s.view.events) - mostEvents; n > 0 {
			s.view.events = append(s.view.events[:0], s.view.events[n:]...)
		}
	})
}

// change changes what is shown, and shows it unless it is paused.
func (s *Screen) change(f func()) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	if !s.view.paused {
		s.redraw()
	}
}

func (s *Screen) redraw() {
	if s.closed {
		return
	}
	v := s.view
	v.plots = v.history
	if v.frozen {
		v.plots = s.frozen
	}
	v.draw(s.to)
}

// Close gives the terminal back as it was, and writes what was held back. It may be
// called more than once.
func (s *Screen) Close() {
	if s == nil {
		return
	}
	s.restore()
	s.ended.Wait()
	s.release()
}

// restore gives the terminal back.
func (s *Screen) restore() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	s.to.Fini()
	signal.Stop(s.signals)
	close(s.signals)
	giveBack()
}

// giveBack has standard input wait for its reader again: tcell leaves it as one
// that does not, which who started this program shares.
func giveBack() { _ = syscall.SetNonblock(int(os.Stdin.Fd()), false) }
