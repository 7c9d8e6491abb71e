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
	// Type is "result": the document is the last object of a stream.
	Type   string `json:"type"`
	Schema string `json:"schema"`
	Kind   Kind   `json:"kind"`
	// ID tells this run from all others: 32 hexadecimal digits at random.
	ID    string `json:"id"`
	State State  `json:"state"`
	// Started is the wall clock at the beginning; TookNS is by the monotonic
	// clock, in nanoseconds.
	Started time.Time `json:"started"`
	TookNS  int64     `json:"took_ns"`
	Tool    Tool      `json:"tool"`
	// Args is the command line behind the program's name.
	Args  []string `json:"args"`
	Host  Host     `json:"host"`
	Ports []Port   `json:"ports"`
	// Load is what was to be offered; null where nothing was.
	Load      *Load      `json:"load"`
	Intervals []Interval `json:"intervals"`
	// Result is a pointer to the type that Kind stands for, nil in a document
	// of a run that never ended.
	Result  any     `json:"result"`
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
	Status int `json:"status"`
	// Exceeded is what was not as it should be; Untrusted is why the result,
	// whatever it is, says little about what was tested.
	Exceeded  []string `json:"exceeded"`
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
	// FramesPerS is the asked rate; 0 is as fast as the port takes frames.
	FramesPerS float64 `json:"frames_per_s"`
	// Sizes of the frames in bytes on the wire with FCS, sent in turn.
	Sizes []int `json:"sizes"`
	// Frames and DurationNS bound the run; 0 is no bound.
	Frames     uint64 `json:"frames"`
	DurationNS int64  `json:"duration_ns"`
	Streams    int    `json:"streams,omitempty"`
	// Direction is forward, reverse or both.
	Direction string `json:"direction,omitempty"`
	// Destination is the frames' destination address.
	Destination string `json:"destination,omitempty"`
	// VLANs are the tags as pcp:vid, outer first.
	VLANs []string `json:"vlans,omitempty"`
	// Carrier is what the frames look like, such as "ethertype 0x88b5".
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

// Encode is the document as one line of JSON with its newline.
func (d *Document) Encode() ([]byte, error) {
	if want := d.Kind.body(); d.Result != nil && want != nil && !sameType(d.Result, want) {
		return nil, fmt.Errorf("a document of kind %s cannot hold a %T", d.Kind, d.Result)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	if err := e.Encode(d); err != nil {
		return nil, fmt.Errorf("document of kind %s: %w", d.Kind, err)
	}
	return b.Bytes(), nil
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
