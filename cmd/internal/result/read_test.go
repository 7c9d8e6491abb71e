package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eterm/iface/linktest"
)

func encoded(t testing.TB, d *Document) []byte {
	t.Helper()
	b, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// changed is a document of a link test with one member of another value.
func changed(t testing.TB, member string, value any) string {
	var v map[string]any
	if err := json.Unmarshal(encoded(t, sample(KindLink)), &v); err != nil {
		t.Fatal(err)
	}
	v[member] = value
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReadRefusesWhatIsNoDocument(t *testing.T) {
	whole := string(encoded(t, sample(KindLink)))
	intervals := make([]Interval, MaxIntervals+1)
	for name, c := range map[string]struct{ text, want string }{
		"empty":            {"", "it is empty"},
		"text":             {"hello", "not JSON at byte 0"},
		"other JSON":       {`{"type":"frame"}`, "one other object,"},
		"a number":         {`7`, "one other object,"},
		"cut":              {whole[:len(whole)/2], "is cut off"},
		"cut after one":    {whole + whole[:40], "is cut off"},
		"newer":            {changed(t, "schema", "eterm.result/2"), "eterm.result/2, newer than eterm.result/1, which this eterm reads: use a newer eterm"},
		"far newer":        {changed(t, "schema", "eterm.result/99999999999999999999"), "none of eterm's"},
		"schema 0":         {changed(t, "schema", "eterm.result/0"), "none of eterm's"},
		"unknown kind":     {changed(t, "kind", "poem"), `kind "poem"; this eterm knows arp, bench, fleet, link, ping`},
		"twice":            {whole + whole, "two results with the id"},
		"hostile id":       {changed(t, "id", "../../x\x1b[2J"), "want up to 64 letters"},
		"odd state":        {changed(t, "state", "fine"), `state "fine"`},
		"no start":         {changed(t, "started", "0001-01-01T00:00:00Z"), "when it was started"},
		"negative time":    {changed(t, "took_ns", -1), "took -1 ns"},
		"odd status":       {changed(t, "verdict", map[string]any{"status": 9}), "status 9"},
		"no result":        {changed(t, "result", nil), "has no result"},
		"wrong result":     {changed(t, "result", []int{1}), "the result: want an object, got array"},
		"wrong count":      {changed(t, "result", map[string]any{"lost": "many"}), `.lost": want a number in range, got string`},
		"huge count":       {changed(t, "result", map[string]any{"lost": 1e40}), "a number in range"},
		"many intervals":   {changed(t, "intervals", intervals), "3601 intervals"},
		"odd interval":     {changed(t, "intervals", []Interval{{AtNS: -5}}), "interval 0 at -5 ns"},
		"deep":             {changed(t, "more", json.RawMessage(strings.Repeat("[", 100)+strings.Repeat("]", 100))), "nested deeper than 64"},
		"page without":     {"<!doctype html><p>hello", "a page without one"},
		"page cut":         {dataOpen + "H4sIAAAA", "its data do not end"},
		"page not base64":  {"<p>" + dataOpen + "%%%" + dataClose, "not base64"},
		"page not packed":  {"<p>" + dataOpen + "AAAA" + dataClose, "not packed"},
		"page packed half": {"<p>" + dataOpen + "H4sIAAAAAAAA_6pWKqksSFWyUgpJLS5RqgUEAAD__w" + dataClose, "do not unpack"},
	} {
		docs, err := Read(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %d documents, %v; want an error with %q", name, len(docs), err, c.want)
		}
		if err != nil && (strings.ContainsAny(err.Error(), "\n\x1b") || len(err.Error()) > 400) {
			t.Errorf("%s: the error is not one plain line: %q", name, err)
		}
	}
}

func TestReadBoundsSizes(t *testing.T) {
	_, err := Read(bytes.NewReader(bytes.Repeat([]byte(" "), maxFile+1)))
	if err == nil || !strings.Contains(err.Error(), "larger than 32 MiB") {
		t.Errorf("a huge file: %v", err)
	}
	bomb, err := DataBlock([]*Document{{source: bytes.Repeat([]byte(" "), maxFile)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = Read(strings.NewReader("<p>" + bomb)); err == nil || !strings.Contains(err.Error(), "unpacks to more than 32 MiB") {
		t.Errorf("a page of %d bytes that unpacks without end: %v", len(bomb), err)
	}
}

// A stream's other objects are passed over, and every document in it is read.
func TestReadTakesStreamsAndPages(t *testing.T) {
	link, ping := sample(KindLink), sample(KindPing)
	ping.ID = "another"
	stream := `{"type":"interval","offered":1}` + "\n" + string(encoded(t, link)) + `{"type":"interval"}` + "\n" + string(encoded(t, ping))
	docs, err := Read(strings.NewReader(stream))
	if err != nil || len(docs) != 2 || docs[0].ID != link.ID || docs[1].Kind != KindPing {
		t.Fatalf("of a stream: %v, %v", docs, err)
	}
	block, err := DataBlock(docs)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(strings.NewReader("<!doctype html><title>x</title>" + block + "</html>"))
	if err != nil || len(again) != 2 || !bytes.Equal(again[1].Source(), docs[1].Source()) {
		t.Errorf("of a page: %v, %v", again, err)
	}
	if err := Distinct(append(docs, again...)); err == nil || !strings.Contains(err.Error(), link.ID) {
		t.Errorf("the same documents twice: %v", err)
	}
}

// What newer programs of the same schema add is kept.
func TestFieldsOfNewerProgramsAreKept(t *testing.T) {
	docs, err := Read(strings.NewReader(changed(t, "mood", "good")))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(docs[0].Source(), []byte(`"mood":"good"`)) {
		t.Error("a member that this program does not know is gone")
	}
}

// A file can be read from the moment its run begins.
func TestFileOfAKilledRunIsReadable(t *testing.T) {
	name := filepath.Join(t.TempDir(), "run.json")
	start := time.Now()
	d := New(KindLink, []string{"link", "run"}, start)
	plain, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Begin(plain, d)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := Open(name)
	if err != nil || docs[0].State != Running || docs[0].Result != nil {
		t.Fatalf("while it runs: %+v, %v", docs, err)
	}
	d.End(start.Add(time.Second), true, sampleLink(), Verdict{Status: 3, Untrusted: []string{"why"}})
	second := sample(KindLink)
	for _, w := range []*Document{d, second} {
		if err := f.Write(w); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	docs, err = Open(name)
	if err != nil || len(docs) != 2 || docs[0].State != Interrupted || docs[0].TookNS != 1e9 || docs[0].Verdict.Untrusted[0] != "why" || docs[1].ID != second.ID {
		t.Errorf("when it is over: %+v, %v", docs, err)
	}
}

func TestEncodeRefusesAnotherKindsResult(t *testing.T) {
	d := sample(KindLink)
	d.Result = &Ping{}
	if _, err := d.Encode(); err == nil {
		t.Error("a document of kind link took the result of a ping")
	}
}

func FuzzRead(f *testing.F) {
	for _, k := range Kinds() {
		d := sample(k)
		d.Intervals = d.Intervals[:1]
		switch r := d.Result.(type) { // long texts make fuzzing slow
		case *linktest.Total:
			r.Receiver.Report.Delay.Histogram = ""
		case *Outage:
			r.Ways = nil
		case *Ping:
			r.RTT.Histogram, r.Targets = "", nil
		}
		f.Add(encoded(f, d))
	}
	block, err := DataBlock([]*Document{sample(KindScan)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("<p>" + block))
	f.Add([]byte(`{"schema":"eterm.result/1"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		docs, err := Read(bytes.NewReader(b))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b\r") {
				t.Fatalf("the error is not one plain line: %q", err)
			}
			return
		}
		for _, d := range docs {
			again, err := Read(bytes.NewReader(d.Source()))
			if err != nil || len(again) != 1 || fmt.Sprint(again[0].Verdict) != fmt.Sprint(d.Verdict) {
				t.Fatalf("what was read cannot be read again: %v", err)
			}
			if _, err := d.Encode(); err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
		}
	})
}
