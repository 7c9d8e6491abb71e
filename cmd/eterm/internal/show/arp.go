package show

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"eterm/cmd/internal/result"
	"eterm/frame/ether/vendors"
	"eterm/iface/reach"
)

// ARP prints who has which address. The error of writing is the Output's.
type ARP struct {
	Out     *Output
	JSON    bool
	Vendors *vendors.Table
	// Said is all of it for the document.
	Said result.ARP
}

// put keeps an event and prints it as an object or a line.
func (o *ARP) put(v result.Address, format string, args ...any) {
	o.Said.Add(v)
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
	o.put(result.Address{Type: "reply", Address: f.IP.String(), MAC: f.MAC.String(), Vendor: vendor, RTT: &ns, Clock: clockNames[f.Clock], Conflict: f.Conflict, Time: jsonTime(f.At)},
		"%s is at %s %s %s ms%s", f.IP, f.MAC, vendorText(vendor), milliseconds(f.RTT), conflict)
}

// Silent prints that nobody replied; own: it is this host's own address.
func (o *ARP) Silent(ip netip.Addr, own bool) {
	why := "no reply"
	if own {
		why = "no reply: it is this host's own address, and its kernel does not reply to itself"
	}
	o.put(result.Address{Type: "silent", Address: ip.String()}, "%s: %s", ip, why)
}

// Announced prints that an address was announced.
func (o *ARP) Announced(ip netip.Addr, mac net.HardwareAddr) {
	o.put(result.Address{Type: "announcement", Address: ip.String(), MAC: mac.String()}, "announced %s at %s", ip, mac)
}

// Probed prints whether an address is free: it is if it has no holder.
func (o *ARP) Probed(ip netip.Addr, holder net.HardwareAddr) {
	free := holder == nil
	if free {
		o.put(result.Address{Type: "probe", Address: ip.String(), Free: &free}, "%s is free", ip)
		return
	}
	vendor := o.Vendors.Name(holder)
	o.put(result.Address{Type: "probe", Address: ip.String(), Free: &free, MAC: holder.String(), Vendor: vendor}, "%s is taken by %s %s", ip, holder, vendorText(vendor))
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
	o.put(result.Address{Type: "claim", Address: c.IP.String(), MAC: c.MAC.String(), Vendor: vendor, Kind: kind, Asked: addrText(c.Asked), Conflict: before != nil, Time: jsonTime(at)},
		"%s %s %s %s %s", at.Format("15:04:05.000000"), c.IP, c.MAC, vendorText(vendor), text)
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
