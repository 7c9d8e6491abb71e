package lab_test

import (
	"net"
	"os"
	"strings"
	"testing"

	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

func TestMain(m *testing.M) {
	if os.Getenv(lab.ReadyVar) != "" {
		os.Exit(act(os.Args[1:]))
	}
	os.Exit(labtest.Main(m))
}

func TestHostsAreApart(t *testing.T) {
	left, right, middle := labtest.Switched(t)
	for host, want := range map[string]int{"left": 2, "right": 2, "switch": 4} {
		h := map[string]interface{ Do(func() error) error }{"left": left, "right": right, "switch": middle}[host]
		err := h.Do(func() error {
			ifs, err := net.Interfaces()
			if len(ifs) != want {
				t.Errorf("%s has %d interfaces, want %d: %v", host, len(ifs), want, ifs)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestHostAsksForRoutesOnly: kernels without netfilter or IPsec have no other
// families of netlink to open.
func TestHostAsksForRoutesOnly(t *testing.T) {
	h := labtest.Host(t, "host")
	var table []byte
	err := h.Do(func() (err error) {
		table, err = os.ReadFile("/proc/thread-self/net/netlink")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ours := 0
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line) // sk, family, port ID, ...
		if len(f) < 3 || f[0] == "sk" || f[2] == "0" {
			continue // the kernel's own ends
		}
		if ours++; f[1] != "0" { // NETLINK_ROUTE
			t.Errorf("a socket of another family: %s", line)
		}
	}
	if ours == 0 {
		t.Errorf("no socket of the host is there:\n%s", table)
	}
}
