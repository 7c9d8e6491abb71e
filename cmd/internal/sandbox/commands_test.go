package sandbox_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"eterm/cmd/internal/sandbox"
)

// work is one call of a command that is still at work when it is looked at: it
// waits for frames, answers, or standard input, or for somebody to take what
// it prints.
type work struct {
	line string
	// before are commands of the shell that make what the command needs; SELF
	// and FLEET are the two programs, without a sandbox.
	before string
	// full: the command is held up by a reader that does not read.
	full bool
	// mounts: it has mounts of its own.
	mounts bool
}

// A benchmark that was interrupted, in FILE.dir.
const interruptedBench = `timeout -s INT 0.5 SELF bench rfc2544 --no-sandbox --tx va --rx vb -b 100pps -s 64 --tests throughput --preset quick --isolated -o FILE.dir; chmod -R a+rwX FILE.dir`

// A controller at work, which knows one machine by the credentials in FILE.creds:
// it looks for new ones every two seconds.
const controller = `umask 077; FLEET serve --no-sandbox --dir FILE.control & until FLEET enroll h1 --dir FILE.control >FILE.creds; do sleep 0.1; done; ` +
	`while timeout 1 FLEET ports --creds FILE.creds 2>&1 | grep -q "does not know"; do sleep 0.1; done; chown OWNER FILE.creds`

// works has what every row of the table is tried with. Directories and FIFOs
// are put in for FILE and FIFO.
var works = map[string]work{
	"listen":        {line: "listen -i va -w FILE.pcapng --rotate 1MB icmp or vlan 5"},
	"exchange":      {line: "exchange -i va"},
	"broadcast":     {line: "broadcast -i va"},
	"send":          {line: "send -i va -b 10pps -d 20"},
	"ping":          {line: "ping -i va --l2 02:00:00:00:00:0b"},
	"arp":           {line: "arp -i va --listen"},
	"scan":          {line: "scan -i va 192.0.2.0/25"},
	"respond":       {line: "respond -i va"},
	"link send":     {line: "link send -i va --to 02:00:00:00:00:0b -b 10pps -d 20 -o FILE.json"},
	"link receive":  {line: "link receive -i va -o FILE.json"},
	"link run":      {line: "link run --tx va --rx vb -b 10pps -d 20 -o FILE.json"},
	"switch check":  {line: "switch check --a va --b vb -o FILE.txt -w FILE.pcapng"},
	"switch macs":   {line: "switch macs --a va --b vb"},
	"switch outage": {line: "switch outage --a va --b vb"},
	"decode":        {line: "decode -r -"},
	"build":         {line: "build - -w FILE.pcap"},
	"diff":          {line: "diff FIFO#1 FIFO#1"},
	"report":        {line: "report FIFO"},
	"compare":       {line: "compare FIFO FIFO"},
	"interfaces":    {line: "interfaces", full: true},

	"bench rfc2544": {line: "bench rfc2544 --tx va --rx vb -b 100pps -s 64 --tests throughput --preset quick --isolated -o FILE.dir"},
	"bench rfc2889": {line: "bench rfc2889 --tx va --rx vb -b 100pps -s 64 --tests forwarding --preset quick --isolated -o FILE.dir"},
	"bench snake":   {line: "bench snake --tx va --rx vb --hops 2 -b 100pps -s 64 --tests throughput --preset quick --isolated -o FILE.dir"},
	"bench run": {line: "bench run FILE.yaml --isolated -o FILE.dir",
		before: `printf 'tx: va\nrx: vb\nrate: 100pps\nsize: 64\ntests: throughput\npreset: quick\n' > FILE.yaml; chmod a+r FILE.yaml`},
	"bench calibrate": {line: "bench calibrate --tx va --rx vb -b 100pps -s 64 --isolated -o FILE.json"},
	"bench resume":    {line: "bench resume FILE.dir", before: interruptedBench},
	"bench report":    {line: "bench report FILE.dir", before: interruptedBench, full: true},
	"bench compare":   {line: "bench compare FILE.dir FILE.dir", before: interruptedBench, full: true},

	"eterm-fleet serve": {line: "serve --dir FILE.control"},
	"eterm-fleet agent": {line: "agent --creds FILE.creds --spool FILE.spool --port va", before: controller},
}

