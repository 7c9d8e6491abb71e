package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
)

// keptResult is one of the documents that package result keeps.
func keptResult(kind string) string {
	return filepath.Join("..", "internal", "result", "testdata", "v1", kind+".json")
}

// changedResult is a kept document with texts replaced, in a file of its own.
func changedResult(t *testing.T, kind string, replace ...string) string {
	t.Helper()
	b, err := os.ReadFile(keptResult(kind))
	must(t, err)
	name := filepath.Join(t.TempDir(), kind+".json")
	must(t, os.WriteFile(name, []byte(strings.NewReplacer(replace...).Replace(string(b))), 0o600))
	return name
}

// linkID is the id of the kept link test.
const linkID = "6c696e6b000000000000000000000000"

func TestReportMakesEveryForm(t *testing.T) {
	page := filepath.Join(t.TempDir(), "link.html")
	status, stdout, stderr := eterm(t, "report", keptResult("link"), "--html", page)
	if status != exit.StatusDone || stdout != "" || stderr != "" {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	for _, c := range []struct{ flag, want string }{
		{"--markdown", "# Link test, eth1 to eth2: failed\n"}, {"--csv", "id,kind,started,status,subject,measurement,value,unit\n" + linkID + ",link,"}, {"--junit", "<?xml version="},
	} {
		// What the page was made of is in it.
		status, ofPage, stderr := eterm(t, "report", page, c.flag)
		_, ofFile, _ := eterm(t, "report", c.flag, keptResult("link"))
		if status != exit.StatusDone || stderr != "" || ofPage != ofFile || !strings.HasPrefix(ofPage, c.want) {
			t.Errorf("%s: status %d, %q, begins with %.120q", c.flag, status, stderr, ofPage)
		}
	}
	all := filepath.Join(t.TempDir(), "all.csv")
	if status, stdout, stderr := eterm(t, "report", keptResult("link"), keptResult("ping"), "--csv", "-o", all); status != exit.StatusDone || stdout != "" || stderr != "" {
		t.Errorf("into a file: status %d, %q, %q", status, stdout, stderr)
	}
	b, err := os.ReadFile(all)
	must(t, err)
	if !strings.Contains(string(b), ",ping,") {
		t.Error("the second document is not in the file")
	}
}

func TestReportRefuses(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(folder, name)
		must(t, os.WriteFile(name, []byte(text), 0o600))
		return name
	}
	b, err := os.ReadFile(keptResult("link"))
	must(t, err)
	cut := write("cut.json", string(b[:len(b)/2]))
	out := filepath.Join(folder, "out.html")
	for _, c := range []struct {
		line []string
		want string
	}{
		{[]string{"report"}, "no result given"},
		{[]string{"report", filepath.Join(folder, "none.json")}, "no such file"},
		{[]string{"report", write("text.json", "hello"), "--html", out}, "holds no result of eterm"},
		{[]string{"report", cut, "--html", out}, "is cut off: it ends within an object"},
		{[]string{"report", changedResult(t, "link", "eterm.result/1", "eterm.result/7")}, "newer than eterm.result/1, which this eterm reads: use a newer eterm"},
		{[]string{"report", keptResult("link"), keptResult("link")}, "is there twice: give each once"},
		{[]string{"report", keptResult("link"), "--html", cut}, "name a new file"},
		{[]string{"compare", keptResult("link")}, "compare takes two results or more and was given 1"},
		{[]string{"compare", keptResult("link"), keptResult("link")}, "is there twice"},
		{[]string{"compare", keptResult("link"), keptResult("ping")}, "kind: link and ping"},
		{[]string{"compare", keptResult("link"), changedResult(t, "link", linkID, "other"), "--fail-if", "loss > 0"}, `no measurement "loss" here; there are corrupted, duplicated, lost`},
		{[]string{"compare", keptResult("link"), changedResult(t, "link", linkID, "other"), "--fail-if", "lost"}, "want NAME OP BOUND"},
	} {
		status, stdout, stderr := eterm(t, c.line...)
		if status != exit.StatusUsage || stdout != "" || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: status %d, %q, %q; want 2 and %q in one line", c.line, status, stdout, stderr, c.want)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a page that could not be made was left behind")
	}
}

func TestReportMarksARunThatNeverEnded(t *testing.T) {
	name := changedResult(t, "link", `"state":"complete"`, `"state":"running"`)
	status, stdout, stderr := eterm(t, "report", name)
	if status != exit.StatusDone || !strings.Contains(stdout, "never ended") || !strings.Contains(stderr, "never ended") {
		t.Errorf("status %d, %.80q, %q", status, stdout, stderr)
	}
	name = changedResult(t, "link", `"state":"complete"`, `"state":"interrupted"`)
	if _, stdout, _ := eterm(t, "report", name); !strings.Contains(stdout, "The run was interrupted") {
		t.Errorf("an interrupted run is shown as %.300q", stdout)
	}
}

func TestCompareStatus(t *testing.T) {
	same := changedResult(t, "link", linkID, "second")
	worse := changedResult(t, "link", linkID, "third", `"lost":3,`, `"lost":400,`)
	unlike := changedResult(t, "link", linkID, "fourth", `"mtu":1500`, `"mtu":9000`)
	doubtful := changedResult(t, "link", linkID, "fifth", `"status":1,"exceeded":["3 of 100000 frames lost, allowed are 0"],"untrusted":[]}}`, `"status":3,"exceeded":[],"untrusted":["the host lost 7"]}}`)
	page := filepath.Join(t.TempDir(), "change.html")
	for _, c := range []struct {
		files  []string
		flags  []string
		status int
		out    string
	}{
		{[]string{same}, nil, exit.StatusDone, "same: "},
		{[]string{worse}, nil, exit.StatusNo, "worse: "},
		{[]string{worse}, []string{"--fail-if", "lost > +1000%"}, exit.StatusNo, "worse: "},
		{[]string{worse}, []string{"--fail-if", "lost > 500"}, exit.StatusDone, "worse: "},
		{[]string{unlike}, []string{"--anyway"}, exit.StatusDone, "same: "},
		{[]string{doubtful}, nil, exit.StatusUntrusted, "cannot tell: "},
		{[]string{same, worse}, nil, exit.StatusNo, "same: "},
		{[]string{worse}, []string{"--json"}, exit.StatusNo, `{"type":"comparison"`},
		{[]string{worse}, []string{"--html", page}, exit.StatusNo, "worse: "},
	} {
		line := append(append([]string{"compare", keptResult("link")}, c.files...), c.flags...)
		status, stdout, stderr := eterm(t, line...)
		if status != c.status || !strings.HasPrefix(stdout, c.out) {
			t.Errorf("%q: status %d, %q, %q; want %d and %q", line, status, stdout, stderr, c.status, c.out)
		}
	}
	if status, _, stderr := eterm(t, "compare", keptResult("link"), unlike); status != exit.StatusUsage || !strings.Contains(stderr, "MTU: 1500, 1500 and 9000, 9000): --anyway compares them") {
		t.Errorf("unlike: status %d, %q", status, stderr)
	}
	if status, _, stderr := eterm(t, "report", page, "--csv"); status != exit.StatusDone {
		t.Errorf("the page is no source: %q", stderr)
	}
}
