package report

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"

	"eterm/cmd/internal/result"
)

// Every row has all columns, and no cell is a formula, whatever documents say.
func TestCSV(t *testing.T) {
	var b bytes.Buffer
	if err := CSV(&b, append(kept(t), hostile(t)...)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], " "); got != "id kind started status subject measurement value unit" {
		t.Errorf("the columns are %s", got)
	}
	seen := map[string]string{}
	for _, r := range rows[1:] {
		for _, cell := range r {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@|\t\r\n") {
				t.Errorf("a cell begins with %q", cell)
			}
		}
		if _, ok := seen[r[1]+" "+r[5]]; !ok {
			seen[r[1]+" "+r[5]] = r[6]
		}
	}
	for what, want := range map[string]string{"link lost": "3", "link p99": "90000", "ping lost": "1", "send skipped": "10", "switch-check verdict": "pass", "scan hosts_up": "1", "fleet lost": "1", "switch-outage outages": "2", "arp answered": "1"} {
		if seen[what] != want {
			t.Errorf("%s is %q, want %s", what, seen[what], want)
		}
	}
}

// CI servers see a case for each case, with the evidence of failures.
func TestJUnit(t *testing.T) {
	untrusted := keptOf(t, result.KindPing)
	untrusted.Verdict = result.Verdict{Status: 3, Untrusted: []string{"this host dropped 5 frames"}}
	var b bytes.Buffer
	if err := JUnit(&b, []*result.Document{keptOf(t, result.KindSwitchCheck), keptOf(t, result.KindLink), untrusted}); err != nil {
		t.Fatal(err)
	}
	var got junitSuites
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Suites) != 3 {
		t.Fatalf("%d suites", len(got.Suites))
	}
	s := got.Suites[0]
	if s.Tests != 4 || s.Failures != 1 || s.Skipped != 1 || s.Errors != 0 {
		t.Errorf("the switch's suite is %+v", s)
	}
	if f := s.Cases[2].Failure; f == nil || f.Message != "expected filtered, seen: forwarded to B" || !strings.Contains(f.Text, "eth dst=") {
		t.Errorf("the failure says %+v", f)
	}
	if f := got.Suites[1].Cases[0].Failure; f == nil || f.Message != "3 of 100000 frames lost, allowed are 0." {
		t.Errorf("the link's failure says %+v", f)
	}
	if e := got.Suites[2].Cases[0].Error; e == nil || e.Message != "This host dropped 5 frames." {
		t.Errorf("what cannot be trusted is %+v", got.Suites[2])
	}
	b.Reset()
	if err := JUnit(&b, hostile(t)); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(b.Bytes(), new(junitSuites)); err != nil {
		t.Errorf("of hostile documents: %v", err)
	}
}

// TestJUnitByAnotherReader: a reader that others use to take in what all kinds of
// test runners write finds every row, with its state and text.
func TestJUnitByAnotherReader(t *testing.T) {
	untrusted := keptOf(t, result.KindPing)
	untrusted.Verdict = result.Verdict{Status: 3, Untrusted: []string{"this host dropped 5 frames"}}
	var b bytes.Buffer
	if err := JUnit(&b, []*result.Document{keptOf(t, result.KindSwitchCheck), keptOf(t, result.KindLink), untrusted}); err != nil {
		t.Fatal(err)
	}
	of, err := junit.Ingest(b.Bytes())
	if err != nil || len(of) != 3 {
		t.Fatalf("%d suites, %v", len(of), err)
	}
	if got := of[0].Totals; got.Tests != 4 || got.Passed != 2 || got.Failed != 1 || got.Skipped != 1 || got.Error != 0 {
		t.Errorf("the switch's suite: %+v", got)
	}
	if c := of[0].Tests[2]; c.Status != junit.StatusFailed || c.Message != "expected filtered, seen: forwarded to B" || c.Error == nil || !strings.Contains(c.Error.Error(), "eth dst=") {
		t.Errorf("the case that failed: %+v", c)
	}
	if got := of[2].Totals; got.Error != 1 || of[2].Tests[0].Status != junit.StatusError {
		t.Errorf("what cannot be trusted: %+v", got)
	}
	b.Reset()
	if err := JUnit(&b, hostile(t)); err != nil {
		t.Fatal(err)
	}
	if suites, err := junit.Ingest(b.Bytes()); err != nil || len(suites) == 0 {
		t.Errorf("of hostile documents: %v", err)
	}
}

func TestMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, kept(t)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# Link test, eth1 to eth2: failed\n\n3 of 100000 frames lost, allowed are 0.\n", "| Load | 10 kframes/s, sizes 64, 512 bytes with FCS",
		"| all | 100\u00a0000 | 99\u00a0997 | 3 | 0.003 % |", "    eth dst=ff:ff:ff:ff:ff:ff", "| ✓ | Clock | tsc |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("it lacks %q", want)
		}
	}
	b.Reset()
	if err := Markdown(&b, hostile(t)); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<img", "<svg", "](", "\u202e"} {
		if strings.Contains(strings.ReplaceAll(b.String(), `\]`, ""), bad) {
			t.Errorf("of hostile documents it has %q", bad)
		}
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "|") && !strings.HasSuffix(line, "|\n") {
			t.Errorf("a row is broken: %q", line)
		}
	}
}

// A histogram of a document is read with bounds.
func TestHistogramsAreReadWithSuspicion(t *testing.T) {
	good := firstHistogram(keptOf(t, result.KindLink))
	if h, err := histogram(good); err != nil || h.TotalCount() != 100000 {
		t.Fatalf("a good one: %v", err)
	}
	for _, bad := range []string{"", "x", strings.Repeat("A", maxEncoded+4), "AAAAAAAAAAA=", good[:len(good)/2], strings.Replace(good, good[40:44], "////", 1)} {
		if h, err := histogram(bad); err == nil && h.TotalCount() > 100000 {
			t.Errorf("%.40q is read as %d delays", bad, h.TotalCount())
		}
	}
	d := keptOf(t, result.KindPing)
	d.Result.(*result.Ping).Targets[0].RTT.Histogram = "nonsense"
	found := false
	for _, c := range Of(d).Checks {
		found = found || c.State == Doubtful && strings.Contains(c.Value, "cannot be read")
	}
	if !found {
		t.Error("a damaged histogram is passed over in silence")
	}
}

func FuzzHistogram(f *testing.F) {
	f.Add(firstHistogram(keptOf(f, result.KindLink)))
	f.Fuzz(func(t *testing.T, s string) {
		if h, err := histogram(s); err == nil && h.TotalCount() > 0 {
			tailPoints(h)
		}
	})
}

func FuzzPage(f *testing.F) {
	for _, d := range kept(f) {
		f.Add(d.Source())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		docs, err := result.Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		page := html(t, docs...)
		if again, err := result.Read(bytes.NewReader(page)); err != nil || len(again) != len(docs) {
			t.Fatalf("the page cannot be read: %v", err)
		}
		for _, write := range []func(*bytes.Buffer) error{
			func(w *bytes.Buffer) error { return CSV(w, docs) }, func(w *bytes.Buffer) error { return JUnit(w, docs) },
			func(w *bytes.Buffer) error { return Markdown(w, docs) },
			func(w *bytes.Buffer) error {
				sides := []Side{{"a", docs}, {"b", docs}}
				return CompareText(w, sides, Comparisons(sides, MinEffect))
			},
		} {
			if err := write(new(bytes.Buffer)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
