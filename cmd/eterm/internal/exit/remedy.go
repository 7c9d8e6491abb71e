package exit

import (
	"errors"
	"fmt"
	"os"

	"eterm/iface"
	"eterm/iface/lab"
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
		return "run with sudo, or allow them: sysctl -w user.max_user_namespaces=15000 kernel.unprivileged_userns_clone=1 " +
			"kernel.apparmor_restrict_unprivileged_userns=0 (those your kernel has)"
	}},
	{iface.ErrNoTcpdump, func() string {
		return "install it (apt install tcpdump), or filter by -t, --from, --to and -Q, which work without"
	}},
}

// Message is what a person is told of an error: what was wrong, and, where the
// cause is one this program knows, what can be done about it.
func Message(err error) string {
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
