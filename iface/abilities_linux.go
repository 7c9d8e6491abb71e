package iface

import (
	"errors"
	"fmt"
	"syscall"

	"eterm/iface/internal/nic"
	"eterm/iface/internal/rtnl"
	"eterm/iface/internal/sock"
	"eterm/iface/internal/xdp"
)

// Answer is whether a port can do something.
type Answer string

// The answers. Unknown is what could not be found out, and the reason says why.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// Ability is one thing that a port can do or not.
type Ability struct {
	Name   string
	Answer Answer
	Reason string // how that is known, or why not
}

// Abilities finds out what the interface called name can do, by asking its driver
// and by opening sockets on it. Nothing is sent, no program is attached and
// nothing is switched: drivers restart their link for less. Raw sockets need
// CAP_NET_RAW; what needs more is Unknown without it.
func Abilities(name string) ([]Ability, error) {
	l, err := rtnl.NewQuery()
	if err != nil {
		return nil, err
	}
	defer l.Close()
	state, err := l.Ask(0, name)
	if err != nil {
		return nil, openError(name, err)
	}
	if !state.Ethernet() {
		return nil, usable(state)
	}
	tool, err := nic.NewTool()
	if err != nil {
		return nil, err
	}
	defer tool.Close()
	a := abilities{name: name, state: state, tool: tool}
	a.programs()
	a.timestamps()
	a.queues()
	a.sockets()
	a.features()
	return a.all, nil
}

// abilities gathers what is found out.
type abilities struct {
	name  string
	state *rtnl.State
	tool  nic.Tool
	all   []Ability
}

func (a *abilities) add(name string, answer Answer, format string, args ...any) {
	a.all = append(a.all, Ability{name, answer, fmt.Sprintf(format, args...)})
}

// tried adds the outcome of trying something.
func (a *abilities) tried(name string, err error, yes string) {
	switch {
	case err == nil:
		a.add(name, Yes, "%s", yes)
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		a.add(name, Unknown, "not allowed to try: %v", err)
	case errors.Is(err, syscall.EBUSY), errors.Is(err, syscall.ENOBUFS), errors.Is(err, syscall.ENOMEM), errors.Is(err, syscall.ENETDOWN):
		a.add(name, Unknown, "cannot be tried now: %v", err)
	default:
		a.add(name, No, "tried: %v", err)
	}
}

// programs is what of XDP works.
func (a *abilities) programs() {
	can, err := rtnl.XDPOf(a.state.Index)
	if err != nil {
		a.add("xdp-native", Unknown, "this kernel does not say (before 6.3): %v", err)
	} else {
		a.says("xdp-native", can&rtnl.XDPBasic != 0)
	}
	copying := xdp.Try(a.state.Index, false)
	switch {
	case copying == nil:
		a.add("xdp-generic", Yes, "the kernel itself, on every interface")
	case errors.Is(copying, syscall.EAFNOSUPPORT):
		a.add("xdp-generic", Unknown, "this kernel has no AF_XDP")
	default:
		a.add("xdp-generic", Unknown, "AF_XDP could not be tried: %v", copying)
	}
	a.tried("af-xdp-copy", copying, "tried: a socket was bound to queue 0")
	if err == nil && can&rtnl.XDPZeroCopy == 0 {
		a.says("af-xdp-zero-copy", false)
		return
	}
	a.tried("af-xdp-zero-copy", xdp.Try(a.state.Index, true), "tried: a socket was bound to queue 0")
}

// says adds what the driver says.
func (a *abilities) says(name string, can bool) {
	if can {
		a.add(name, Yes, "the driver says so")
		return
	}
	a.add(name, No, "the driver says so")
}

func (a *abilities) timestamps() {
	f := a.tool.Facts(a.name).Timestamps
	rxOn, txOn := nic.TimestampsOn(a.name)
	switch {
	case !f.RxHardware:
		a.says("rx-timestamps-nic", false)
	case rxOn:
		a.add("rx-timestamps-nic", Yes, "of every frame, and switched on")
	case f.RxHardwareAll:
		a.add("rx-timestamps-nic", Yes, "of every frame; switched off (hwstamp_ctl -r 1)")
	default:
		a.add("rx-timestamps-nic", No, "the NIC has them for frames of PTP alone")
	}
	switch {
	case !f.TxHardware:
		a.says("tx-timestamps-nic", false)
	case txOn:
		a.add("tx-timestamps-nic", Yes, "switched on")
	default:
		a.add("tx-timestamps-nic", Yes, "switched off (hwstamp_ctl -t 1)")
	}
	a.says("tx-timestamps-kernel", f.TxSoftware)
}

func (a *abilities) queues() {
	now, most, err := a.tool.Channels(a.name)
	if err != nil {
		now, most = max(a.state.RxQueues, a.state.TxQueues), 0
	}
	answer := No
	if max(now, most) > 1 {
		answer = Yes
	}
	switch {
	case err != nil && now == 0:
		a.add("several-queues", Unknown, "the driver does not say: %v", err)
	case err != nil:
		a.add("several-queues", answer, "%d to receive, %d to send", a.state.RxQueues, a.state.TxQueues)
	default:
		a.add("several-queues", answer, "%d in use of %d", now, most)
	}
}

// sockets is what a raw socket can do there.
func (a *abilities) sockets() {
	t, err := sock.NewTrial(a.state.Index)
	if err != nil {
		a.tried("fanout", err, "")
		a.tried("own-fcs", err, "")
		return
	}
	defer t.Close()
	a.tried("fanout", t.Fanout(), "tried: two sockets can share what arrives")
	can, err := t.OwnFCS()
	switch {
	case err == nil && can:
		a.add("own-fcs", Yes, "tried: SO_NOFCS is taken; frames with a wrong FCS can be sent")
	case err == nil:
		a.add("own-fcs", No, "tried: the driver refuses SO_NOFCS; it makes every FCS itself")
	default:
		a.tried("own-fcs", err, "")
	}
}

// probed are the features of drivers, by the kernel's names.
var probed = []struct{ name, feature string }{
	{"takes-tags-off", "rx-vlan-hw-parse"},
	{"puts-tags-on", "tx-vlan-hw-insert"},
	{"filters-vlans", "rx-vlan-filter"},
	{"takes-s-tags-off", "rx-vlan-stag-hw-parse"},
	{"keeps-errored", "rx-all"},
	{"keeps-fcs", "rx-fcs"},
}

func (a *abilities) features() {
	for _, p := range probed {
		f, err := a.tool.Feature(a.name, p.feature)
		switch {
		case err != nil:
			a.add(p.name, Unknown, "the driver does not say: %v", err)
		case !f.Known:
			a.add(p.name, No, "this kernel knows no %s", p.feature)
		case f.On && f.Switch:
			a.add(p.name, Yes, "%s is on, and can be switched off", p.feature)
		case f.On:
			a.add(p.name, Yes, "%s is on, always", p.feature)
		case f.Switch:
			a.add(p.name, Yes, "%s is off, and can be switched on", p.feature)
		default:
			a.add(p.name, No, "%s is off, always", p.feature)
		}
	}
}
