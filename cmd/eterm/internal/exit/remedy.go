package exit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"eterm/cmd/internal/sandbox"
	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/talk"
)

// remedies are what a person can do about what libraries report. Libraries say
// the cause and know nothing of this program.
var remedies = []struct {
	cause  error
	remedy func() string
}{
	{iface.ErrPermission, func() string {
		return fmt.Sprintf(`allow it with "sudo setcap cap_net_raw+ep %s", or try without permission in "eterm lab"`, executable())
	}},
	{lab.ErrForbidden, func() string {
		if settings := lab.Forbidding(); len(settings) > 0 {
			return "allow them with \"sudo sysctl -w " + strings.Join(settings, " ") + "\""
		}
		return "no setting of this system forbids it, so what this runs in does, such as a container: run with sudo, or outside of it"
	}},
	{talk.ErrNoPeer, func() string {
		return "is \"eterm respond\" or \"eterm link receive\" running at the other end, with the same key if any, and are both directions open?"
	}},
	{iface.ErrOwnFCS, func() string { return "use a NIC whose driver can (SO_NOFCS), such as e1000e, igb or ixgbe" }},
	{iface.ErrNoTcpdump, func() string {
		return "install it (apt install tcpdump), or filter by -t, --from, --to and -Q, which work without"
	}},
}

// Message is what a person is told of an error: what was wrong, and, where the
// cause is one this program knows, what can be done about it.
func Message(err error) string {
	if down := (*iface.DownError)(nil); errors.As(err, &down) {
		return fmt.Sprintf(`%v: bring it up with "sudo ip link set dev %s up"`, err, down.Name)
	}
	if errors.Is(err, fs.ErrPermission) && sandbox.Early() {
		return err.Error() + ": what root may is given up before files are opened; run as the owner of the file, or with --no-sandbox"
	}
	for _, r := range remedies {
		if errors.Is(err, r.cause) {
			return err.Error() + ": " + r.remedy()
		}
	}
	return err.Error()
}

// executable is the file that needs the permission.
func executable() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}
