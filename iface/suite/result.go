package suite

import (
	"eterm/frame/probe"
	"eterm/iface/suite/mlr"
	"eterm/iface/suite/stat"
)

// Result is what a run has measured, so far or in all.
type Result struct {
	Suite      string `json:"suite"`
	Plan       Plan   `json:"plan"`
	PlanSHA256 string `json:"plan_sha256"`
	State      string `json:"state"` // "done", "interrupted" or "failed"
	// TimeUp: not all trials were made, because the time given was up.
	TimeUp    bool    `json:"time_up"`
	ObservedS float64 `json:"observed_s"`
	OneClock  bool    `json:"one_clock"`
	// Consent is who said that the network is isolated (RFC 6815), and how.
	Consent     string       `json:"consent"`
	Calibration *Calibration `json:"calibration"`
	// Deviations are where the plan is not what the standards ask for.
	Deviations []string `json:"deviations"`
	Tests      []Test   `json:"tests"`
	Trials     []Trial  `json:"trials"`
	Events     []Event  `json:"events"`
	Verdict    Verdict  `json:"verdict"`
}

// Event is something that happened to a run.
type Event struct {
	At   string `json:"at"`
	Text string `json:"text"`
}

// Test is what one test found for one size and direction.
type Test struct {
	Test   string `json:"test"`
	Clause string `json:"clause"`
	// Size is in bytes with FCS; 0 for the mix, whose sizes Sizes are.
	Size           int               `json:"size"`
	Sizes          []int             `json:"sizes,omitempty"`
	Direction      string            `json:"direction"`
	Repeat         int               `json:"repeat"`
	TheoreticalFPS float64           `json:"theoretical_fps"` // 0: the line's speed is not known
	Goals          []Figure          `json:"goals,omitempty"`
	Latency        []Delays          `json:"latency,omitempty"`
	Loss           []LossRow         `json:"loss,omitempty"`
	BackToBack     *BufferRow        `json:"back_to_back,omitempty"`
	Recovery       *Recovered        `json:"recovery,omitempty"`
	Resets         []ResetRow        `json:"resets,omitempty"`
	Bursts         []BurstRow        `json:"bursts,omitempty"`
	Forwarding     *Forwarded        `json:"forwarding,omitempty"`
	Calibration    *CalibrationPoint `json:"calibration,omitempty"`
	// Note is why there is no figure, or what it lacks.
	Note string `json:"note,omitempty"`
	// NoWay: nothing came through.
	NoWay bool `json:"no_way,omitempty"`
}

// Limit is what kept a figure from being greater.
type Limit string

// The limits.
const (
	ByDevice Limit = "device"
	ByLine   Limit = "line"
	ByTester Limit = "tester"
	Unclear  Limit = "unclear"
)

// Figure is a throughput. Lower or Upper is nil if there is no such bound; a
// figure the tester limited is "at least".
type Figure struct {
	Name          string   `json:"name"`
	Goal          mlr.Goal `json:"goal"`
	LowerFPS      *float64 `json:"lower_fps"`
	UpperFPS      *float64 `json:"upper_fps"`
	ThroughputFPS *float64 `json:"throughput_fps"`
	// BitsPerS counts as on the wire: with FCS, preamble and gap.
	BitsPerS *float64 `json:"bits_per_s"`
	// Percent of the line's theoretical maximum; nil if that is not known.
	Percent   *float64 `json:"percent"`
	Limit     Limit    `json:"limit"`
	Why       string   `json:"why"`
	Irregular string   `json:"irregular,omitempty"`
	// BiasBound is by how much, relative to it, a buffer may have flattered
	// the figure; nil between two clocks. Filling: the last trial at the
	// lower bound filled a buffer, which forwarded at FillingFPS.
	BiasBound  *float64 `json:"bias_bound"`
	Filling    bool     `json:"filling"`
	FillingFPS *float64 `json:"filling_fps"`
	Trials     []int    `json:"trials"`
}

// Delays are those at one load.
type Delays struct {
	Share  float64 `json:"share"` // of the throughput
	FPS    float64 `json:"fps"`
	Trials int     `json:"trials"`
	Kind   string  `json:"kind"` // as probe.Delay's
	Min    int64   `json:"min_ns"`
	Mean   int64   `json:"mean_ns"`
	P50    int64   `json:"p50_ns"`
	P99    int64   `json:"p99_ns"`
	P999   int64   `json:"p999_ns"`
	Max    int64   `json:"max_ns"`
	// Tagged are the frames due at half time (RFC 2544, 26.2), in ns.
	Tagged stat.Summary `json:"tagged_ns"`
	// TesterP50 is what the tester itself takes at such a load; nil if it was
	// not calibrated.
	TesterP50 *int64 `json:"tester_p50_ns"`
	Lost      uint64 `json:"lost"`
	// Direction tells the rows of both directions apart.
	Direction Direction `json:"direction"`
	Histogram string    `json:"histogram,omitempty"`
}

// LossRow is the frame loss rate at one load.
type LossRow struct {
	Percent float64 `json:"percent"` // of the greatest load
	FPS     float64 `json:"fps"`
	// NotOffered: the tester cannot, and the rest says nothing of the device.
	NotOffered bool    `json:"not_offered"`
	Offered    uint64  `json:"offered"`
	Lost       uint64  `json:"lost"`
	Ratio      float64 `json:"ratio"`
	Trial      int     `json:"trial"`
}

// BufferRow is back-to-back, corrected as RFC 9004 says.
type BufferRow struct {
	Frames stat.Summary `json:"frames"`
	Step   int          `json:"step"`
	// BurstFPS is the rate of the bursts, ThroughputFPS what was taken off.
	BurstFPS      float64 `json:"burst_fps"`
	ThroughputFPS float64 `json:"throughput_fps"`
	ImpliedS      float64 `json:"implied_s"`
	CorrectedS    float64 `json:"corrected_s"`
	BufferFrames  float64 `json:"buffer_frames"`
	BufferBytes   float64 `json:"buffer_bytes"`
	// AtLeast: even the longest burst lost nothing.
	AtLeast bool `json:"at_least"`
}

// Recovered is how long a device takes to recover from overload.
type Recovered struct {
	OverFPS  float64 `json:"over_fps"`
	UnderFPS float64 `json:"under_fps"`
	// ByCountS is from the step to when the last lost frame was due, ByTimeS to
	// when the first after it was sent; both 0 if nothing was lost after.
	ByCountS float64 `json:"by_count_s"`
	ByTimeS  float64 `json:"by_time_s"`
	// Overloaded is false if nothing was lost before the step.
	Overloaded bool `json:"overloaded"`
	// Recovered is false if frames were lost to the end.
	Recovered bool `json:"recovered"`
}

// ResetRow is the outage of a reset (RFC 6201).
type ResetRow struct {
	Kind     string  `json:"kind"`
	Repeat   int     `json:"repeat"`
	Lost     uint64  `json:"lost"`
	ByCountS float64 `json:"by_count_s"`
	ByTimeS  float64 `json:"by_time_s"`
	// Returned is false if no frame came after the reset.
	Returned bool           `json:"returned"`
	Outages  []probe.Outage `json:"outages"`
}

// BurstRow is the least gap between bursts that loses nothing.
type BurstRow struct {
	Burst   int      `json:"burst"`
	GapS    *float64 `json:"gap_s"`
	MeanFPS *float64 `json:"mean_fps"`
	Limit   Limit    `json:"limit"`
	Why     string   `json:"why"`
}
