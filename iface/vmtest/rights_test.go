package vmtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// nobody runs a program as an ordinary user.
func nobody(t *testing.T, program string, args ...string) (status int, out string) {
	t.Helper()
	cmd := exec.Command("setpriv", append([]string{"--reuid", "65534", "--regid", "65534", "--clear-groups", "--", program}, args...)...)
	cmd.Dir = "/"
	b, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	t.Logf("%v: status %d\n%s", args, cmd.ProcessState.ExitCode(), b)
	return cmd.ProcessState.ExitCode(), string(b)
}

// TestKernelCapability: an ordinary user sends and receives by the file's capability,
// on a file system that keeps it, and is told of it without.
func TestKernelCapability(t *testing.T) {
	cable(t, "ext4", "loop")
	disk, mount := filepath.Join(t.TempDir(), "disk"), "/mnt"
	must(t, "dd", "if=/dev/zero", "of="+disk, "bs=1M", "count=64")
	must(t, "mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", disk)
	must(t, "mount", "-o", "loop", disk, mount)
	t.Cleanup(func() { must(t, "umount", mount) })
	program := mount + "/eterm"
	must(t, "cp", eterm, program)
	must(t, "chmod", "755", mount, program)
	send := []string{"send", "-i", "va", "-c", "3", "-b", "max"}
	if status, out := nobody(t, program, send...); status != 2 || !strings.Contains(out, "setcap cap_net_raw") {
		t.Errorf("without the capability: status %d: %s", status, out)
	}
	must(t, "setcap", "cap_net_raw+ep", program)
	sent := watch(t, "va", "tx_packets")
	if status, out := nobody(t, program, send...); status != 0 {
		t.Errorf("with it: status %d: %s", status, out)
	}
	exactly(t, "tx_packets of va", sent, 3)
}

// TestKernelNamespacesForbidden: a lab that cannot be made names the setting that
// forbids it.
func TestKernelNamespacesForbidden(t *testing.T) {
	guest(t)
	for _, setting := range []string{"max_user_namespaces", "max_net_namespaces"} {
		t.Run(setting, func(t *testing.T) {
			file := "/proc/sys/user/" + setting
			was, err := os.ReadFile(file)
			if err != nil {
				t.Skipf("this kernel has no user.%s", setting)
			}
			if err := os.WriteFile(file, []byte("0"), 0); err != nil {
				t.Fatal(err)
			}
			defer os.WriteFile(file, was, 0)
			if status, out := nobody(t, eterm, "lab"); status != 2 || !strings.Contains(out, "user."+setting) {
				t.Errorf("status %d, and user.%s is not named", status, setting)
			}
		})
	}
}
