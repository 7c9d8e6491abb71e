package nic

import (
	"math"

	"github.com/safchain/ethtool"
	"golang.org/x/sys/unix"
)

// Facts are what a driver says of its interface. What it does not know is zero.
type Facts struct {
	Driver     string
	Speed      uint64 // bits/s
	FullDuplex bool
	HalfDuplex bool
	Offloads   []string // see distorting
	Timestamps Timestamps
}

// Timestamps say what can give frames a timestamp.
type Timestamps struct {
	RxSoftware, TxSoftware bool // the kernel
	RxHardware, TxHardware bool // the NIC
	RxHardwareAll          bool // of every frame, not only those of PTP
	Clock                  int  // /dev/ptpN, or -1
}

// distorting are the offloads that matter to who looks at frames, by the
// kernel's name and that of ethtool.
var distorting = []struct{ kernel, name string }{
	{"rx-gro", "generic-receive-offload"},
	{"rx-gro-hw", "rx-gro-hw"},
	{"rx-lro", "large-receive-offload"},
	{"rx-vlan-hw-parse", "rx-vlan-offload"},
	{"rx-vlan-stag-hw-parse", "rx-vlan-stag-hw-parse"},
	{"rx-vlan-filter", VLANFilter},
	{"rx-vlan-stag-filter", "rx-vlan-stag-filter"},
	{"rx-fcs", "rx-fcs"},
	{"rx-all", "rx-all"},
	{"tx-tcp-segmentation", "tcp-segmentation-offload"},
	{"tx-generic-segmentation", "generic-segmentation-offload"},
	{"tx-checksum-ip-generic", "tx-checksumming"},
}

// VLANFilter is the offload by which a NIC takes only tagged frames of VLANs
// that this host has a device of, unless it is promiscuous.
const VLANFilter = "rx-vlan-filter"

// A Tool asks about interfaces of the namespace of the thread that made it.
type Tool struct{ tool *ethtool.Ethtool }

// NewTool opens the socket to ask by.
func NewTool() (Tool, error) {
	t, err := ethtool.NewEthtool()
	return Tool{t}, err
}

// Close frees the socket.
func (t Tool) Close() { t.tool.Close() }

// Facts asks the driver of an interface. It need not know any of it, so its
// errors are no errors.
func (t Tool) Facts(name string) (f Facts) {
	f.Timestamps.Clock = -1
	if d, err := t.tool.DriverInfo(name); err == nil {
		f.Driver = d.Driver
	}
	// The newer request of this library prints on stdout on some kernels.
	var cmd ethtool.EthtoolCmd
	if speed, err := t.tool.CmdGet(&cmd, name); err == nil && speed != 0 && uint16(speed) != math.MaxUint16 {
		f.Speed = uint64(speed) * 1e6
		f.HalfDuplex, f.FullDuplex = cmd.Duplex == 0, cmd.Duplex == 1 // DUPLEX_HALF, DUPLEX_FULL
	}
	f.Offloads = t.offloads(name)
	if ts, err := t.tool.GetTimestampingInformation(name); err == nil {
		f.Timestamps = timestamps(ts)
	}
	return f
}

func (t Tool) offloads(name string) (on []string) {
	features, err := t.tool.Features(name)
	if err != nil {
		return nil
	}
	for _, d := range distorting {
		if features[d.kernel] {
			on = append(on, d.name)
		}
	}
	return on
}

// A Feature is what a driver says of one of its features.
type Feature struct {
	Known  bool // this kernel and driver have it
	On     bool
	Switch bool // it can be switched
}

// Feature asks for one, by the kernel's name.
func (t Tool) Feature(interfaceName, feature string) (Feature, error) {
	all, err := t.tool.FeaturesWithState(interfaceName)
	if err != nil {
		return Feature{}, err
	}
	f, ok := all[feature]
	return Feature{Known: ok, On: f.Active, Switch: f.Available && !f.NeverChanged}, nil
}

// Channels are how many queues the driver uses and how many it could use.
func (t Tool) Channels(name string) (now, most int, err error) {
	c, err := t.tool.GetChannels(name)
	if err != nil {
		return 0, 0, err
	}
	return int(c.CombinedCount + max(c.RxCount, c.TxCount)), int(c.MaxCombined + max(c.MaxRx, c.MaxTx)), nil
}

// Reception is what a NIC is set to do with the frames that it receives.
type Reception struct {
	FiltersVLANs bool // it takes only the VLANs it was told
	TakesTags    bool // it takes tags off frames
	TakesErrored bool // it hands over frames with errors
	KeepsFCS     bool // it leaves the FCS behind frames
}

// Reception asks for it.
func (t Tool) Reception(name string) Reception {
	on, err := t.tool.Features(name)
	if err != nil {
		return Reception{}
	}
	return Reception{on["rx-vlan-filter"], on["rx-vlan-hw-parse"], on["rx-all"], on["rx-fcs"]}
}

func timestamps(t ethtool.TimestampingInformation) Timestamps {
	has := func(bits uint32) bool { return t.SoTimestamping&bits == bits }
	const hardwareFilterAll = 1 << unix.HWTSTAMP_FILTER_ALL
	return Timestamps{
		RxSoftware:    has(unix.SOF_TIMESTAMPING_RX_SOFTWARE | unix.SOF_TIMESTAMPING_SOFTWARE),
		TxSoftware:    has(unix.SOF_TIMESTAMPING_TX_SOFTWARE | unix.SOF_TIMESTAMPING_SOFTWARE),
		RxHardware:    has(unix.SOF_TIMESTAMPING_RX_HARDWARE | unix.SOF_TIMESTAMPING_RAW_HARDWARE),
		TxHardware:    has(unix.SOF_TIMESTAMPING_TX_HARDWARE | unix.SOF_TIMESTAMPING_RAW_HARDWARE),
		RxHardwareAll: t.RxFilters&hardwareFilterAll != 0,
		Clock:         int(t.PhcIndex),
	}
}

// TimestampsOn says what the NIC is set to give a timestamp (SIOCGHWTSTAMP):
// every frame it receives, every frame it sends. A NIC that can and is not set
// to gives none, and some then keep the kernel from giving one.
func TimestampsOn(name string) (rx, tx bool) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false, false
	}
	defer unix.Close(fd)
	c, err := unix.IoctlGetHwTstamp(fd, name)
	if err != nil {
		return false, false
	}
	return timestampsOn(c)
}

func timestampsOn(c *unix.HwTstampConfig) (rx, tx bool) {
	return c.Rx_filter == unix.HWTSTAMP_FILTER_ALL, c.Tx_type == unix.HWTSTAMP_TX_ON
}
