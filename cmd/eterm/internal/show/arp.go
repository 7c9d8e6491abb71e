package show

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"eterm/frame/ether/vendors"
	"eterm/iface/reach"
)

// ARP prints who has which address. The error of writing is the Output's.
type ARP struct {
	Out     *Output
	JSON    bool
	Vendors *vendors.Table
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

// ARPSummary is the last object of arp.
type ARPSummary struct {
	Type string `json:"type"` // "summary"
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
}

// put prints an object or a line.
func (o *ARP) put(v any, format string, args ...any) {
	if o.JSON {
		_ = o.Out.JSON(v)
		return
	}
	_ = o.Out.Line(format, args...)
}

// Found prints a reply.
func (o *ARP) Found(f reach.Found) {
	vendor := o.Vendors.Name(f.MAC)
	ns := f.RTT.Nanoseconds()
	conflict := ""
	if f.Conflict {
		conflict = ": CONFLICT, another station has it too"
	}
	o.put(Address{Type: "reply", Address: f.IP.String(), MAC: f.MAC.String(), Vendor: vendor, RTT: &ns, Clock: clockNames[f.Clock], Conflict: f.Conflict, Time: jsonTime(f.At)},
		"%s is at %s %s %s ms%s", f.IP, f.MAC, vendorText(vendor), milliseconds(f.RTT), conflict)
}

// Silent prints that nobody replied; own: it is this host's own address.
func (o *ARP) Silent(ip netip.Addr, own bool) {
	why := "no reply"
	if own {
		why = "no reply: it is this host's own address, and its kernel does not answer itself"
	}
	o.put(Address{Type: "silent", Address: ip.String()}, "%s: %s", ip, why)
}

// Announced prints that an address was announced.
func (o *ARP) Announced(ip netip.Addr, mac net.HardwareAddr) {
	o.put(Address{Type: "announcement", Address: ip.String(), MAC: mac.String()}, "announced %s at %s", ip, mac)
}

// Probed prints whether an address is free: it is if it has no holder.
func (o *ARP) Probed(ip netip.Addr, holder net.HardwareAddr) {
	free := holder == nil
	if free {
		o.put(Address{Type: "probe", Address: ip.String(), Free: &free}, "%s is free", ip)
		return
	}
	vendor := o.Vendors.Name(holder)
	o.put(Address{Type: "probe", Address: ip.String(), Free: &free, MAC: holder.String(), Vendor: vendor}, "%s is taken by %s %s", ip, holder, vendorText(vendor))
}

// Claim prints what a station said of itself; before is who claimed the
// address until now, if that was another.
func (o *ARP) Claim(c reach.Claim, at time.Time, before net.HardwareAddr) {
	kind, text := "announcement", "announces itself"
	switch {
	case c.Probe:
		kind, text = "probe", "asks whether it is free"
	case c.Solicited:
		kind, text = "reply", "replies"
	case c.Asked.IsValid() && c.Asked != c.IP:
		kind, text = "request", "asks for "+c.Asked.String()
	}
	if before != nil {
		text += ": CONFLICT, " + before.String() + " has it too"
	}
	vendor := o.Vendors.Name(c.MAC)
	o.put(Address{Type: "claim", Address: c.IP.String(), MAC: c.MAC.String(), Vendor: vendor, Kind: kind, Asked: addrText(c.Asked), Conflict: before != nil, Time: jsonTime(at)},
		"%s %s %s %s %s", at.Format("15:04:05.000000"), c.IP, c.MAC, vendorText(vendor), text)
}

// Summary prints, as JSON only, how it ended.
func (o *ARP) Summary(s ARPSummary) {
	if o.JSON {
		s.Type, s.Vendors = "summary", o.Vendors.Source
		_ = o.Out.JSON(s)
	}
}

// vendorText is a vendor in brackets.
func vendorText(name string) string {
	if name == "" {
		name = "vendor unknown"
	}
	return fmt.Sprintf("(%s)", name)
}

// addrText is an address, or nothing.
func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
