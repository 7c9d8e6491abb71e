package show

import (
	"fmt"
	"strings"
	"time"

	"eterm/cmd/internal/result"
	"eterm/frame/ether/vendors"
	"eterm/iface/reach"
)

// Scan prints what was found of a range, in which all addresses were asked, and
// gives it as a document has it. Hosts that are not up are printed only.
func (o *Output) Scan(hosts []reach.Host, asked int, names *vendors.Table, elapsed time.Duration, asJSON bool) (*result.Scan, error) {
	sum := &result.Scan{Asked: asked, Hosts: []result.Station{}}
	t := Table{Heads: []string{"ADDRESS", "MAC", "ECHO", "NAME", "VENDOR"}}
	for _, h := range hosts {
		object := hostObject(h, names)
		if h.Up() {
			sum.Up++
			sum.Hosts = append(sum.Hosts, object)
		}
		if len(h.Others) > 0 {
			sum.Conflicts++
		}
		if asJSON {
			_ = o.JSON(object)
			continue
		}
		t.Rows = append(t.Rows, hostRow(h, names))
	}
	if asJSON {
		return sum, o.Err()
	}
	if len(hosts) > 0 {
		if err := t.Print(o); err != nil {
			return sum, err
		}
	}
	return sum, o.Line("%d of %s up, %.1f s", sum.Up, Count(asked, "address"), elapsed.Seconds())
}

func hostObject(h reach.Host, names *vendors.Table) result.Station {
	j := result.Station{Type: "host", Address: h.IP.String(), Up: h.Up(), Name: h.Name, Source: h.NameSource}
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
