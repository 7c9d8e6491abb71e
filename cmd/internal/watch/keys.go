package watch

import "github.com/gdamore/tcell/v2"

// keys does what keys ask for until the terminal is given back.
func (s *Screen) keys() {
	for {
		switch e := s.to.PollEvent().(type) {
		case nil:
			return
		case *tcell.EventResize:
			s.to.Sync()
			s.change(func() {})
		case *tcell.EventKey:
			s.key(e.Key(), e.Rune())
		}
	}
}

// key does what one key asks for.
func (s *Screen) key(k tcell.Key, r rune) {
	switch {
	case k == tcell.KeyCtrlC, k == tcell.KeyEscape, k == tcell.KeyRune && r == 'q':
		s.end()
	case k != tcell.KeyRune:
	case r == 'p' || r == ' ':
		s.mu.Lock()
		s.view.paused = !s.view.paused
		s.redraw()
		s.mu.Unlock()
	case r == 'f':
		s.change(func() {
			s.view.frozen = !s.view.frozen
			s.frozen = s.view.history.copied()
		})
	case r == 'u':
		s.change(func() { s.view.unit = (s.view.unit + 1) % units })
	}
}

// end ends the run. Where that was asked for before, it gives the terminal back at
// once: the next Ctrl-C is then the shell's, and ends the program.
func (s *Screen) end() {
	s.mu.Lock()
	again := s.view.ending
	s.view.ending, s.view.paused = true, false
	s.redraw()
	s.mu.Unlock()
	s.quit()
	if again {
		go s.restore() // which waits for this goroutine
	}
}

// heedSignals ends the run by signals that would otherwise end the program with
// the terminal as it is.
func (s *Screen) heedSignals() {
	for range s.signals {
		s.end()
	}
}
