// Package wireshark is what eterm is to Wireshark: an extcap program, which
// lists ports and captures on them (Wireshark's doc/extcap.4 and its Developer's
// Guide, 8.2), and a dissector of what eterm sends. It opens nothing.
package wireshark

import (
	"fmt"
	"io"
	"strings"

	"eterm/iface"
)

// Asked says whether a line, program first, is one of Wireshark's: its extcap
// programs are told what to do by flags alone.
func Asked(words []string) bool {
	return len(words) > 1 && (words[1] == "--capture" || strings.HasPrefix(words[1], "--extcap-"))
}

// Act is what Wireshark wants.
type Act int

// The acts. The zero Act is nothing: a flag of a later Wireshark's that asks
// only for what this program does not do, such as cleaning up.
const (
	Nothing Act = iota
	ListPorts
	ListLinkTypes
	ListOptions
	CheckFilter
	Capture
)

// A Request is a line of Wireshark's taken apart.
type Request struct {
	Act    Act
	Port   string // the interface
	FIFO   string // the named pipe that the capture goes to
	Filter string // in tcpdump's syntax; "" is none
	Listen []string
}

// prefix is what our names of ports have in front of those of the interfaces:
// Wireshark lists them by their own names itself.
const prefix = "eterm-"

// option is what a person can choose before a capture: a flag of eterm listen.
type option struct{ flag, display, kind, more, about string }

// options are all of them. Wireshark has a field of its own for the filter.
var options = []option{
	{"--promisc", "Promiscuous mode", "boolflag", "{default=true}", "take frames for other hosts too"},
	{"--sent", "Frames this host sends", "boolflag", "{default=true}", "take what this host sends by the interface too"},
	{"--ethertype", "EtherType", "string", "{group=Filter}", "only frames of this EtherType behind any tags, such as 0x88b5 or ipv4; empty: all"},
	{"--vlan", "VLAN tags", "string", "{group=Filter}", "only frames with these tags, outer first, such as 10 or 3:10,20; empty: all"},
	{"--from", "Source", "string", "{group=Filter}", "only frames from this MAC address, or own; empty: all"},
	{"--to", "Destination", "string", "{group=Filter}", "only frames to this MAC address, or broadcast, own; empty: all"},
	{"--snaplen", "Snap length", "unsigned", "{range=0,65535}{default=0}{group=Filter}", "the first bytes of each frame only; 0: all"},
}

// Parse takes a line apart, without the program. Wireshark writes values behind
// a space or a =.
func Parse(words []string) (Request, error) {
	var r Request
	for len(words) > 0 {
		name, value, has := strings.Cut(words[0], "=")
		words = words[1:]
		next := func() error {
			if !has && len(words) == 0 {
				return fmt.Errorf("flag %s needs a value", name)
			}
			if !has {
				value, words = words[0], words[1:]
			}
			return nil
		}
		if err := r.flag(name, &value, has, next); err != nil {
			return r, err
		}
	}
	if r.Act == Nothing && r.Filter != "" {
		r.Act = CheckFilter
	}
	return r, r.complete()
}

// flag takes one flag; next reads its value if it takes one.
func (r *Request) flag(name string, value *string, has bool, next func() error) error {
	switch name {
	case "--extcap-interfaces":
		r.Act = ListPorts
	case "--extcap-dlts":
		r.Act = ListLinkTypes
	case "--extcap-config":
		r.Act = ListOptions
	case "--capture":
		r.Act = Capture
	case "--extcap-cleanup-postkill":
	case "--extcap-interface":
		err := next()
		r.Port = strings.TrimPrefix(*value, prefix)
		return err
	case "--fifo":
		err := next()
		r.FIFO = *value
		return err
	case "--extcap-capture-filter":
		err := next()
		r.Filter = strings.TrimSpace(*value)
		return err
	case "--extcap-version", "--extcap-reload-option", "--extcap-control-in", "--extcap-control-out", "--log-level", "--log-file":
		return next()
	default:
		return r.option(name, value, has, next)
	}
	return nil
}

// option takes a flag that is one of the options.
func (r *Request) option(name string, value *string, has bool, next func() error) error {
	for _, o := range options {
		switch {
		case o.flag != name:
			continue
		case o.kind == "boolflag":
			if !has || *value != "false" {
				r.Listen = append(r.Listen, name)
			}
			return nil
		}
		if err := next(); err != nil {
			return err
		}
		if *value != "" && !(o.kind == "unsigned" && *value == "0") {
			r.Listen = append(r.Listen, name, *value)
		}
		return nil
	}
	return fmt.Errorf("unknown flag %s of Wireshark's", name)
}

// complete says what is missing.
func (r *Request) complete() error {
	switch {
	case r.Act != Nothing && r.Act != ListPorts && r.Port == "":
		return fmt.Errorf("no port given: want --extcap-interface %sNAME", prefix)
	case r.Act == Capture && r.FIFO == "":
		return fmt.Errorf("no pipe given to capture to: want --fifo FILE")
	}
	return nil
}

// Words are the line of eterm that captures to standard output.
func (r *Request) Words() []string {
	words := append([]string{"listen", "-i", r.Port, "-w", "-"}, r.Listen...)
	if r.Filter != "" {
		words = append(words, "--", r.Filter)
	}
	return words
}

// WritePorts lists the ports that can be captured on.
func WritePorts(w io.Writer, version string, ports []iface.Info) error {
	text := "extcap {version=" + plain(version) + "}{help=file:///usr/share/doc/eterm/wireshark.md}\n"
	for _, p := range ports {
		if (p.Type == "ethernet" || p.Type == "loopback") && p.Name == plain(p.Name) {
			text += "interface {value=" + prefix + p.Name + "}{display=eterm on " + p.Name + ": " + plain(about(p)) + "}\n"
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

// about describes a port in a few words.
func about(p iface.Info) string {
	words := []string{p.HardwareAddr.String()}
	if p.Driver != "" {
		words = append(words, p.Driver)
	} else {
		words = append(words, p.Type)
	}
	switch {
	case !p.Up:
		words = append(words, "down")
	case !p.Carrier:
		words = append(words, "no carrier")
	case p.Speed > 0:
		words = append(words, fmt.Sprintf("%g Mbit/s", float64(p.Speed)/1e6))
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// plain is s without what ends a value in Wireshark's syntax, or is no printable
// ASCII: names of interfaces and drivers may be made by anybody.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '{' || r == '}' {
			return -1
		}
		return r
	}, s)
}

// WriteLinkTypes lists what a port's frames are: Ethernet.
func WriteLinkTypes(w io.Writer) error {
	_, err := io.WriteString(w, "dlt {number=1}{name=EN10MB}{display=Ethernet}\n")
	return err
}

// WriteOptions lists what a person can choose.
func WriteOptions(w io.Writer) error {
	text := ""
	for i, o := range options {
		text += fmt.Sprintf("arg {number=%d}{call=%s}{display=%s}{type=%s}{tooltip=%s}%s\n", i, o.flag, o.display, o.kind, o.about, o.more)
	}
	_, err := io.WriteString(w, text)
	return err
}
