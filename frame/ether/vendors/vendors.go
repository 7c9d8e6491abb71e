// Package vendors names who made a network card by the first bytes of its
// address. The registry of the IEEE has 50,000 entries; this package carries a
// few that turn up in labs and reads the rest from the copies that other
// packages of a distribution leave on the machine.
package vendors

import (
	"bufio"
	"io"
	"net"
	"os"
	"strings"
)

// Files are where distributions put copies of the registry, the best first:
// Debian's wireshark-common (libwireshark-data), ieee-data, arp-scan, nmap.
var Files = []string{
	"/usr/share/wireshark/manuf",
	"/usr/share/ieee-data/oui.txt",
	"/var/lib/ieee-data/oui.txt",
	"/usr/share/arp-scan/ieee-oui.txt",
	"/usr/share/nmap/nmap-mac-prefixes",
}

// few are assignments of the IEEE registry MA-L (standards-oui.ieee.org) to
// makers of virtual machines, boards and lab equipment, and prefixes that
// software uses without one.
var few = map[string]string{
	"00000C": "Cisco Systems", "00000F": "NeXT", "00005E": "ICANN, IANA Department", "000569": "VMware", "000C29": "VMware",
	"005056": "VMware", "000C42": "Routerboard.com", "00155D": "Microsoft (Hyper-V)", "00163E": "Xensource",
	"001B21": "Intel Corporate", "001C42": "Parallels", "0080C2": "IEEE 802.1 Working Group", "080027": "PCS Systemtechnik (VirtualBox)",
	"B827EB": "Raspberry Pi Foundation", "DCA632": "Raspberry Pi Trading", "E45F01": "Raspberry Pi Trading",
	"525400": "QEMU/KVM (unregistered)",
}

// Table looks addresses up.
type Table struct {
	// Source is where most names come from: a file, or "built in".
	Source string
	names  map[string]string // by 6, 7 or 9 hex digits, upper case
}

// Load reads the first of the files that is there; without any, the few built
// in are all.
func Load(files []string) *Table {
	t := &Table{Source: "built in", names: map[string]string{}}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		t.read(f)
		f.Close()
		if len(t.names) > 0 {
			t.Source = name
			break
		}
	}
	for prefix, name := range few {
		if t.names[prefix] == "" {
			t.names[prefix] = name
		}
	}
	return t
}

// maxEntries bounds what is read, whatever the file is.
const maxEntries = 200000

// read takes in every line that begins with a prefix, in any of the spellings
// of the files above.
func (t *Table) read(r io.Reader) {
	lines := bufio.NewScanner(r)
	for lines.Scan() && len(t.names) < maxEntries {
		if prefix, name, ok := parse(lines.Text()); ok {
			t.names[prefix] = name
		}
	}
}

// parse reads lines such as "00:1B:C5:00:00:00/36\tConvergi\tConverging
// Systems Inc.", "00-1B-C5   (hex)\t\tName", "001BC5 Name" and "001BC5000\tName".
func parse(line string) (prefix, name string, ok bool) {
	cut := strings.IndexAny(line, " \t")
	if cut < 6 {
		return "", "", false
	}
	prefix, name = line[:cut], strings.TrimSpace(line[cut:])
	digits := 0
	if p, bits, found := strings.Cut(prefix, "/"); found {
		prefix, digits = p, map[string]int{"24": 6, "28": 7, "36": 9}[bits]
	}
	prefix = strings.ToUpper(strings.NewReplacer(":", "", "-", "").Replace(prefix))
	if digits > 0 && digits <= len(prefix) {
		prefix = prefix[:digits]
	}
	if n := len(prefix); n != 6 && n != 7 && n != 9 || strings.Trim(prefix, "0123456789ABCDEF") != "" {
		return "", "", false
	}
	for _, base := range []string{"(hex)", "(base 16)"} {
		name = strings.TrimSpace(strings.TrimPrefix(name, base))
	}
	if i := strings.LastIndexByte(name, '\t'); i >= 0 { // the long name is last
		name = strings.TrimSpace(name[i+1:])
	}
	return prefix, name, name != ""
}

// Name is the vendor, "locally administered" for addresses nobody assigned
// (IEEE 802, 8.2.2), or "" if unknown.
func (t *Table) Name(a net.HardwareAddr) string {
	const digits = "0123456789ABCDEF"
	if len(a) != 6 {
		return ""
	}
	var text [12]byte
	for i, b := range a {
		text[2*i], text[2*i+1] = digits[b>>4], digits[b&15]
	}
	for _, n := range []int{9, 7, 6} { // the longest assignment is the holder's
		if name := t.names[string(text[:n])]; name != "" {
			return name
		}
	}
	if a[0]&2 != 0 {
		return "locally administered"
	}
	return ""
}
