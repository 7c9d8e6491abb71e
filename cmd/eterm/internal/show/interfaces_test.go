package show

import (
	"bytes"
	"net"
	"testing"

	"eterm/cmd/internal/golden"
	"eterm/iface"
)

func TestPrintInterfaces(t *testing.T) {
	list := []iface.Info{
		{Name: "lo", Index: 1, HardwareAddr: net.HardwareAddr{0, 0, 0, 0, 0, 0}, MTU: 65536, Type: "loopback", Up: true, Carrier: true, Timestamps: iface.TimestampAbility{RxSoftware: true, Clock: -1}},
		{Name: "eth0", Index: 2, HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 0xa}, MTU: 1500, Type: "ethernet", Up: true, Carrier: true, Speed: 1e9, Duplex: "full", Driver: "igb",
			Offloads: []string{"rx-vlan-hw-parse", "generic-receive-offload"}, DefaultRoute: true,
			Timestamps: iface.TimestampAbility{RxSoftware: true, TxSoftware: true, RxHardware: true, TxHardware: true}},
		{Name: "tun0", Index: 3, MTU: 1500, Type: "type 65534", Timestamps: iface.TimestampAbility{Clock: -1}},
	}
	var text, objects bytes.Buffer
	must(t, NewOutput(&text).Interfaces(list, false))
	must(t, NewOutput(&objects).Interfaces(list, true))
	golden.Check(t, "interfaces.txt", text.String())
	golden.Check(t, "interfaces.json", objects.String())
}
