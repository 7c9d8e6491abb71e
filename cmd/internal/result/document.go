// Package result is the document that every measuring command ends in: one
// envelope of what was measured, with what, on which host and ports, under
// which load, how it went over time, what came of it and whether it can be
// believed. It writes documents, reads them back with suspicion, and collects
// what they say of this program and this host.
//
// Fields of a schema number are only added, never changed or removed.
package result

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Schema is the schema that documents are written in.
const Schema = "eterm.result/1"

// Document is the result of one measurement.
type Document struct {
	Type string `json:"type"` // "result"
	// "eterm.result/1"; members are only added within a number
	Schema string `json:"schema"`
	// what was measured, and so what the result is: "link", "switch-check", "switch-macs", "switch-outage", "ping", "arp", "scan", "send", "bench", "fleet"
	Kind Kind `json:"kind"`
	// tells this run from all others: 32 hexadecimal digits at random
	ID string `json:"id"`
	// "complete", "interrupted" (ended early), "running" (the program was killed before the end)
	State State `json:"state"`
	// wall clock at the beginning, RFC 3339 with nanoseconds, UTC
	Started time.Time `json:"started"`
	// how long it took, by the monotonic clock
	TookNS int64 `json:"took_ns"`
	// the program that measured
	Tool Tool `json:"tool"`
	// command line behind the program's name
	Args []string `json:"args"`
	// the machine that measured
	Host Host `json:"host"`
	// interfaces that took part
	Ports []Port `json:"ports"`
	// what was to be offered; null where nothing was
	Load *Load `json:"load"`
	// how it went, one a second, coarser on long runs, at most 3,600
	Intervals []Interval `json:"intervals"`
	// what came of it, by kind; null where a run ended before anything was measured, or never ended
	Result any `json:"result"`
	// what it means
	Verdict Verdict `json:"verdict"`

	source []byte // what it was read from
}

// State says whether a run came to its end.
type State string

// The states of a document. A document says Running until the run has ended,
// so one that is found so is of a program that was killed.
const (
	Complete    State = "complete"
	Interrupted State = "interrupted" // ended early, by its user or by a failure
	Running     State = "running"
)

// Verdict is what a result means. Status is the exit status: 0 passed, 1 the
// answer is no, 2 the run could not be made, 3 it cannot be trusted.
type Verdict struct {
	// as the exit status
	Status int `json:"status"`
	// what was not as it should be
	Exceeded []string `json:"exceeded"`
	// why the result, whatever it is, says little about what was tested
	Untrusted []string `json:"untrusted"`
}

// Word is the verdict in one word or two.
func (v Verdict) Word() string {
	switch v.Status {
	case 0:
		return "passed"
	case 1:
		return "failed"
	case 3:
		return "cannot be trusted"
	}
	return "not measured"
}

// Load is what a sender was asked to offer.
type Load struct {
	// asked rate; 0 is as fast as the port takes frames
	FramesPerS float64 `json:"frames_per_s"`
	// of the frames in bytes on the wire with FCS, sent in turn; empty: as their content needs
	Sizes []int `json:"sizes"`
	// how many; 0: no bound
	Frames uint64 `json:"frames"`
	// for how long; 0: no bound
	DurationNS int64 `json:"duration_ns"`
	// how many streams, or threads that send
	Streams int `json:"streams,omitempty"`
	// "forward", "reverse" or "both"
	Direction string `json:"direction,omitempty"`
	// the frames' destination address
	Destination string `json:"destination,omitempty"`
	// tags as pcp:vid, outer first
	VLANs []string `json:"vlans,omitempty"`
	// what the frames look like, such as "ethertype 0x88b5"
	Carrier string `json:"carrier,omitempty"`
}

// New begins the document of a run of args that starts now.
func New(kind Kind, args []string, now time.Time) *Document {
	return &Document{
		Type: "result", Schema: Schema, Kind: kind, ID: newID(), State: Running, Started: now.UTC(),
		Tool: ThisTool(), Args: append([]string{}, args...), Host: ThisHost(), Ports: []Port{}, Intervals: []Interval{},
		Verdict: Verdict{Exceeded: []string{}, Untrusted: []string{}},
	}
}

// newID draws the number of a run.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails on Linux
	return hex.EncodeToString(b[:])
}

// Encode is the document as one line of JSON with its newline; texts in it are
// escaped as AppendHarmless does.
func (d *Document) Encode() ([]byte, error) {
	if want := d.Kind.body(); d.Result != nil && want != nil && !sameType(d.Result, want) {
		return nil, fmt.Errorf("a document of kind %s cannot hold a %T", d.Kind, d.Result)
	}
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("document of kind %s: %w", d.Kind, err)
	}
	return append(AppendHarmless(nil, b), '\n'), nil
}

// Source is what the document was read from, or what Encode makes of it: JSON
// in one line, fields of newer programs included.
func (d *Document) Source() []byte {
	if d.source != nil {
		return d.source
	}
	b, err := d.Encode()
	if err != nil {
		return nil
	}
	return bytes.TrimSpace(b)
}
