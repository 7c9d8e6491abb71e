package result

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"eterm/iface"
)

// Host is the machine that measured. What could not be read is empty.
type Host struct {
	// of the host
	Name string `json:"name"`
	// its release
	Kernel string `json:"kernel"`
	// processors that the program may use
	CPUs int `json:"cpus"`
	// what they are
	CPU string `json:"cpu"`
	// what the kernel reads time from, such as "tsc"
	ClockSource string `json:"clock_source"`
	// how the program had given up privileges when it measured; empty where that is not known
	Sandbox string `json:"sandbox"`
}

// ThisHost is this machine.
func ThisHost() Host { return hostAt("/") }

// hostAt reads the files of a machine under root.
func hostAt(root string) Host {
	name, _ := os.Hostname()
	return Host{
		Name: name, CPUs: runtime.NumCPU(), CPU: cpuModel(filepath.Join(root, "proc/cpuinfo")),
		Kernel:      oneWord(filepath.Join(root, "proc/sys/kernel/osrelease")),
		ClockSource: oneWord(filepath.Join(root, "sys/devices/system/clocksource/clocksource0/current_clocksource")),
	}
}

func oneWord(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// cpuModel is the first processor's name. Not every architecture has one.
func cpuModel(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		key, value, ok := strings.Cut(line, ":")
		if k := strings.TrimSpace(key); ok && (k == "model name" || k == "Model" || k == "uarch") {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Port is one interface that took part.
type Port struct {
	// what it was for: "send", "receive", "a", "b", "third"
	Role string `json:"role"`
	// of the interface
	Name string `json:"name"`
	// its address
	MAC string `json:"mac"`
	// of the interface
	Driver string `json:"driver"`
	// bits a second; 0 where the driver does not know
	SpeedBPS uint64 `json:"speed_bps"`
	// "full" or "half"; empty where the driver does not know
	Duplex string `json:"duplex"`
	// bytes of layer 3
	MTU int `json:"mtu"`
	// those switched on that make a capture differ from the wire, by their names in "ethtool -k"
	Offloads []string `json:"offloads"`
	// who can take them: "rx_software", "tx_software", "rx_hardware", "tx_hardware"
	Timestamps []string `json:"timestamps"`
}

// PortOf is the port of an interface.
func PortOf(role string, i iface.Info) Port {
	p := Port{
		Role: role, Name: i.Name, MAC: i.HardwareAddr.String(), Driver: i.Driver, SpeedBPS: i.Speed, Duplex: i.Duplex,
		MTU: i.MTU, Offloads: append([]string{}, i.Offloads...), Timestamps: []string{},
	}
	for _, s := range []struct {
		can  bool
		name string
	}{{i.Timestamps.RxSoftware, "rx_software"}, {i.Timestamps.TxSoftware, "tx_software"}, {i.Timestamps.RxHardware, "rx_hardware"}, {i.Timestamps.TxHardware, "tx_hardware"}} {
		if s.can {
			p.Timestamps = append(p.Timestamps, s.name)
		}
	}
	return p
}

// AddPort describes an interface by its name and adds it.
func (d *Document) AddPort(role, name string) error {
	i, err := iface.Describe(name)
	if err != nil {
		return fmt.Errorf("describe %s for the document: %w", name, err)
	}
	d.Ports = append(d.Ports, PortOf(role, i))
	return nil
}
