package result

// Ping is the account of an echo run (ping).
type Ping struct {
	// "icmp", "l2", "llc", "lbm"
	Protocol string `json:"protocol"`
	Echoes          // the sum of all targets
	// each target by itself
	Targets []PingTarget `json:"targets"`
	// replies that were not ours
	Foreign uint64 `json:"foreign"`
	// frames that this host dropped before they could be read
	DroppedByHost uint64 `json:"dropped_by_host"`
	// how long the run took
	ElapsedNS int64 `json:"elapsed_ns"`
	// what --mtu found
	PathMTU *PathMTU `json:"path_mtu,omitempty"`
}

// PingTarget is the account of one target.
type PingTarget struct {
	// the operand
	Target string `json:"target"`
	Echoes
	// of a sweep: the longest frame that was replied to, in bytes with FCS; 0: none
	LargestSize int `json:"largest_size,omitempty"`
	// of a sweep: frame sizes that were sent and never replied to
	Gaps []SizeRange `json:"gaps,omitempty"`
}

// SizeRange is frame sizes in bytes with FCS, both ends included.
type SizeRange struct {
	// the smallest
	From int `json:"from"`
	// the largest
	To int `json:"to"`
}

// PathMTU is the largest packet that gets to a host and back whole.
type PathMTU struct {
	// largest packet that came back, in bytes; 0: none did
	MTU int `json:"mtu"`
	// smallest packet above it that did not come back; 0: none was asked
	TooLarge int `json:"too_large,omitempty"`
	// the interface's MTU: nothing above was asked
	Limit int `json:"limit"`
	// who says so: "interface", "message" (ICMP, and sizes agree), "silence"; absent where it was stopped before one byte more was asked
	By string `json:"by,omitempty"`
	// whose message
	From string `json:"from,omitempty"`
	// messages that are not true, as sizes show
	Untrue []MTUMessage `json:"untrue,omitempty"`
	// what was asked, in order
	Steps []MTUStep `json:"steps"`
}

// MTUMessage is who told which MTU.
type MTUMessage struct {
	// the router
	From string `json:"from"`
	// of the next link, in bytes; 0: not told
	MTU int `json:"mtu"`
}

// MTUStep is one packet size that was asked (ping --mtu).
type MTUStep struct {
	Type string `json:"type"` // "mtu_step"
	// bytes of the IP packet
	Bytes int `json:"bytes"`
	// it came back
	Passed bool `json:"passed"`
	// requests sent
	Sent int `json:"sent"`
	// round-trip time
	RTT int64 `json:"rtt_ns,omitempty"`
	// who refused it by ICMP
	Told *MTUMessage `json:"told,omitempty"`
	// why this host did not send it
	Refused string `json:"refused,omitempty"`
}

// Echoes is an account of echo requests and their replies.
type Echoes struct {
	// requests sent
	Sent uint64 `json:"sent"`
	// requests that were answered
	Received uint64 `json:"received"`
	// requests that were not
	Lost uint64 `json:"lost"`
	// share of them, 0 to 1
	Loss float64 `json:"loss"`
	// further replies to a request
	Duplicates uint64 `json:"duplicates"`
	// replies that came after one to a later request
	Reordered uint64 `json:"reordered"`
	// replies after the timeout
	Late uint64 `json:"late"`
	// replies with other data than was sent
	Damaged uint64 `json:"damaged"`
	// replies that did not count
	BadChecksum uint64 `json:"bad_checksum"`
	// ICMP errors about requests
	Errors uint64 `json:"errors"`
	// requests not sent for want of the next hop's address
	Unresolved uint64 `json:"unresolved"`
	// requests that this host's kernel refused
	Refused uint64 `json:"refused"`
	// round-trip times
	RTT *RTT `json:"rtt,omitempty"`
}

