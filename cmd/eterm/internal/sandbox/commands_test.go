package sandbox_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/sandbox"
)

// lines has a command line for every row of the table, that is still at work
// when it is looked at: it waits for frames, answers, or standard input.
var lines = map[string]string{
	"listen":        "listen -i va -w FILE.pcapng --rotate 1MB icmp or vlan 5",
	"exchange":      "exchange -i va",
	"broadcast":     "broadcast -i va",
	"send":          "send -i va -b 10pps -d 20",
	"ping":          "ping -i va --l2 02:00:00:00:00:0b",
	"arp":           "arp -i va --listen",
	"scan":          "scan -i va 192.0.2.0/25",
	"respond":       "respond -i va",
	"link send":     "link send -i va --to 02:00:00:00:00:0b -b 10pps -d 20 -o FILE.json",
	"link receive":  "link receive -i va -o FILE.json",
	"link run":      "link run --tx va --rx vb -b 10pps -d 20 -o FILE.json",
	"switch check":  "switch check --a va --b vb -o FILE.txt -w FILE.pcapng",
	"switch macs":   "switch macs --a va --b vb",
	"switch outage": "switch outage --a va --b vb",
	"decode":        "decode -r -",
	"build":         "build - -w FILE.pcap",
	"diff":          "diff FIFO#1 FIFO#1",
	"report":        "report FIFO",
	"compare":       "compare FIFO FIFO",
	"interfaces":    "", // asks and prints at once

	"bench rfc2544":   "bench rfc2544 --tx va --rx vb -b 100pps -s 64 --tests throughput --preset quick --isolated -o FILE.dir",
	"bench calibrate": "bench calibrate --tx va --rx vb -b 100pps -s 64 --isolated -o FILE.json",
	"bench resume":    "", // goes on as bench rfc2544 does, in a directory that it left
	"bench report":    "", // reads a directory at once
	"bench compare":   "", // reads two at once
}

// TestEveryCommandGivesUpAll: of every command, started in every way, every
// thread has nothing left when it is at work.
func TestEveryCommandGivesUpAll(t *testing.T) {
	for _, row := range sandbox.Table {
		line, ok := lines[row.Command]
		if !ok {
			t.Errorf("%s has no command line here", row.Command)
		}
		if line == "" {
			continue
		}
		for _, w := range ways {
			t.Run(row.Command+" by "+w.name, func(t *testing.T) {
				w.need(t)
				t.Parallel()
				r := w.start(t, nil, strings.Fields(w.files(t, line))...)
				io.Copy(io.Discard, r.ready) // until it is at work, or ended
				w.check(t, r)
				if row.Command == "decode" {
					fmt.Fprintln(r.stdin, "ffffffffffff02000000000188b5")
				}
				if status, out := r.end(t); status != 0 && status != 1 && status != 3 || strings.Contains(out, "not permitted") {
					t.Errorf("status %d: %s", status, out)
				}
			})
		}
	}
}

// files puts names of files into a line, in a folder that the program may
// write to.
func (w way) files(t *testing.T, line string) string {
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
	if strings.Contains(line, "FIFO") {
		if err := mkfifo(fifo); err != nil {
			t.Fatal(err)
		}
	}
	return strings.NewReplacer("FILE", filepath.Join(dir, "x"), "FIFO", fifo).Replace(line)
}

// check looks at every thread of the program.
func (w way) check(t *testing.T, r *running) {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", r.Process.Pid))
	if err != nil || len(tasks) < 2 {
		r.end(t)
		t.Fatalf("%d threads, %v: %s", len(tasks), err, r.output.String())
	}
	const empty = "0000000000000000"
	want := map[string]string{"CapInh": empty, "CapPrm": empty, "CapEff": empty, "CapAmb": empty, "NoNewPrivs": "1", "Seccomp": "2"}
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
				t.Errorf("%s: %s is not %s in\n%s", task, name, value, status)
			}
		}
	}
}
