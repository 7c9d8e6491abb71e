package show

import (
	"fmt"
	"strings"
	"time"

	"eterm/frame/ether/vendors"
	"eterm/iface/reach"
)

// Host is one address of a scan.
type Host struct {
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

// ScanSummary is the last object of scan.
type ScanSummary struct {
	Type string `json:"type"` // "summary"
	// addresses that were asked
	Asked int `json:"addresses"`
	// how many replied
	Up int `json:"hosts_up"`
	// addresses that two stations claim
	Conflicts int `json:"conflicts"`
	// how long it took
	Elapsed int64 `json:"elapsed_ns"`
}

// Scan prints what was found of a range, in which all addresses were asked.
func (o *Output) Scan(hosts []reach.Host, asked int, names *vendors.Table, elapsed time.Duration, asJSON bool) error {
	sum := ScanSummary{Type: "summary", Asked: asked, Elapsed: elapsed.Nanoseconds()}
	t := Table{Heads: []string{"ADDRESS", "MAC", "ECHO", "NAME", "VENDOR"}}
	for _, h := range hosts {
		if h.Up() {
			sum.Up++
		}
		if len(h.Others) > 0 {
			sum.Conflicts++
		}
		if asJSON {
			if err := o.JSON(hostObject(h, names)); err != nil {
				return err
			}
			continue
		}
		t.Rows = append(t.Rows, hostRow(h, names))
	}
	if asJSON {
		return o.JSON(sum)
	}
	if len(hosts) > 0 {
		if err := t.Print(o); err != nil {
			return err
		}
	}
	return o.Line("%d of %s up, %.1f s", sum.Up, Count(asked, "address"), elapsed.Seconds())
}

func hostObject(h reach.Host, names *vendors.Table) Host {
	j := Host{Type: "host", Address: h.IP.String(), Up: h.Up(), Name: h.Name, Source: h.NameSource}
	if !j.Up {
		return j
	}
	arp := h.ARP.Nanoseconds()
	j.MAC, j.Vendor, j.ARP = h.MAC.String(), names.Name(h.MAC), &arp
	if h.Echoed {
		rtt := h.RTT.Nanoseconds()
		j.RTT, j.Clock = &rtt, clockNames[h.Clock]
	}
	for _, other := range h.Others {
		j.Others = append(j.Others, other.String())
	}
	return j
}

func hostRow(h reach.Host, names *vendors.Table) []string {
	if !h.Up() {
		return []string{h.IP.String(), "-", "not up", "", ""}
	}
	echo, mac := "no echo", h.MAC.String()
	if h.Echoed {
		echo = milliseconds(h.RTT) + " ms"
	}
	if len(h.Others) > 0 {
		mac += " CONFLICT " + strings.Trim(fmt.Sprint(h.Others), "[]")
	}
	vendor := names.Name(h.MAC)
	if vendor == "" {
		vendor = "vendor unknown"
	}
	return []string{h.IP.String(), mac, echo, h.Name, vendor}
}
