package outfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func made(t *testing.T, path string, force bool) {
	t.Helper()
	f, err := Create(path, force)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	about, err := os.Stat(path)
	if err != nil || about.Mode() != 0o600 || about.Size() != 0 {
		t.Errorf("%s: %v, %v", path, about, err)
	}
}

func refused(t *testing.T, path string, force bool, want string) {
	t.Helper()
	f, err := Create(path, force)
	if err == nil || !strings.Contains(err.Error(), want) {
		f.Close()
		t.Errorf("%s: error %v, want %q", path, err, want)
	}
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	made(t, path, false)
	refused(t, path, false, "is there already")
	refused(t, dir, false, "is a directory")
	refused(t, dir, true, "is a directory")
	refused(t, "/dev/null", true, "is not a plain file")
	refused(t, filepath.Join(dir, "none", "x"), false, "no such file or directory")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	made(t, path, true) // its old mode was 0644
	if err := os.Symlink("x", path+"-link"); err != nil {
		t.Fatal(err)
	}
	refused(t, path+"-link", true, "is a symbolic link")
}

// TestCreateThroughFolders: links to folders are followed, relative ones, ones
// with .. and absolute ones, but not in a circle.
func TestCreateThroughFolders(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a", "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"absolute": filepath.Join(dir, "a"), "relative": "a/b", "up": "a/../a", "circle": "circle"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	made(t, filepath.Join(dir, "absolute", "1"), false)
	made(t, filepath.Join(dir, "relative", "2"), false)
	made(t, filepath.Join(dir, "up", "3"), false)
	for _, name := range []string{"a/1", "a/b/2", "a/3"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	refused(t, filepath.Join(dir, "circle", "x"), false, "symbolic links")
	t.Chdir(dir)
	made(t, "4", false)
	made(t, "relative/5", false)
}

// TestCreateNotWhereOthersLead: in a folder such as /tmp neither links nor
// files of other users are trusted, whatever the kernel is set to.
func TestCreateNotWhereOthersLead(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make files of other users")
	}
	dir := t.TempDir()
	tmp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(tmp, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(tmp, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, filepath.Join(tmp, "trap")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tmp, "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"trap", "file"} {
		if err := os.Lchown(filepath.Join(tmp, name), 65534, 65534); err != nil {
			t.Skip("no second user here")
		}
	}
	refused(t, filepath.Join(tmp, "trap", "x"), false, "trap is a symbolic link of another user's")
	refused(t, filepath.Join(tmp, "file"), true, "") // by us, or by the kernel before us
	made(t, filepath.Join(tmp, "own"), false)
}