// TestEveryCommandGivesUpAll: of every command, started in every way, every
// thread has nothing left when it is at work but what its row keeps.
func TestEveryCommandGivesUpAll(t *testing.T) {
	for _, row := range sandbox.Table {
		job, ok := works[row.Command]
		if !ok {
			t.Errorf("%s has no command line here", row.Command)
			continue
		}
		for _, w := range ways {
			t.Run(row.Command+" by "+w.name, func(t *testing.T) {
				w.need(t)
				t.Parallel()
				r := w.startWork(t, row.Command, job)
				io.Copy(io.Discard, r.ready) // until it is at work, or ended
				w.check(t, r, row.Keeps)
				if row.Command == "decode" {
					fmt.Fprintln(r.stdin, "ffffffffffff02000000000188b5")
				}
				if status, out := r.end(t); status != 0 && status != 1 && status != 3 || strings.Contains(out, "not permitted") {
					t.Errorf("%v: %s", r.ProcessState, out)
				}
			})
		}
	}
}

// startWork starts what a row is tried with, in a folder that it may write to.
func (w way) startWork(t *testing.T, command string, job work) *running {
	t.Helper()
	dir := t.TempDir()
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			break
		}
	}
	if os.Geteuid() == 0 && w.uid == "65534" {
		if err := os.Chown(dir, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	fifo := filepath.Join(dir, "fifo")
	if strings.Contains(job.line, "FIFO") {
		if err := mkfifo(fifo); err != nil {
			t.Fatal(err)
		}
	}
	owner := "0"
	if w.setcap {
		owner = w.uid
	}
	names := strings.NewReplacer("OWNER", owner, "FILE", filepath.Join(dir, "x"), "FIFO", fifo, "SELF", built(t, eterm).path, "FLEET", built(t, fleet).path)
	c := call{program: eterm, before: names.Replace(job.before), args: strings.Fields(names.Replace(job.line)), full: job.full}
	if job.mounts {
		w.flags |= syscall.CLONE_NEWNS
	}
	if strings.HasPrefix(command, fleet+" ") {
		c.program = fleet
	}
	r := w.call(t, c)
	r.file = filepath.Join(dir, "x")
	return r
}

// check looks at every thread of the program.
func (w way) check(t *testing.T, r *running, keeps []int) {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", r.Process.Pid))
	if err != nil || len(tasks) < 2 {
		r.end(t)
		t.Fatalf("%d threads, %v: %s", len(tasks), err, r.output.String())
	}
	var kept uint64
	for _, c := range keeps {
		kept |= 1 << c
	}
	empty, left := fmt.Sprintf("%016x", 0), fmt.Sprintf("%016x", kept)
	want := map[string]string{"CapInh": empty, "CapPrm": left, "CapEff": left, "CapAmb": empty, "NoNewPrivs": "1", "Seccomp": "2"}
	if w.bounding {
		want["CapBnd"] = empty
	}
	if os.Geteuid() == 0 {
		want["Uid"] = strings.Join([]string{w.uid, w.uid, w.uid, w.uid}, "\t")
		want["Gid"] = want["Uid"]
	}
	for _, task := range tasks {
		status, err := os.ReadFile(task)
		if err != nil {
			continue // a thread that has ended
		}
		for name, value := range want {
			if !strings.Contains(string(status), "\n"+name+":\t"+value+"\n") {
				t.Errorf("%s: %s is not %s: %s", task, name, value, regexp.MustCompile("\n"+name+":.*").Find(status))
			}
		}
	}
}

// TestFilesOfOthers: root has given up what lets it read the files of others
// when it opens them, and the command says what to do.
func TestFilesOfOthers(t *testing.T) {
	w := ways[0]
	w.need(t)
	for flags, want := range map[string]string{"": "run as the owner of the file, or with --no-sandbox", " --no-sandbox": "want pcap, pcapng or hex text"} {
		r := w.startWork(t, "decode", work{line: "decode -r FILE.other" + flags, before: "echo nothing >FILE.other; chmod 600 FILE.other; chown 65534 FILE.other"})
		r.Wait()
		if out := strings.Trim(r.output.String(), "\x00"); !strings.Contains(out, want) {
			t.Errorf("decode%s: no %q in %q", flags, want, out)
		}
	}
}
