package sandbox_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"eterm/frame/capture"
)

// helper obeys orders of the test in the network and the mounts of a program
// that others cannot look into any more: lines for the shell come by one FIFO, and
// how each ended goes by the other.
const helper = `mkfifo FILE.do FILE.did && mount --make-rprivate / && mkdir FILE.full && mount -t tmpfs -o size=64k,mode=777 tmpfs FILE.full; ` +
	`sh -c 'while read -r order; do sh -c "$order" >/dev/null 2>&1; echo $?; done <FILE.do >FILE.did' &`

// orders are the test's ends of them.
type orders struct {
	do  *os.File
	did *bufio.Reader
}

// orderer opens both ends; the program is at work, and so is the helper.
func orderer(t *testing.T, file string) *orders {
	t.Helper()
	do, err := os.OpenFile(file+".do", os.O_RDWR, 0) // read and write: waits for nobody
	if err != nil {
		t.Fatal(err)
	}
	did, err := os.OpenFile(file+".did", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { do.Close(); did.Close() })
	return &orders{do, bufio.NewReader(did)}
}

// give gives an order and waits until it is done.
func (o *orders) give(t *testing.T, order string) {
	t.Helper()
	fmt.Fprintln(o.do, order)
	answer := make(chan string, 1)
	go func() {
		line, _ := o.did.ReadString('\n')
		answer <- line
	}()
	select {
	case line := <-answer:
		if line != "0\n" {
			t.Fatalf("%s: status %s", order, line)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("%s: no answer", order)
	}
}

// goings are what goes on after privileges were given up. Each is a call of
// listen, what happens to it, and how it must end.
var goings = []struct {
	name, line string
	// orders are for the helper, one after the other.
	orders []string
	// frames are how many the files FILE*.pcapng must have in the end, and
	// files how many there must be at least.
	frames, files int
	// itself: it ends without being interrupted.
	itself bool
	status int
	says   string
}{
	{name: "rotation", line: "listen -i va --from 02:00:00:00:00:77 -w FILE.pcapng --rotate 20kB",
		orders: []string{send + "-c 100" + sent}, frames: 100, files: 5, says: "100 frames"},
	{name: "cable out and in", line: "listen -i va --from 02:00:00:00:00:77 -w FILE.pcapng",
		orders: []string{send + "-c 10" + sent, "ip link set vb down", "ip link set vb up", carrier, send + "-c 10" + sent}, frames: 20, files: 1, status: 3, says: "the carrier was lost once"},
	{name: "cable out and in, in rotation", line: "listen -i va --from 02:00:00:00:00:77 -w FILE.pcapng --rotate 10kB",
		orders: []string{send + "-c 30" + sent, "ip link set vb down", "ip link set vb up", carrier, send + "-c 30" + sent}, frames: 60, files: 4, status: 3, says: "the carrier was lost once"},
	// Whoever sets the interface down ends the capture, which says so.
	{name: "interface down and up", line: "listen -i va --from 02:00:00:00:00:77 -w FILE.pcapng",
		orders: []string{send + "-c 10" + sent, "ip link set va down && ip link set va up"}, frames: 10, files: 1, itself: true, status: 3, says: "va: interface is down: the run ended there"},
	{name: "interface removed", line: "listen -i va --from 02:00:00:00:00:77 -w FILE.pcapng",
		orders: []string{send + "-c 10" + sent, "ip link del va"}, frames: 10, files: 1, itself: true, status: 3, says: "10 frames"},
	{name: "disk full", line: "listen -i va --from 02:00:00:00:00:77 -w FILE.full/x.pcapng",
		orders: []string{send + "-c 200" + sent}, itself: true, status: 2, says: "no space left on device"},
	{name: "disk full in rotation", line: "listen -i va --from 02:00:00:00:00:77 -w FILE.full/x.pcapng --rotate 20kB",
		orders: []string{send + "-c 200" + sent}, itself: true, status: 2, says: "no space left on device"},
}

const (
	// From an address that the kernel has nothing of its own to send from.
	send    = "SELF send -i vb --no-sandbox --from 02:00:00:00:00:77 -s 1000 -b 2kpps "
	sent    = " || test $? = 3" // a busy host missed the rate
	carrier = "for i in $(seq 500); do ip link show va | grep -q LOWER_UP && exit 0; sleep 0.01; done; exit 1"
)

// TestWorkGoesOn: a command that has given up its privileges does all that it
// has to do later, and ends as it does without having given up anything.
func TestWorkGoesOn(t *testing.T) {
	for _, g := range goings {
		for _, w := range ways {
			t.Run(g.name+" by "+w.name, func(t *testing.T) {
				w.need(t)
				t.Parallel()
				var ends []string
				for _, flags := range []string{"", " --no-sandbox"} {
					job := work{line: g.line + flags, before: helper, mounts: true}
					r := w.startWork(t, "listen", job)
					io.Copy(io.Discard, r.ready)
					if flags == "" {
						w.check(t, r, nil)
					}
					o := orderer(t, r.file)
					for _, order := range g.orders {
						o.give(t, strings.ReplaceAll(order, "SELF", built(t, eterm).path))
					}
					ends = append(ends, endOf(t, r, g.itself, g.frames, g.says))
					if r.ProcessState.ExitCode() != g.status {
						t.Errorf("%s%s: %v, want status %d: %s", g.line, flags, r.ProcessState, g.status, r.output.String())
					}
					if files := captured(t, r.file, g.frames); files < g.files {
						t.Errorf("%s%s: %d files, want %d", g.line, flags, files, g.files)
					}
				}
				if ends[0] != ends[1] {
					t.Errorf("it ends with\n%s\nand without a sandbox with\n%s", ends[0], ends[1])
				}
			})
		}
	}
}

// places and counts are what differs from run to run in what is printed.
var places = regexp.MustCompile(`/\S+/`)
var counts = regexp.MustCompile(`\d+ (frames?|received|bytes)`)

// endOf ends the program, or awaits its end, and returns what it said, without
// what differs from run to run.
func endOf(t *testing.T, r *running, itself bool, frames int, says string) string {
	t.Helper()
	var out string
	if itself {
		r.Wait()
		out = strings.Trim(r.output.String(), "\x00")
	} else {
		_, out = r.end(t)
	}
	if !strings.Contains(out, says) {
		t.Errorf("no %q in: %s", says, out)
	}
	out = places.ReplaceAllString(out, "")
	out = strings.Replace(out, "interface is gone", "interface is down", 1) // it is down first: which is seen is chance
	if frames == 0 {                                                        // how many were in time before the disk was full is chance
		out = counts.ReplaceAllString(out, "N $1")
	}
	return out
}

// captured counts the files of a capture, which must have so many frames.
func captured(t *testing.T, file string, want int) int {
	t.Helper()
	names, err := filepath.Glob(file + "*.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := capture.NewReader(f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var record capture.Record
		for ; r.Next(&record) == nil; got++ {
		}
		f.Close()
	}
	if got != want {
		t.Errorf("%d frames in %q, want %d", got, names, want)
	}
	return len(names)
}
