package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"eterm/frame/capture"
)

// TestListenSent: what this host sends is printed and recorded too, each frame with
// its direction; without the flag it is not.
func TestListenSent(t *testing.T) {
	left, right, _ := switched(t)
	path := filepath.Join(t.TempDir(), "both.pcapng")
	recorder := on(t, left, "listen", "--sent", "-t", "0x88b5", "-c", "6", "-w", path)
	printer := on(t, left, "listen", "--sent", "-t", "0x88b5", "-c", "6", "--json")
	plain := on(t, left, "listen", "-t", "0x88b5", "-c", "3", "--json")
	runOn(t, left, "send", "-c", "3", "-t", "0x88b5", "--to", rightMAC.String(), "-b", "100pps")
	runOn(t, right, "send", "-c", "3", "-t", "0x88b5", "--to", leftMAC.String(), "-b", "100pps")
	for _, p := range []*process{recorder, printer, plain} {
		if status := p.end(t); status != 0 {
			t.Fatalf("status %d: %s", status, &p.stderr)
		}
	}
	directions := map[string]int{}
	for _, o := range objects(t, printer.stdout.String()) {
		if o.Type == "frame" {
			directions[o.Direction]++
		} else if o.Sent != 3 || o.Received != 3 {
			t.Errorf("%+v", o)
		}
	}
	for _, o := range objects(t, plain.stdout.String()) {
		if o.Type == "frame" && (o.Direction != "received" || o.Src != rightMAC.String()) {
			t.Errorf("without --sent: %+v", o)
		}
	}
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	r, err := capture.NewReader(f)
	must(t, err)
	kept := map[capture.Direction]int{}
	var rec capture.Record
	for err = r.Next(&rec); err == nil; err = r.Next(&rec) {
		kept[rec.Direction]++
	}
	if !errors.Is(err, io.EOF) || kept[capture.Inbound] != 3 || kept[capture.Outbound] != 3 || directions["sent"] != 3 || directions["received"] != 3 {
		t.Errorf("recorded %v, printed %v, %v", kept, directions, err)
	}
}
