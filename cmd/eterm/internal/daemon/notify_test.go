package daemon

import (
	"net"
	"path/filepath"
	"testing"
	"time"
)

// TestNotify: a service manager hears that a command is at work, once.
func TestNotify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	must(t, err)
	defer c.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	FindManager().Ready()
	b := make([]byte, 64)
	must(t, c.SetReadDeadline(time.Now().Add(5*time.Second)))
	n, err := c.Read(b)
	if string(b[:n]) != "READY=1\n" || err != nil {
		t.Errorf("heard %q, %v", b[:n], err)
	}
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "none"))
	FindManager().Ready() // nobody there: no complaint
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
