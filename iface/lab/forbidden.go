package lab

import (
	"os"
	"path/filepath"
	"strings"
)

// settings are the sysctls that keep namespaces from being made, with the
// value that does (namespaces(7); the last two are Debian's and Ubuntu's), and
// one that does not.
var settings = []struct{ name, forbids, allows string }{
	{"user/max_user_namespaces", "0", "15000"},
	{"user/max_net_namespaces", "0", "15000"},
	{"user/max_mnt_namespaces", "0", "15000"},
	{"user/max_pid_namespaces", "0", "15000"},
	{"kernel/unprivileged_userns_clone", "0", "1"},
	{"kernel/apparmor_restrict_unprivileged_userns", "1", "0"},
}

// Forbidding are the settings of this system that forbid what a lab needs, as
// arguments of sysctl -w that allow it. Empty: whatever forbids it, none of
// them does.
func Forbidding() []string { return forbidding("/proc/sys") }

func forbidding(root string) (all []string) {
	for _, s := range settings {
		value, err := os.ReadFile(filepath.Join(root, s.name))
		if err == nil && strings.TrimSpace(string(value)) == s.forbids {
			all = append(all, strings.ReplaceAll(s.name, "/", ".")+"="+s.allows)
		}
	}
	return all
}
