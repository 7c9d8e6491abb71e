package sandbox_test

import (
	"io"
	"strings"
	"testing"
)

// downs are commands that keep a port for long, whose interface is set down and
// up while they are at work. Each must end as told here; itself: at once, by
// itself.
var downs = []struct {
	command, line string
	itself        bool
	status        int
	says          string
}{
	{command: "exchange", line: "exchange -i va", itself: true, status: 3, says: "va: interface is down: the run ended there"},
	{command: "broadcast", line: "broadcast -i va", itself: true, status: 3, says: "va: interface is down: the run ended there"},
	{command: "send", line: "send -i va -b 100pps -d 20", status: 3, says: "the interface went down once"},
	{command: "ping", line: "ping -i va --l2 02:00:00:00:00:0b", status: 3, says: "the interface went down once"},
	{command: "arp", line: "arp -i va --listen", status: 3, says: "the interface went down once"},
	{command: "respond", line: "respond -i va"},
	{command: "link send", line: "link send -i va --to 02:00:00:00:00:0b -b 100pps -d 20", status: 3, says: "at the sender the interface went down once"},
	{command: "link receive", line: "link receive -i va", status: 3, says: "while frames were awaited the interface went down once"},
	{command: "link run", line: "link run --tx va --rx vb -b 100pps -d 20", status: 3, says: "at the sender the interface went down once"},
	{command: "switch outage", line: "switch outage --a va --b vb", status: 3, says: "an interface was set down on its host (A 1, B 0 times)"},
}

// TestInterfaceDownAndUp: behind its fence a command meets an interface that is
// set down and up as it does without one.
func TestInterfaceDownAndUp(t *testing.T) {
	for _, d := range downs {
		for _, w := range ways[2:] { // one with a user's rights in a file, one with a namespace's
			t.Run(d.command+" by "+w.name, func(t *testing.T) {
				w.need(t)
				t.Parallel()
				for _, flags := range []string{"", " --no-sandbox"} {
					r := w.startWork(t, d.command, work{line: d.line + flags, before: helper, mounts: true})
					io.Copy(io.Discard, r.ready)
					if flags == "" {
						w.check(t, r, nil)
					}
					orderer(t, r.file).give(t, "sleep 0.3; ip link set va down && sleep 0.3 && ip link set va up && "+carrier)
					var out string
					if d.itself {
						r.Wait()
						out = strings.Trim(r.output.String(), "\x00")
					} else {
						_, out = r.end(t)
					}
					if r.ProcessState.ExitCode() != d.status || !strings.Contains(out, d.says) {
						t.Errorf("%s%s: %v, want status %d and %q: %s", d.line, flags, r.ProcessState, d.status, d.says, out)
					}
				}
			})
		}
	}
}
