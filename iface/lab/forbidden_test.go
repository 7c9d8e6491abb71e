package lab

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestForbiddingNamesWhatIsAtFault and nothing that is not.
func TestForbiddingNamesWhatIsAtFault(t *testing.T) {
	root := t.TempDir()
	set := func(name, value string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(value+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set("user/max_user_namespaces", "100")
	set("kernel/unprivileged_userns_clone", "1")
	if got := forbidding(root); got != nil {
		t.Errorf("nothing is at fault, but %q", got)
	}
	set("user/max_net_namespaces", "0")
	set("kernel/apparmor_restrict_unprivileged_userns", "1")
	want := []string{"user.max_net_namespaces=15000", "kernel.apparmor_restrict_unprivileged_userns=0"}
	if got := forbidding(root); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
