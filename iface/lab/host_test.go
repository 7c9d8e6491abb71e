package lab_test

import (
	"net"
	"os"
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
