package sandbox_test

import (
	"encoding/json"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// sudo is the way with which files and users are tried.
func sudo(t *testing.T) way {
	t.Helper()
	for _, w := range ways {
		if w.name == "sudo" {
			w.need(t)
			return w
		}
	}
	t.Fatal("no such way")
	return way{}
}

// TestFilesBelongToTheUser: results and captures are made as the one who called
// sudo, or as --user says, readable by nobody else; the document says what was
// given up, and that --no-sandbox gave up nothing.
func TestFilesBelongToTheUser(t *testing.T) {
	w := sudo(t)
	nobody, err := user.LookupId("65534")
	if err != nil {
		t.Skip(err)
	}
	for _, c := range []struct {
		name  string
		flags []string
		env   []string
		uid   uint32
		says  string
	}{
		{"by sudo", nil, w.env, 65534, "bounding set, user, "},
		{"sudo and --user root", []string{"--user", "root"}, w.env, 0, "bounding set, no core dumps, "},
		{"root and --user", []string{"--user", nobody.Username}, nil, 65534, "bounding set, user, "},
		{"root", nil, nil, 0, "bounding set, no core dumps, "},
		{"without a sandbox", []string{"--no-sandbox"}, nil, 0, "off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := openFolder(t)
			document, capture := filepath.Join(dir, "x.json"), filepath.Join(dir, "x.pcapng")
			as := w
			as.env = append([]string{"SUDO_UID=", "SUDO_GID="}, c.env...)
			r := as.start(t, nil, append(strings.Fields("send -i va -c 3 -b 100pps -o "+document), c.flags...)...)
			r.Wait()
			about := owned(t, document, c.uid, r)
			var d struct{ Host struct{ Sandbox string } }
			if err := json.Unmarshal(about, &d); err != nil || !strings.HasPrefix(d.Host.Sandbox, c.says) || c.says == "off" && d.Host.Sandbox != "off" {
				t.Errorf("the document says %q, want %q (%v)", d.Host.Sandbox, c.says, err)
			}
			// A capture is made before the first frame, and its head is written.
			r = as.start(t, nil, append(strings.Fields("listen -i va -d 0.5 -w "+capture), c.flags...)...)
			r.Wait()
			owned(t, capture, c.uid, r)
		})
	}
}

// openFolder is a folder of its own that everybody may write to.
func openFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			break
		}
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// owned checks whose a file is and that nobody else may read it.
func owned(t *testing.T, path string, uid uint32, r *running) []byte {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatalf("%v: %s", err, r.output.String())
	}
	if own := info.Sys().(*syscall.Stat_t); own.Uid != uid || own.Gid != uid || info.Mode().Perm() != 0o600 {
		t.Errorf("%s is of %d:%d with mode %v, want %d and 0600", path, own.Uid, own.Gid, info.Mode(), uid)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
