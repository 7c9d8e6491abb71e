package main

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface"
	"eterm/iface/lab/labtest"
)

func TestPrintInterfaces(t *testing.T) {
	list := []iface.Info{
		{Name: "lo", Index: 1, HardwareAddr: net.HardwareAddr{0, 0, 0, 0, 0, 0}, MTU: 65536, Type: "loopback", Up: true, Carrier: true, Stamps: iface.StampAbility{RxSoftware: true, Clock: -1}},
		{Name: "eth0", Index: 2, HardwareAddr: leftMAC, MTU: 1500, Type: "ethernet", Up: true, Carrier: true, Speed: 1e9, Duplex: "full", Driver: "igb",
			Offloads: []string{"rx-vlan-hw-parse", "generic-receive-offload"}, DefaultRoute: true,
			Stamps: iface.StampAbility{RxSoftware: true, TxSoftware: true, RxHardware: true, TxHardware: true}},
		{Name: "tun0", Index: 3, MTU: 1500, Type: "type 65534", Stamps: iface.StampAbility{Clock: -1}},
	}
	var text, objects bytes.Buffer
	must(t, printInterfaces(&text, list))
	must(t, printInterfacesJSON(&objects, list))
	golden(t, "interfaces.txt", text.String())
	golden(t, "interfaces.json", objects.String())
}

// TestLoopback can be listened to, and is told apart from a network.
func TestLoopback(t *testing.T) {
	h := labtest.Host(t, "alone")
	status, _, stderr := runOn(t, h, "listen", "-i", "lo", "-d", "0.01")
	if status != 0 || !strings.Contains(stderr, "eterm: lo is the loopback interface") {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
}

// TestNoPermission names the remedy.
func TestNoPermission(t *testing.T) {
	h, _ := labtest.Pair(t)
	p := withoutPrivileges(program(t.Context(), "listen", "-i", "eth0"))
	var out, errs bytes.Buffer
	p.Stdout, p.Stderr = &out, &errs
	must(t, h.Start(p))
	err := p.Wait()
	if p.ProcessState.ExitCode() != exit.StatusUsage || out.Len() != 0 || !strings.Contains(errs.String(), "sudo setcap cap_net_raw+ep") ||
		!strings.Contains(errs.String(), "eterm lab") || strings.Count(errs.String(), "\n") != 1 {
		t.Errorf("%v, stdout %q, stderr %q", err, &out, &errs)
	}
}
