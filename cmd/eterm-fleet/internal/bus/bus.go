// Package bus is what agents and the controller agree on: the names of
// subjects, buckets and the stream, and what is said on them. It is all that a
// person with the nats command needs to know.
package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"eterm/cmd/internal/result"
	"eterm/iface/linktest"
)

// The names of what is stored.
const (
	Agents = "agents"  // bucket: key HOST.PORT, what a port is like now
	Plans  = "plans"   // bucket: keys run.ID, the plan, and state.ID
	Stream = "RESULTS" // stream of results
)

// Subjects.
const (
	AllResults = "eterm.result.>"
	TimeAsk    = "eterm.time" // request: the controller's clock
	Service    = "eterm-agent"
)

// Times of the conversation with the controller.
const (
	// Beat is how often an agent says what its ports are like, and Forget how
	// long after the last time the ports are gone.
	Beat   = 5 * time.Second
	Forget = 15 * time.Second
)

// ResultSubject is where a result goes. Being stored once per subject, it is
// stored once, however often it is published.
func ResultSubject(run string, slot int, label string) string {
	return fmt.Sprintf("eterm.result.%s.%d.%s", run, slot, label)
}

// ResultsOf are the subjects of one run.
func ResultsOf(run string) string { return "eterm.result." + run + ".>" }

// LiveSubject is where an agent says how it goes; that may be lost.
func LiveSubject(host string) string { return "eterm.live." + host }

// AskSubject is where an agent is asked for something; SendSpool asks it to
// publish again whatever its spool has.
func AskSubject(host string) string { return "eterm.agent." + host + ".ask" }

// SendSpool is a request to an agent.
const SendSpool = "send the spool"

// PlanKey and StateKey are the keys of a run.
func PlanKey(run string) string { return "run." + run }

// StateKey is where the state of a run stands.
func StateKey(run string) string { return "state." + run }

// State is what a run is to be.
type State string

// The states of a run.
const (
	Running   State = "running"
	Cancelled State = "cancelled"
	Closed    State = "closed" // all results are kept: spools may let go of them
)

// Port is what an agent says of one of its ports.
type Port struct {
	Label    string   `json:"label"` // HOST.NAME
	MAC      string   `json:"mac"`
	MTU      int      `json:"mtu"`
	SpeedBPS uint64   `json:"speed_bps"` // 0: not known
	Driver   string   `json:"driver"`
	Carrier  bool     `json:"carrier"`
	Limits   Limits   `json:"limits"`
	Clock    Clock    `json:"clock"`
	Spool    int      `json:"spool"` // results not yet known to be kept
	Busy     string   `json:"busy_with,omitempty"`
	Version  string   `json:"version"`
	Instance Instance `json:"instance"`
	// Expires is when the agent's credentials do; zero: never.
	Expires time.Time `json:"expires,omitzero"`
}

// Clock is how an agent's clock compares with the controller's.
type Clock struct {
	Known    bool          `json:"known"`
	Offset   time.Duration `json:"offset_ns"` // the agent's less the controller's
	Error    time.Duration `json:"error_ns"`  // half the round trip of asking
	Withdrew string        `json:"withdrew,omitempty"`
}

// Instance tells two agents with the same key apart.
type Instance struct {
	Machine string `json:"machine"` // name of the host
	Boot    string `json:"boot"`    // random, from the machine's last start
	PID     int    `json:"pid"`
	Number  string `json:"number"` // random
}

// Limits are what an agent does at most, whatever a plan says. The zero value
// is without limits, but for the ports.
type Limits struct {
	FramesPerS  float64  `json:"frames_per_s,omitempty"`
	BytesPerRun uint64   `json:"bytes_per_run,omitempty"`
	VLANs       []uint16 `json:"vlans,omitempty"` // empty: any, and none
}

// The outcomes of one test, as its agent tells them.
const (
	Measured   = "measured"
	NoReply    = "no reply"
	Incomplete = "incomplete" // the peer went away, or the slot was over
	Late       = "late"       // begun too late to fit into its slot
	Refused    = "refused"    // beyond the agent's own limits
	Withdrawn  = "withdrawn"  // the agent's clock is not to be trusted
	Unasked    = "not asked"  // the reflector's: nobody came
)

// Result is what came of one test in one slot, of the end that says it.
type Result struct {
	Run   string    `json:"run"`
	Slot  int       `json:"slot"`
	From  string    `json:"from"` // who asks
	To    string    `json:"to"`
	By    string    `json:"by"` // who says this
	State string    `json:"state"`
	Why   string    `json:"why,omitempty"`
	Began time.Time `json:"began"` // by the agent's clock
	Link  string    `json:"link"`  // of the port that says this, at the end: "up", "down"
	// Total is the account of both directions; nil where nothing was measured.
	Total *linktest.Total `json:"total,omitempty"`
	Tool  result.Tool     `json:"tool"`
}

// Live is how an agent goes.
type Live struct {
	Host  string `json:"host"`
	Run   string `json:"run"`
	Slot  int    `json:"slot"`
	Label string `json:"port"`
	State string `json:"state"`
	// Frames of both directions; those that hosts lost are among those lost.
	Offered   uint64 `json:"offered"`
	Received  uint64 `json:"received"`
	Lost      uint64 `json:"lost"`
	LostLocal uint64 `json:"lost_local"`
	Spool     int    `json:"spool"` // results that are not stored yet
}

// alreadyThere is JetStream's error for a subject that has its one message
// (server/errors.json, 10077): the result is stored.
const alreadyThere = 10077

// Stored says whether publishing a result came to its being stored, now or
// before.
func Stored(err error) bool {
	if err == nil {
		return true
	}
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == alreadyThere && api.Description == "maximum messages per subject exceeded"
}

// Ensure makes what is stored, where it is not there yet. Results take at most
// so many bytes.
func Ensure(ctx context.Context, js jetstream.JetStream, mostBytes int64) error {
	for _, c := range []jetstream.KeyValueConfig{{Bucket: Agents, TTL: Forget}, {Bucket: Plans}} {
		if _, err := js.CreateOrUpdateKeyValue(ctx, c); err != nil {
			return fmt.Errorf("bucket %s: %w", c.Bucket, err)
		}
	}
	_, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: Stream, Subjects: []string{AllResults}, MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew,
		DiscardNewPerSubject: true, MaxBytes: mostBytes, Storage: jetstream.FileStorage, Replicas: 1, AllowDirect: true,
	})
	if api := (*jetstream.APIError)(nil); errors.As(err, &api) && api.ErrorCode == noStorage {
		return fmt.Errorf("the disk has no room for %d bytes of results: make room, or give a smaller --store", mostBytes)
	}
	if err != nil {
		return fmt.Errorf("stream %s: %w", Stream, err)
	}
	return nil
}

// noStorage is JetStream's error for a stream that its disk has no room for
// (server/errors.json).
const noStorage = 10047
