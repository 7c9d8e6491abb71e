package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"eterm/cmd/eterm-fleet/internal/agent"
	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/control"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/eterm-fleet/internal/sim"
	"eterm/cmd/eterm-fleet/internal/spool"
	"eterm/iface/lab/labtest"
	"eterm/iface/load/pace"
)

// inMemory is a controller in a process, and agents in this one with ports in
// memory.
type inMemory struct {
	t      *testing.T
	server *serverProcess
	book   control.Book
	hub    *opened
	spools []*spool.Spool
	agents []*agent.Agent
}

// opened is a hub that counts the ports that were opened.
type opened struct {
	sim.Hub
	mu sync.Mutex
	n  int
}

type counting struct {
	agent.Port
	hub *opened
}

func (c counting) Open(t agent.Task) (agent.Ends, error) {
	c.hub.mu.Lock()
	c.hub.n++
	c.hub.mu.Unlock()
	return c.Port.Open(t)
}

func (o *opened) times() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.n
}

// memoryFleet starts a controller and agents; change may alter what they are.
func memoryFleet(t *testing.T, agents int, change func(*agent.Config), serve ...string) *inMemory {
	t.Helper()
	return agentsOf(t, serving(t, serve...), agents, change)
}

// agentsOf starts agents of a controller that is there.
func agentsOf(t *testing.T, server *serverProcess, agents int, change func(*agent.Config)) *inMemory {
	t.Helper()
	m := &inMemory{t: t, server: server, hub: &opened{}}
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	t.Cleanup(func() { stop(); all.Wait() })
	for i := range agents {
		host := plan.Host(sim.Label(i))
		nc, err := m.server.creds.Connect(host)
		must(t, err)
		t.Cleanup(nc.Close)
		box, err := spool.Open(t.TempDir(), 1<<20)
		must(t, err)
		c := agent.Config{Host: host, Ports: []agent.Port{counting{m.hub.Port("p0"), m.hub}}, Spool: box, Orphan: time.Hour, Clock: pace.Timers()}
		if change != nil {
			change(&c)
		}
		a, err := agent.New(nc, c)
		must(t, err)
		m.spools, m.agents = append(m.spools, c.Spool), append(m.agents, a)
		all.Go(func() { _ = a.Run(ctx) })
	}
	m.connect()
	m.until(func() bool { return len(m.ports()) == agents })
	return m
}

// connect asks the controller as who gives orders.
func (m *inMemory) connect() {
	nc, err := m.server.creds.Connect("test")
	must(m.t, err)
	m.t.Cleanup(nc.Close)
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(2*time.Second))
	must(m.t, err)
	m.book = control.Book{JS: js}
}

func (m *inMemory) ports() map[string]bus.Port {
	all, err := m.book.Ports(m.t.Context())
	if err != nil {
		return nil
	}
	return all
}

// until waits for something that happens soon.
func (m *inMemory) until(done func() bool) {
	m.t.Helper()
	for end := time.Now().Add(90 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			m.t.Fatal("it does not happen")
		}
	}
}

// begin lets a plan of all ports run. What the ports said of themselves may be
// altered: a controller that was stolen believes what it likes.
func (m *inMemory) begin(run, text string, said func(*bus.Port)) *plan.Plan {
	m.t.Helper()
	f, err := plan.Parse([]byte("ports: [a.x, b.x]\n" + text))
	must(m.t, err)
	sim.File(f, len(m.agents))
	ports := m.ports()
	for label, p := range ports {
		p.Busy = "" // as it was at the last beat
		if said != nil {
			said(&p)
		}
		ports[label] = p
	}
	pl, err := f.Compile(run, time.Now().Add(500*time.Millisecond), control.Worst(ports), func(string) string { return "" })
	must(m.t, err)
	must(m.t, m.book.Begin(m.t.Context(), pl, ports))
	return pl
}

// closed waits until all results of a run are stored, and its ports are free.
func (m *inMemory) closed(run string) {
	m.t.Helper()
	m.until(func() bool {
		_, state, err := m.book.Plan(m.t.Context(), run)
		return err == nil && state == bus.Closed && !m.busy()
	})
}

