package result

// Ping is the result of an echo run.
type Ping struct {
	Protocol string       `json:"protocol"`
	Echoes                // the sum of all targets
	Targets  []PingTarget `json:"targets"`
	// Foreign replies were to nobody's request here.
	Foreign       uint64 `json:"foreign"`
	DroppedByHost uint64 `json:"dropped_by_host"`
	ElapsedNS     int64  `json:"elapsed_ns"`
}

// PingTarget is the account of one target.
type PingTarget struct {
	Target string `json:"target"`
	Echoes
}

// Echoes is an account of echo requests and their replies.
type Echoes struct {
	Sent     uint64 `json:"sent"`
	Received uint64 `json:"received"`
	Lost     uint64 `json:"lost"`
	// Loss is Lost over Sent, 0 to 1.
	Loss        float64 `json:"loss"`
	Duplicates  uint64  `json:"duplicates"`
	Reordered   uint64  `json:"reordered"`
	Late        uint64  `json:"late"`
	Damaged     uint64  `json:"damaged"`
	BadChecksum uint64  `json:"bad_checksum"`
	Errors      uint64  `json:"errors"`
	Unresolved  uint64  `json:"unresolved"`
	Refused     uint64  `json:"refused"`
	RTT         *RTT    `json:"rtt,omitempty"`
}

// RTT is round-trip times, in nanoseconds.
type RTT struct {
	Clock string `json:"clock"`
	Min   int64  `json:"min_ns"`
	Avg   int64  `json:"avg_ns"`
	Max   int64  `json:"max_ns"`
	Mdev  int64  `json:"mdev_ns"`
	P50   int64  `json:"p50_ns,omitempty"`
	P90   int64  `json:"p90_ns,omitempty"`
	P99   int64  `json:"p99_ns,omitempty"`
	P999  int64  `json:"p99_9_ns,omitempty"`
	// Histogram is in HdrHistogram's compressed form (V2, base64).
	Histogram string `json:"hdr_histogram,omitempty"`
}

// Scan is the result of a scan.
type Scan struct {
	Asked int       `json:"addresses"`
	Up    int       `json:"hosts_up"`
	Hosts []Station `json:"hosts"`
}

// Station is one address of a scan.
type Station struct {
	Type       string   `json:"type"` // "host"
	Address    string   `json:"address"`
	Up         bool     `json:"up"`
	MAC        string   `json:"mac,omitempty"`
	Vendor     string   `json:"vendor,omitempty"`
	Name       string   `json:"name,omitempty"`
	NameSource string   `json:"name_source,omitempty"`
	ARP        *int64   `json:"arp_ns,omitempty"`
	RTT        *int64   `json:"rtt_ns,omitempty"`
	Clock      string   `json:"clock,omitempty"`
	Others     []string `json:"conflicting_macs,omitempty"`
}

// ARP is the result of asking for, announcing, probing or listening to
// addresses.
type ARP struct {
	Sent      int        `json:"sent"`
	Answered  int        `json:"answered"`
	Conflicts int        `json:"conflicts"`
	Silent    int        `json:"silent"`
	Vendors   string     `json:"vendor_source"`
	Said      []ARPEvent `json:"events"`
	// Unlisted events found no room.
	Unlisted int `json:"unlisted"`
}

// ARPEvent is one thing said about an address.
type ARPEvent struct {
	Type    string `json:"type"` // answer, silent, announcement, probe, claim
	Address string `json:"address"`
	MAC     string `json:"mac,omitempty"`
	Vendor  string `json:"vendor,omitempty"`
	RTT     *int64 `json:"rtt_ns,omitempty"`
	Clock   string `json:"clock,omitempty"`
	// Conflict: another station has claimed the address too.
	Conflict bool   `json:"conflict,omitempty"`
	Free     *bool  `json:"free,omitempty"`
	Kind     string `json:"kind,omitempty"` // of a claim: answer, question, announcement, probe
	Asked    string `json:"asked,omitempty"`
	Time     string `json:"time,omitempty"`
}
