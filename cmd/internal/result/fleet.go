package result

// Fleet is the result of link tests between many ports.
type Fleet struct {
	Run string `json:"run"`
	// Planned is how many tests of pairs there were to be.
	Planned int    `json:"planned"`
	Pairs   []Pair `json:"pairs"`
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