// busy says whether a port takes part in a run.
func (m *inMemory) busy() bool {
	for _, a := range m.agents {
		if a.Describe(a.Ports[0]).Busy != "" {
			return true
		}
	}
	return false
}

// results are what is stored of a run, by port.
func (m *inMemory) results(run string) map[string][]bus.Result {
	all := map[string][]bus.Result{}
	if err := m.book.Results(m.t.Context(), run, func(r bus.Result) error {
		all[r.By] = append(all[r.By], r)
		return nil
	}); err != nil {
		return nil
	}
	return all
}

// asks runs a command of who gives orders.
func (m *inMemory) asks(words ...string) (status int, stdout, stderr string) {
	m.t.Helper()
	return fleet(m.t, append(words, "--dir", m.server.dir)...)
}

// stored is how many results of a run are stored.
func (m *inMemory) stored(run string) int {
	n, _ := m.book.Stored(m.t.Context(), run)
	return n
}

const (
	quick = "load: {rate: 200pps, count: 40}\nslot: 2s\n"
	again = "rounds: 4\n"
)

// TestStolenController: whoever has the controller's keys writes plans as he
// likes; an agent's own limits are the last word, and nothing is sent.
func TestStolenController(t *testing.T) {
	m := memoryFleet(t, 2, func(c *agent.Config) { c.Limits = bus.Limits{FramesPerS: 150} })
	m.begin("stolen", quick, func(p *bus.Port) { p.Limits = bus.Limits{} })
	m.until(func() bool { return m.stored("stolen") == 2 })
	for label, all := range m.results("stolen") {
		if len(all) != 1 || all[0].State != bus.Refused || all[0].Total != nil || !strings.Contains(all[0].Why, label+" allows at most 150 frames/s") {
			t.Errorf("%s: %+v", label, all)
		}
	}
	if n := m.hub.times(); n != 0 {
		t.Errorf("%d ports were opened", n)
	}
	status, out, stderr := m.asks("report", "stolen")
	if status != statusUntrusted || !strings.Contains(out, "allows at most 150 frames/s") {
		t.Errorf("status %d: %s%s", status, out, stderr)
	}
}

// TestStreamDeleted: somebody deletes the stream of results in mid-run. The
// controller makes it again, and what was in it comes from the spools, once.
func TestStreamDeleted(t *testing.T) {
	m := memoryFleet(t, 2, nil)
	m.begin("gone", quick+again, nil)
	m.until(func() bool { return m.stored("gone") >= 2 })
	must(t, m.book.JS.DeleteStream(t.Context(), bus.Stream))
	m.closed("gone")
	askers := 0
	for _, all := range m.results("gone") {
		for _, r := range all {
			if r.By == r.From {
				askers++
			}
		}
	}
	if askers != 4 {
		t.Errorf("%d results of 4 tests", askers)
	}
	m.until(func() bool { return m.spools[0].Len()+m.spools[1].Len() == 0 })
}

// TestNoRoomForResults: the stream has no room. Results stay in the spools; an
// agent whose spool is full too begins no test, and the report names what is
// missing. When there is room, all that was measured arrives.
func TestNoRoomForResults(t *testing.T) {
	var said sync.Map
	box := func(c *agent.Config) {
		var err error
		c.Spool, err = spool.Open(t.TempDir(), 150<<10) // room for two tests, with what must stay free
		must(t, err)
		c.Say = func(text string) { said.Store(text, true) }
	}
	m := memoryFleet(t, 2, box, "--store", "1048576")
	for i := range 4 {
		if _, err := m.book.JS.Publish(t.Context(), bus.ResultSubject("junk", i, "h.p"), make([]byte, 255<<10)); err != nil {
			break
		}
	}
	for _, s := range m.spools {
		must(t, s.Put("eterm.result.other.0.x.y", make([]byte, 80<<10)))
	}
	pl := m.begin("full", quick+again, nil)
	full := func(text string) (found bool) {
		said.Range(func(key, _ any) bool { found = strings.Contains(key.(string), text); return !found })
		return found
	}
	m.until(func() bool { return full("the spool has no room for a result, so no test is begun") })
	m.until(func() bool { return time.Now().After(pl.Table.Over()) && !m.busy() })
	status, out, _ := m.asks("report", "full")
	if status != statusUntrusted || !strings.Contains(out, "of 4 tests are missing") {
		t.Errorf("status %d: %s", status, out)
	}
	measured := 0
	for _, s := range m.spools {
		for _, subject := range s.Subjects() {
			if strings.Contains(subject, ".full.") {
				measured++
			}
		}
	}
	stream, err := m.book.JS.Stream(t.Context(), bus.Stream)
	must(t, err)
	must(t, stream.Purge(t.Context(), jetstream.WithPurgeSubject(bus.ResultsOf("junk"))))
	m.until(func() bool { return m.stored("full") == measured })
	if measured == 0 {
		t.Error("nothing was measured before the spools were full")
	}
}

