package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eterm/cmd/internal/result"
	"eterm/cmd/internal/result/resulttest"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// unmarshal reads an object that a command printed. A document must keep to the
// schema and be one that the reader takes; its envelope and its result are read
// into the same value.
func unmarshal(t *testing.T, line string, v any) {
	t.Helper()
	var head struct{ Schema string }
	must(t, json.Unmarshal([]byte(line), &head))
	must(t, json.Unmarshal([]byte(line), v))
	if head.Schema != "" {
		d := documentIn(t, line)
		b, err := json.Marshal(d.Result)
		must(t, err)
		must(t, json.Unmarshal(b, v))
	}
}

// documentIn is the one document of a stream, which ends it.
func documentIn(t *testing.T, stream string) *result.Document {
	t.Helper()
	docs, err := result.Read(strings.NewReader(stream))
	if err != nil {
		t.Fatalf("%v: %s", err, stream)
	}
	lines := strings.Split(strings.TrimSpace(stream), "\n")
	last := lines[len(lines)-1]
	if len(docs) != 1 || !strings.Contains(last, docs[0].ID) {
		t.Fatalf("%d documents, and the last object is %.200s", len(docs), last)
	}
	resulttest.Validate(t, []byte(last))
	return docs[0]
}

// TestVersionIsThatOfDocuments: version says what documents say of the program.
func TestVersionIsThatOfDocuments(t *testing.T) {
	status, stdout, _ := eterm(t, "version", "--json")
	var v struct {
		Type string
		result.Tool
	}
	must(t, json.Unmarshal([]byte(stdout), &v))
	if status != 0 || v.Type != "version" || v.Tool != result.ThisTool() {
		t.Errorf("status %d, %s", status, stdout)
	}
}

// TestEveryMeasuringCommandEndsInADocument: the last object of --json is a
// document that keeps to the schema, -o keeps the same one, and report reads it.
func TestEveryMeasuringCommandEndsInADocument(t *testing.T) {
	left, _, _ := numbered(t)
	bridge, _ := tester(t)
	for kind, c := range map[result.Kind]struct {
		host *lab.Host
		line string
	}{
		result.KindPing:         {left, "ping -i eth0 192.0.2.2 -c 2 --interval 10ms"},
		result.KindARP:          {left, "arp -i eth0 192.0.2.2 -W 0.1"},
		result.KindScan:         {left, "scan -i eth0 192.0.2.0/30 -n -W 0.1"},
		result.KindSend:         {left, "send -i eth0 --to 02:00:00:00:00:99 -c 20 -b 100pps"},
		result.KindLink:         {bridge, "link run --tx a --rx b -c 100 -b 1kpps --direction both"},
		result.KindSwitchCheck:  {bridge, "switch check --a a --b b --only forwarding"},
		result.KindSwitchMACs:   {bridge, "switch macs --a a --b b --max-macs 64 --skip ageing.time"},
		result.KindSwitchOutage: {bridge, "switch outage --a a --b b -d 0.3"},
	} {
		file := filepath.Join(t.TempDir(), "result.json")
		words := append(strings.Fields(c.line), "--json", "-o", file)
		status, stdout, stderr := runOn(t, c.host, words...)
		d := documentIn(t, stdout)
		if d.Kind != kind || d.State != result.Complete || d.Verdict.Status != status || len(d.Ports) == 0 || d.Ports[0].MTU != 1500 || !slices.Equal(d.Args, words) {
			t.Errorf("%s: status %d, %+v, %s", c.line, status, d, stderr)
		}
		if !strings.Contains(d.Host.Sandbox, "no_new_privs") || d.TookNS <= 0 || d.Host.Kernel == "" {
			t.Errorf("%s: took %d ns on %+v", c.line, d.TookNS, d.Host)
		}
		if lines := strings.Split(strings.TrimSpace(stdout), "\n"); kind == result.KindLink && len(d.Intervals) != 2 || len(lines) < 1 {
			t.Errorf("%s: %d intervals", c.line, len(d.Intervals))
		}
		kept, err := os.ReadFile(file)
		must(t, err)
		if again := documentIn(t, string(kept)); again.ID != d.ID || !bytes.Equal(again.Source(), d.Source()) {
			t.Errorf("%s: the file has\n%s\nand printed was\n%s", c.line, again.Source(), d.Source())
		}
		if status, stdout, stderr := eterm(t, "report", file); status != 0 || !strings.Contains(stdout, "## Numbers") {
			t.Errorf("%s: report: status %d, %.200q, %s", c.line, status, stdout, stderr)
		}
	}
}

// TestKilledRunLeavesAMarkedDocument: whatever ends a program, its file can be
// read, and says that the run never ended.
func TestKilledRunLeavesAMarkedDocument(t *testing.T) {
	left, _ := labtest.Pair(t)
	file := filepath.Join(t.TempDir(), "result.json")
	p := on(t, left, "send", "-i", "eth0", "-c", "0", "-b", "100pps", "-o", file)
	must(t, p.Process.Kill())
	p.end(t)
	if d := documentIn(t, readFile(t, file)); d.State != result.Running || d.Result != nil {
		t.Errorf("it has %s", d.Source())
	}
	status, stdout, _ := eterm(t, "report", file)
	if status != 0 || !strings.Contains(stdout, "never ended") {
		t.Errorf("report: status %d, %q", status, stdout)
	}
}

// TestInterruptedRunIsMarked: a run that its user ends before its own end says so.
func TestInterruptedRunIsMarked(t *testing.T) {
	left, _ := labtest.Pair(t)
	p := on(t, left, "send", "-i", "eth0", "-c", "100000", "-b", "100pps", "--json")
	p.stop(t)
	if d := documentIn(t, p.stdout.String()); d.State != result.Interrupted {
		t.Errorf("its state is %s", d.State)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	must(t, err)
	return string(b)
}
