package sandbox

import "golang.org/x/sys/unix"

// Row is what one command needs: the one place that says so.
type Row struct {
	// Command is its name with those above it: "link run".
	Command string
	// Before is what it needs until its ports and files are open, in words.
	Before string
	// After is what it keeps, in words.
	After string
	// Early: it never needs a privilege, and gives all up before it opens a file.
	Early bool
	// Families are the address families (AF_*) of sockets that it may still
	// open. AF_PACKET takes one of Keeps.
	Families []int
	// Files are files that it may still open for reading, and all below if they
	// are folders.
	Files []string
	// Trees: in the folders given to Enter it may also read, rename, and make folders.
	Trees bool
	// Serves: connections of others are accepted.
	Serves bool
	// Keeps are capabilities (CAP_*) that it goes on using.
	Keeps []int
	// Terminal: it draws on the terminal that it was started from (--watch), and may
	// set how that behaves.
	Terminal bool
}

// resolver are the files that say how names of hosts are found.
var resolver = []string{"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"}

const (
	rawSocket  = "a raw socket"
	rawSockets = "two raw sockets"
	nothing    = "nothing"
	itsFolder  = "nothing; with --rotate, files in the folder of -w"
)

// Table has a row for every command that opens a port or reads what others
// made. Those without one ("lab", "version", "man", "completion") print, or
// start commands that have one. Commands of the second program have its name
// in front.
var Table = []Row{
	{Command: "listen", Before: rawSocket + ", a file, tcpdump for an expression", After: itsFolder},
	{Command: "exchange", Before: rawSocket, After: nothing},
	{Command: "broadcast", Before: rawSocket, After: nothing},
	{Command: "send", Before: "raw sockets, or AF_XDP", After: nothing},
	{Command: "ping", Before: rawSocket, After: nothing},
	{Command: "arp", Before: rawSocket, After: nothing},
	{Command: "scan", Before: rawSocket, After: "UDP and TCP for the resolver, and its three files",
		Families: []int{unix.AF_INET, unix.AF_INET6}, Files: resolver},
	{Command: "respond", Before: "five raw sockets", After: nothing},
	{Command: "link send", Before: rawSocket + ", a file", After: nothing},
	{Command: "link receive", Before: rawSockets + ", a file", After: nothing},
	{Command: "link run", Before: rawSockets + ", a file", After: nothing},
	{Command: "switch check", Before: "two or three raw sockets, files", After: nothing},
	{Command: "switch macs", Before: "two or three raw sockets", After: nothing},
	{Command: "switch outage", Before: rawSockets, After: nothing},
	{Command: "bench rfc2544", Before: "two or three raw sockets, files", After: "files in its directory"},
	{Command: "bench rfc2889", Before: "two or three raw sockets, files", After: "files in its directory"},
	{Command: "bench snake", Before: "two or three raw sockets, files", After: "files in its directory"},
	{Command: "bench run", Before: "two or three raw sockets, files", After: "files in its directory"},
	{Command: "bench calibrate", Before: "two raw sockets", After: "files in its directory"},
	{Command: "bench resume", Before: "two or three raw sockets, files", After: "files in its directory"},
	{Command: "bench report", Before: "files", After: nothing, Early: true},
	{Command: "bench compare", Before: "files", After: nothing, Early: true},
	{Command: "interfaces", Before: "with --probe, a raw socket and AF_XDP", After: "sockets that ask the kernel",
		Families: []int{unix.AF_NETLINK, unix.AF_INET}},
	{Command: "decode", Before: "a file", After: nothing, Early: true},
	{Command: "build", Before: "a file", After: nothing, Early: true},
	{Command: "report", Before: "files", After: nothing, Early: true},
	{Command: "compare", Before: "files", After: nothing, Early: true},
	{Command: "diff", Before: "files", After: nothing, Early: true},

	{Command: "eterm-fleet serve", Before: nothing, After: "the sockets of its message server, and its folder", Early: true,
		Families: []int{unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK}, Files: resolver, Trees: true, Serves: true},
	{Command: "eterm-fleet agent", Before: "credentials, a spool", After: "CAP_NET_RAW: a port is opened for each slot; TCP to the controller, its spool",
		Families: []int{unix.AF_PACKET, unix.AF_NETLINK, unix.AF_INET, unix.AF_INET6}, Files: append([]string{"/sys/class/net", "/sys/devices"}, resolver...),
		Trees: true, Keeps: []int{unix.CAP_NET_RAW}},
}

// Lookup is the row of a command.
func Lookup(command string) (Row, bool) {
	for _, r := range Table {
		if r.Command == command {
			return r, true
		}
	}
	return Row{}, false
}