// TestOrphan: agents that hear nothing of the controller for longer than they
// may finish their slot and send nothing more; they say so when it is back.
func TestOrphan(t *testing.T) {
	m := memoryFleet(t, 2, func(c *agent.Config) { c.Orphan = time.Second })
	m.begin("orphan", quick+"rounds: 12\n", nil)
	m.until(func() bool { return m.hub.times() >= 2 })
	m.server.kill()
	withdrawn := func() (n int) {
		for _, s := range m.spools {
			for _, subject := range s.Subjects() {
				if b, err := s.Get(subject); err == nil && strings.Contains(string(b), "no word from the controller for more than 1s") {
					n++
				}
			}
		}
		return n
	}
	m.until(func() bool { return withdrawn() >= 2 })
	before := m.hub.times()
	m.until(func() bool { return withdrawn() >= 6 })
	if n := m.hub.times(); n != before {
		t.Errorf("%d ports were opened after that", n-before)
	}
	must(t, m.server.start(t.Context()))
	m.connect()
	m.closed("orphan")
	status, out, _ := m.asks("report", "orphan")
	if status != statusUntrusted || !strings.Contains(out, "no word from the controller") {
		t.Errorf("status %d: %s", status, out)
	}
}

// TestCancelWatchCompare: what is seen of a run while it goes, that it ends when
// it is cancelled, and that two runs are compared.
func TestCancelWatchCompare(t *testing.T) {
	m := memoryFleet(t, 2, nil)
	m.begin("one", quick, nil)
	status, out, stderr := m.asks("watch", "one")
	if status != statusDone || !strings.Contains(out, "slot 1 of 1  sim000") || !strings.Contains(out, ".p0  measured, 0 lost") || !strings.HasSuffix(out, "run one is closed\n") {
		t.Errorf("watch: status %d: %s%s", status, out, stderr)
	}
	m.begin("two", quick, nil)
	m.closed("two")
	status, out, stderr = m.asks("compare", "one", "two")
	if status == statusUsage || status == statusNo || !strings.Contains(out, "one") || !strings.Contains(out, "two") {
		t.Errorf("compare: status %d: %s%s", status, out, stderr)
	}
	pl := m.begin("long", quick+"rounds: 1000\n", nil)
	m.until(func() bool { return m.stored("long") > 0 })
	if status, _, stderr := m.asks("cancel", "long"); status != statusDone {
		t.Fatalf("cancel: status %d, %s", status, stderr)
	}
	m.until(func() bool { return !m.busy() })
	before := m.hub.times()
	status, out, _ = m.asks("report", "long")
	if status != statusUntrusted || !strings.Contains(out, "interrupted") || time.Now().After(pl.Table.Over()) {
		t.Errorf("status %d: %s", status, out)
	}
	if status, _, stderr := m.asks("cancel", "long"); status != statusUsage || !strings.Contains(stderr, "run long is cancelled already") {
		t.Errorf("again: status %d, %s", status, stderr)
	}
	if m.hub.times() != before {
		t.Error("tests went on")
	}
}

