package result

import "fmt"

// Fleet is the result of link tests between many ports.
type Fleet struct {
	Run string `json:"run"`
	// Planned is how many tests of pairs there were to be.
	Planned int    `json:"planned"`
	Pairs   []Pair `json:"pairs"`
	// Causes are what explains most of the loss, the greatest first.
	Causes []Cause `json:"causes,omitempty"`
}

// Cause is a place whose every direction loses frames, which so explains them.
type Cause struct {
	// What is "port sends", "port receives", "port", "uplink sends" (out of a
	// rack), "uplink receives" (into it) or "uplink".
	What string `json:"what"`
	// Name is the port, or the first port of the rack whose uplink it is.
	Name string `json:"name"`
	// Lost is how many frames it explains, beyond those that causes before it
	// explain; Share is that of all lost on the way, 0 to 1.
	Lost  uint64  `json:"lost"`
	Share float64 `json:"share"`
	// Suffering of Directions lost frames.
	Suffering  int `json:"suffering"`
	Directions int `json:"directions"`
}

// Text is the cause in words.
func (c Cause) Text() string {
	what := map[string]string{"port sends": "what port %s sends", "port receives": "what is sent to port %s", "port": "port %s, both ways",
		"uplink sends": "the uplink out of the rack of %s", "uplink receives": "the uplink into the rack of %s", "uplink": "the uplink of the rack of %s, both ways"}[c.What]
	if what == "" {
		what = c.What + " %s"
	}
	return fmt.Sprintf(what+": %.0f%% of the loss, %d frames, in %d of its %d directions", c.Name, 100*c.Share, c.Lost, c.Suffering, c.Directions)
}

// Pair is what came of the tests from one port to another.
type Pair struct {
	From string `json:"from"`
	To   string `json:"to"`
	// State is "measured", "no reply", "incomplete" or "late".
	State     string `json:"state"`
	Tests     int    `json:"tests"`
	Offered   uint64 `json:"offered"`
	Received  uint64 `json:"received"`
	Lost      uint64 `json:"lost"`
	LostLocal uint64 `json:"lost_local"`
	P50       *int64 `json:"p50_ns"`
	P99       *int64 `json:"p99_ns"`
}
