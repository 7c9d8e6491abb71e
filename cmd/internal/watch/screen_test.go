package watch

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/gdamore/tcell/v2"

	"eterm/frame/stats"
)

var update = flag.Bool("update", false, "write the golden files anew")

// simulated is a Screen on a terminal in memory.
func simulated(t *testing.T, charset string, columns, lines int, o Options) (*Screen, tcell.SimulationScreen) {
	t.Helper()
	sim := tcell.NewSimulationScreen(charset)
	if err := sim.Init(); err != nil {
		t.Fatal(err)
	}
	sim.SetSize(columns, lines)
	if o.Quit == nil {
		o.Quit = func() {}
	}
	s := begin(sim, o)
	t.Cleanup(s.Close)
	return s, sim
}

// text is what a terminal in memory shows.
func text(sim tcell.SimulationScreen) string {
	cells, width, height := sim.GetContents()
	var b strings.Builder
	for y := range height {
		var line strings.Builder
		for x := range width {
			line.WriteString(string(cells[y*width+x].Runes))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

func num(n uint64) *uint64 { return &n }

// aRun has a screen see a run of so many seconds each way: it loses a few frames in
// the fifth second, all in the tenth to twelfth, and the host drops some in the
// fifteenth.
func aRun(s *Screen, seconds int) {
	began := s.view.history.began
	var offered, received, missing, dropped uint64
	for i := 1; i <= seconds; i++ {
		offered += 1000
		came := uint64(1000)
		switch {
		case i == 5:
			came -= 7
			missing += 7
		case i >= 10 && i <= 12:
			came = 0
		case i == 13:
			missing += 3000
		case i == 15:
			came -= 20
			dropped += 20
			missing += 20
		}
		received += came
		var delay *stats.Percentiles
		if came > 0 {
			delay = &stats.Percentiles{P50: 12_000, P99: int64(30_000 + i*1000), Max: 99_000}
		}
		s.Take(began.Add(time.Duration(i)*time.Second), []stats.SoFar{
			{Direction: "forward", Offered: num(offered), Received: num(received), Missing: num(missing), HostDropped: num(dropped), Bytes: num(60 * received), Delay: delay},
			{Direction: "reverse", Offered: num(offered), Received: num(offered), Missing: num(0), Bytes: num(60 * offered)},
		})
	}
}

// TestScreens holds what is drawn against files, at two sizes and without block
// characters.
func TestScreens(t *testing.T) {
	for name, c := range map[string]struct {
		charset        string
		columns, lines int
	}{"80x24": {"UTF-8", 80, 24}, "200x50": {"UTF-8", 200, 50}, "ascii": {"US-ASCII", 80, 24}, "30x8": {"UTF-8", 30, 8}} {
		s, sim := simulated(t, c.charset, c.columns, c.lines, Options{Title: "eterm link run --tx eth1 --rx eth2 -b 1kpps --watch"})
		s.Status("the peer does not reply")
		aRun(s, 30)
		s.Say("eterm: something was said")
		got := text(sim)
		path := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || got != string(want) {
			t.Errorf("%s, %v:\n%s\nwant\n%s", name, err, got, want)
		}
	}
}

// TestTops: what there is most of is listed, within the lines there are.
func TestTops(t *testing.T) {
	s, sim := simulated(t, "UTF-8", 80, 24, Options{Title: "eterm listen -i eth0 -q --watch"})
	var n stats.Counter
	for i := range 60 {
		for range i + 1 {
			n.Add(append([]byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 9, byte(i), 0x81, 0, 0, byte(i % 3), 0x88, 0xb5}, make([]byte, 46)...), 64)
		}
	}
	frames, bytes := n.Frames, n.Bytes
	s.Tops(n.Counts())
	s.Take(s.view.history.began.Add(time.Second), []stats.SoFar{{Received: &frames, Bytes: &bytes, HostDropped: num(0)}})
	got := text(sim)
	for _, want := range []string{"source ", "02:00:00:00:09:3b 60", "and 44 more", "vlan", "0                 590", "ethertype", "0x88b5            1830", "1830 frames/s received", "on the way: not known"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// TestKeys: pause stops the screen and not the counting, freeze the plots alone, and
// the units go round.
func TestKeys(t *testing.T) {
	quits := 0
	s, sim := simulated(t, "UTF-8", 80, 24, Options{Title: "x", Quit: func() { quits++ }})
	aRun(s, 3)
	before := text(sim)
	s.key(tcell.KeyRune, 'p')
	paused := text(sim)
	aRun(s, 9)
	if !strings.Contains(paused, "PAUSED") || text(sim) != paused {
		t.Errorf("paused\n%s\nis now\n%s", paused, text(sim))
	}
	s.key(tcell.KeyRune, ' ')
	if got := text(sim); got == before || !strings.Contains(got, "9s") {
		t.Errorf("going on it shows\n%s", got)
	}
	s.key(tcell.KeyRune, 'f')
	plot := line(text(sim), "outage")
	aRun(s, 20)
	if got := text(sim); line(got, "outage") != plot || !strings.Contains(got, "20s") || !strings.Contains(got, "FROZEN") {
		t.Errorf("frozen plots were\n%s\nand are\n%s", plot, got)
	}
	s.key(tcell.KeyRune, 'f')
	for _, want := range []string{"480 kbit/s of frames", "100.00 % of 1000 frames/s offered", "1000 frames/s received of 1000 frames/s offered"} {
		s.key(tcell.KeyRune, 'u')
		if got := text(sim); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, k := range []tcell.Key{tcell.KeyCtrlC, tcell.KeyEscape} {
		s.key(k, 0)
	}
	if quits != 2 {
		t.Errorf("%d of 2 keys ended the run", quits)
	}
}

func line(text, with string) string {
	for l := range strings.Lines(text) {
		if strings.Contains(l, with) {
			return l
		}
	}
	return ""
}

// TestHostileTextIsText: whatever a name or a message holds, the terminal is given
// nothing but characters that can be seen, each in its place.
func TestHostileTextIsText(t *testing.T) {
	evil := "\x1b[2J\x1b]0;owned\a\u009b31m\u202egnp\u2066 \x00\r\n" + strings.Repeat("x", 10_000)
	s, sim := simulated(t, "UTF-8", 80, 24, Options{Title: "eterm " + evil})
	s.Status(evil)
	s.Say(evil)
	s.Take(s.view.history.began.Add(time.Second), []stats.SoFar{{Direction: evil, Received: num(1)}})
	cells, _, _ := sim.GetContents()
	for _, c := range cells {
		for _, r := range c.Runes {
			if r != ' ' && !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("the terminal is given %U", r)
			}
		}
	}
	if got := text(sim); !strings.Contains(got, ".[2J.]0;owned..31m.gnp.") || strings.Count(got, "\n") != 24 {
		t.Errorf("it shows\n%s", got)
	}
}

// TestWhatIsHeldBackIsShown: what a command says while there is a screen is shown
// on it, until it is gone.
func TestWhatIsHeldBackIsShown(t *testing.T) {
	var tell func(string)
	released := 0
	s, sim := simulated(t, "UTF-8", 80, 24, Options{Title: "x", Hold: func(f func(string)) func() {
		tell = f
		return func() { released++ }
	}})
	tell("a result")
	tell("a note")
	if released > 0 || !strings.Contains(text(sim), "a result") || !strings.Contains(text(sim), "a note") {
		t.Errorf("released %d times, shown\n%s", released, text(sim))
	}
	s.Close()
	if released != 1 {
		t.Errorf("released %d times", released)
	}
	s.Close()
	s.Take(time.Now(), nil)
	(*Screen)(nil).Take(time.Now(), nil)
	(*Screen)(nil).Close()
}

// TestADayTakesNoMemory: a screen remembers as much as it can show.
func TestADayTakesNoMemory(t *testing.T) {
	var h history
	offered := uint64(0)
	day := func(from, to int) {
		for i := from; i < to; i++ {
			offered += 1000
			n := offered
			h.take(time.Unix(int64(i+1), 0), []stats.SoFar{{Offered: &n, Received: &n, Delay: &stats.Percentiles{P99: 5}}})
		}
	}
	var before, after runtime.MemStats
	day(0, 10_000)
	runtime.GC()
	runtime.ReadMemStats(&before)
	day(10_000, 86_400)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<18 || len(h.lanes[0].seconds) != mostSeconds {
		t.Errorf("%d bytes more, %d seconds kept", grown, len(h.lanes[0].seconds))
	}
}