// TestUnknownRun is the same answer from every command.
func TestUnknownRun(t *testing.T) {
	m := memoryFleet(t, 2, nil)
	for _, words := range [][]string{{"report", "nosuch"}, {"watch", "nosuch"}, {"cancel", "nosuch"}, {"compare", "nosuch", "nosuch"}} {
		status, out, stderr := m.asks(words...)
		if status != statusUsage || out != "" || !strings.Contains(stderr, "there is no such run: nosuch") {
			t.Errorf("%v: status %d, %s%s", words, status, out, stderr)
		}
	}
}

// smallDisk is a disk of its own, and what fills and empties it.
func smallDisk(t *testing.T, size string) (dir string, fill, empty func()) {
	t.Helper()
	labtest.Need(t)
	dir = t.TempDir()
	must(t, syscall.Mount("none", dir, "tmpfs", 0, "size="+size))
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	other := filepath.Join(dir, "other")
	fill = func() {
		f, err := os.Create(other)
		must(t, err)
		defer f.Close()
		for err == nil {
			_, err = f.Write(make([]byte, 4096))
		}
	}
	return dir, fill, func() { must(t, os.Remove(other)) }
}

// TestAgentsDiskFull: an agent whose disk is full begins no test, says so, and
// loses nothing that was measured.
func TestAgentsDiskFull(t *testing.T) {
	dir, fill, empty := smallDisk(t, "1m")
	var mu sync.Mutex
	var said []string
	m := memoryFleet(t, 2, func(c *agent.Config) {
		var err error
		c.Spool, err = spool.Open(filepath.Join(dir, c.Host), 1<<30)
		must(t, err)
		c.Say = func(text string) { mu.Lock(); said = append(said, text); mu.Unlock() }
	})
	refused := func() (n int) {
		mu.Lock()
		defer mu.Unlock()
		for _, text := range said {
			if strings.Contains(text, "the spool has no room for a result, so no test is begun") {
				n++
			}
		}
		return n
	}
	m.begin("disk", quick+"rounds: 10\n", nil)
	m.until(func() bool { return m.hub.times() == 2 })
	fill() // in the middle of the first test: there is no room for its result
	m.until(func() bool { return refused() >= 2 && m.stored("disk") >= 1 })
	// Both have refused a slot, so all slots from here on are refused.
	before, so := m.hub.times(), refused()
	m.until(func() bool { return refused() >= so+2 })
	if n := m.hub.times(); n != before {
		t.Errorf("%d ports were opened", n-before)
	}
	empty()
	m.until(func() bool { return m.hub.times() > before && m.stored("disk") >= 2 })
}

// TestControllersDiskFull: results stay in the spools while the controller's disk
// is full, and come when it has room and was started again.
func TestControllersDiskFull(t *testing.T) {
	dir, fill, empty := smallDisk(t, "24m")
	m := agentsOf(t, servingIn(t, filepath.Join(dir, "c"), "--store", "4194304"), 2, nil)
	m.begin("disk", quick+"rounds: 3\n", nil)
	m.until(func() bool { return m.hub.times() >= 2 })
	fill()
	m.until(func() bool { return !m.busy() })
	// At least one a test: on a busy machine both ends may have something to say.
	kept := 0
	for _, s := range m.spools {
		kept += s.Len()
	}
	if kept < 3 {
		t.Errorf("%d results in the spools of 3 tests: some were let go of", kept)
	}
	m.server.kill()
	empty()
	must(t, m.server.start(t.Context()))
	m.connect()
	m.closed("disk")
	if n := m.stored("disk"); n != kept {
		t.Errorf("%d results stored of %d", n, kept)
	}
}

// TestStoreBeyondTheDisk is refused with what to do.
func TestStoreBeyondTheDisk(t *testing.T) {
	dir, _, _ := smallDisk(t, "24m")
	t.Setenv(programVar, "1")
	if _, err := startServer(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "the disk has no room for 1073741824 bytes of results: make room, or give a smaller --store") {
		t.Error(err)
	}
	status, _, stderr := fleet(t, "serve", "--dir", dir, "--listen", "127.0.0.1:0", "--no-sandbox")
	if status != statusUsage || !strings.Contains(stderr, "--listen 127.0.0.1:0: agents have to know the port: give one above 0") {
		t.Errorf("status %d, %s", status, stderr)
	}
}