// RTT is round-trip times. Percentiles are absent of single targets where there
// are more than 16.
type RTT struct {
	// "kernel", "hardware" or "user": the round trips of other clocks are left out
	Clock string `json:"clock"`
	// shortest
	Min int64 `json:"min_ns"`
	// mean
	Avg int64 `json:"avg_ns"`
	// longest
	Max int64 `json:"max_ns"`
	// standard deviation, as ping calls it
	Mdev int64 `json:"mdev_ns"`
	// median
	P50 int64 `json:"p50_ns,omitempty"`
	// percentile
	P90 int64 `json:"p90_ns,omitempty"`
	// percentile
	P99 int64 `json:"p99_ns,omitempty"`
	// percentile
	P999 int64 `json:"p99_9_ns,omitempty"`
	// all of them: HdrHistogram V2 compressed, in base64; of the sum
	Histogram string `json:"hdr_histogram,omitempty"`
}

// Scan is what was found of ranges of addresses (scan).
type Scan struct {
	// addresses that were asked
	Asked int `json:"addresses"`
	// how many replied
	Up int `json:"hosts_up"`
	// addresses that two stations claim
	Conflicts int `json:"conflicts"`
	// those that replied, by address
	Hosts []Station `json:"hosts"`
}

// Station is one address of a scan (scan).
type Station struct {
	Type string `json:"type"` // "host"
	// its IPv4 or IPv6 address
	Address string `json:"address"`
	// whether it replied
	Up bool `json:"up"`
	// its MAC address
	MAC string `json:"mac,omitempty"`
	// who made it
	Vendor string `json:"vendor,omitempty"`
	// its name
	Name string `json:"name,omitempty"`
	// where the name is from: "dns", or "mdns", which is what the host calls itself
	Source string `json:"name_source,omitempty"`
	// round-trip time of the ARP or neighbour discovery request
	ARP *int64 `json:"arp_ns,omitempty"`
	// round-trip time of an echo; absent where none was answered
	RTT *int64 `json:"rtt_ns,omitempty"`
	// who took the timestamps of the echo: "kernel", "hardware", "user"
	Clock string `json:"clock,omitempty"`
	// further stations that claim the address
	Others []string `json:"conflicting_macs,omitempty"`
}

// ARP is what was said about addresses (arp).
type ARP struct {
	// requests sent
	Sent int `json:"sent"`
	// addresses that were answered for
	Answered int `json:"answered"`
	// addresses that two stations claim
	Conflicts int `json:"conflicts"`
	// operands without a reply
	Silent int `json:"silent"`
	// where the vendors' names are from
	Vendors string `json:"vendor_source"`
	// what was said, in order, at most 10,000
	Said []Address `json:"events"`
	// what found no room there
	Unlisted int `json:"unlisted"`
}

// MaxSaid bounds what is kept of what was said.
const MaxSaid = 10000

// Add keeps an event, if there is room.
func (a *ARP) Add(e Address) {
	if len(a.Said) == MaxSaid {
		a.Unlisted++
		return
	}
	a.Said = append(a.Said, e)
}

// Address is one thing said about an address (arp).
type Address struct {
	// "reply", "silent", "announcement" (--announce), "probe" (--probe) or "claim" (--listen)
	Type string `json:"type"`
	// the IPv4 or IPv6 address it is about
	Address string `json:"address"`
	// address of the station that has it
	MAC string `json:"mac,omitempty"`
	// who made the station
	Vendor string `json:"vendor,omitempty"`
	// round-trip time of a reply
	RTT *int64 `json:"rtt_ns,omitempty"`
	// who took the timestamps: "kernel", "hardware", "user"
	Clock string `json:"clock,omitempty"`
	// another station has claimed the address too
	Conflict bool `json:"conflict,omitempty"`
	// whether a probed address is free
	Free *bool `json:"free,omitempty"`
	// of a claim: "reply", "request", "announcement", "probe"
	Kind string `json:"kind,omitempty"`
	// address that the request of a claim is for
	Asked string `json:"asked,omitempty"`
	// RFC 3339 with nanoseconds, UTC
	Time string `json:"time,omitempty"`
}
