package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"eterm/frame/ether/vendors"
	"eterm/iface/reach"
)

// arpPrinter prints who has which address.
type arpPrinter struct {
	out     io.Writer
	json    bool
	vendors *vendors.Table

	mu  sync.Mutex
	err error // of writing
}

// arpObject is one thing said about an address.
type arpObject struct {
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

// put prints an object or a line.
func (o *arpPrinter) put(v any, format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.err != nil:
	case o.json:
		o.err = json.NewEncoder(o.out).Encode(v)
	default:
		_, o.err = fmt.Fprintf(o.out, format+"\n", args...)
	}
}

func (o *arpPrinter) found(f reach.Found) {
	vendor := o.vendors.Name(f.MAC)
	ns := f.RTT.Nanoseconds()
	conflict := ""
	if f.Conflict {
		conflict = ": CONFLICT, another station has it too"
	}
	o.put(arpObject{Type: "answer", Address: f.IP.String(), MAC: f.MAC.String(), Vendor: vendor, RTT: &ns, Clock: clockNames[f.Clock], Conflict: f.Conflict, Time: f.At.UTC().Format(time.RFC3339Nano)},
		"%s is at %s %s %s ms%s", f.IP, f.MAC, vendorText(vendor), milliseconds(f.RTT), conflict)
}

func (o *arpPrinter) silent(ip netip.Addr, own bool) {
	why := "no answer"
	if own {
		why = "no answer: it is this host's own address, and its kernel does not answer itself"
	}
	o.put(arpObject{Type: "silent", Address: ip.String()}, "%s: %s", ip, why)
}

func (o *arpPrinter) announced(ip netip.Addr, mac net.HardwareAddr) {
	o.put(arpObject{Type: "announcement", Address: ip.String(), MAC: mac.String()}, "announced %s at %s", ip, mac)
}

func (o *arpPrinter) probed(ip netip.Addr, holder net.HardwareAddr) {
	free := holder == nil
	if free {
		o.put(arpObject{Type: "probe", Address: ip.String(), Free: &free}, "%s is free", ip)
		return
	}
	vendor := o.vendors.Name(holder)
	o.put(arpObject{Type: "probe", Address: ip.String(), Free: &free, MAC: holder.String(), Vendor: vendor}, "%s is taken by %s %s", ip, holder, vendorText(vendor))
}

func (o *arpPrinter) claim(c reach.Claim, at time.Time, before string) {
	kind, text := "announcement", "announces itself"
	switch {
	case c.Probe:
		kind, text = "probe", "asks whether it is free"
	case c.Solicited:
		kind, text = "answer", "answers"
	case c.Asked.IsValid() && c.Asked != c.IP:
		kind, text = "question", "asks for "+c.Asked.String()
	}
	if before != "" {
		text += ": CONFLICT, " + before + " has it too"
	}
	vendor := o.vendors.Name(c.MAC)
	o.put(arpObject{Type: "claim", Address: c.IP.String(), MAC: c.MAC.String(), Vendor: vendor, Kind: kind, Asked: addrText(c.Asked), Conflict: before != "", Time: at.UTC().Format(time.RFC3339Nano)},
		"%s %s %s %s %s", at.Format("15:04:05.000000"), c.IP, c.MAC, vendorText(vendor), text)
}

func (o *arpPrinter) summary(sent, answered, conflicts, silent int) {
	if !o.json {
		return
	}
	o.put(struct {
		Type      string `json:"type"`
		Sent      int    `json:"sent"`
		Answered  int    `json:"answered"`
		Conflicts int    `json:"conflicts"`
		Silent    int    `json:"silent"`
		Vendors   string `json:"vendor_source"`
	}{"summary", sent, answered, conflicts, silent, o.vendors.Source}, "")
}
