package vmtest

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// drivers are those of the cards' models in QEMU.
var drivers = map[string]string{
	"e1000": "e1000", "e1000e": "e1000e", "rtl8139": "8139cp",
	"virtio-net-pci": "virtio_net", "vmxnet3": "vmxnet3", "pcnet": "pcnet32",
}

// TestCardInterfaces: eterm says the driver, the address and the carrier of both cards.
func TestCardInterfaces(t *testing.T) {
	guest(t)
	want := drivers[os.Getenv("ETERM_VM_NIC")]
	seen := map[string]string{}
	for line := range strings.Lines(must(t, eterm, "interfaces", "--json")) {
		var i struct {
			Name, Driver, MAC string
			Carrier           bool
		}
		if err := json.Unmarshal([]byte(line), &i); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		seen[i.Name] = fmt.Sprintf("%s %s %t", i.Driver, i.MAC, i.Carrier)
	}
	for card, mac := range map[string]string{"ca": "02:00:00:00:00:0a", "cb": "02:00:00:00:00:0b"} {
		if want := fmt.Sprintf("%s %s true", want, mac); seen[card] != want {
			t.Errorf("%s: %q, want %q", card, seen[card], want)
		}
	}
}
