package lab_test

import (
	"testing"

	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// A switch of our own forwards as any does: what a real port receives is what the
// other end sent, and its ports keep to their VLANs.
func TestOwnSwitchConforms(t *testing.T) {
	left, right, middle := labtest.Host(t, "left"), labtest.Host(t, "right"), labtest.Host(t, "switch")
	var ports []iface.Port
	for _, h := range []*lab.Host{left, right} {
		labtest.Cable(t, h, "eth0", middle, h.Name)
		if err := h.PlainFrames("eth0"); err != nil {
			t.Fatal(err)
		}
		if err := h.Do(func() error {
			p, err := iface.Open("eth0", iface.Options{Promiscuous: true, Immediate: true})
			ports = append(ports, p)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	stop, err := middle.Join([]string{"left", "right"})
	if err != nil {
		t.Fatal(err)
	}
	ifacetest.Conform(t, ports[0], ports[1])
	if dropped, err := stop(); err != nil || dropped != 0 {
		t.Errorf("%d dropped, %v", dropped, err)
	}
}
