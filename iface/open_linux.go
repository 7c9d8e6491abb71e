package iface

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/mdlayher/packet"
	"golang.org/x/net/bpf"

	"eterm/frame/ether"
	"eterm/iface/internal/mmsg"
	"eterm/iface/internal/nic"
	"eterm/iface/internal/rtnl"
	"eterm/iface/internal/sock"
)

// defaultBuffer is the receive buffer asked for, in bytes: some 20 ms of ten
// gigabits a second, in a ring 100,000 small frames, in a socket's queue, where
// each takes 832 bytes, 20,000.
const defaultBuffer = 16 << 20

// Open opens the interface called name in the namespace of the calling thread.
// It must be an Ethernet interface and up. Errors say what is the cause: a
// *DownError, ErrPermission, or which interfaces there are instead.
func Open(name string, o Options) (Port, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	l, err := rtnl.Open(name)
	if err != nil {
		return nil, openError(name, err)
	}
	if err := usable(l.Now()); err != nil {
		go l.Follow()
		l.Close()
		return nil, err
	}
	p := &port{link: l, driver: nic.OpenDriver(name), ownFCS: o.OwnFCS}
	if p.driver.CountsNoBuffer() {
		l.CountNoBuffer(func() uint64 { return p.driver.NoBuffer(l.Now().Name) })
	}
	if err := p.ask(name, &o); err != nil {
		go l.Follow()
		p.Close()
		return nil, openError(name, err)
	}
	err = p.open(o)
	go l.Follow()
	if err != nil {
		p.Close()
		return nil, openError(name, err)
	}
	if tx, ok := p.tx.(*mmsg.Timestamped); ok {
		return &timestampedPort{p, tx}, nil
	}
	return p, nil
}

// open makes what receives and what sends.
func (p *port) open(o Options) (err error) {
	if !o.SendOnly {
		if p.rx, err = openReceiver(p.link, o); err != nil {
			return err
		}
		p.link.Notify(p.rx.wake)
	}
	if !o.ReceiveOnly {
		tx, err := openSender(p.link, o)
		if err != nil {
			return err
		}
		p.tx = tx
	}
	return nil
}

// ask finds out what the NIC is set to, and makes of the options what that asks
// for: a NIC that filters VLANs is made promiscuous where tagged frames are
// wanted, and its timestamps are taken only where every frame has one.
func (p *port) ask(name string, o *Options) error {
	tool, err := nic.NewTool()
	if err != nil {
		return err
	}
	defer tool.Close()
	p.reception = tool.Reception(name)
	filters := p.reception.FiltersVLANs
	o.Promiscuous = o.Promiscuous || filters && o.Tagged
	p.vlanFilter = filters && !o.Promiscuous // not by the link's state: it follows what this port does a little later
	if o.HardwareTimestamps {
		rx, tx := nic.TimestampsOn(name)
		o.HardwareTimestamps = (rx || o.SendOnly) && (tx || !o.TxTimestamps)
	}
	return nil
}

// usable says what keeps an interface from being used.
func usable(s *rtnl.State) error {
	switch {
	case !s.Ethernet():
		return fmt.Errorf("interface %s is not Ethernet (link type %d): name one that is (%s)", s.Name, s.Kind, interfaceNames())
	case s.Virtual.PacketsOnly():
		return fmt.Errorf("%s is an ipvlan in mode l3, which takes no frames, only IP packets: use one in mode l2, or a macvlan", s.Name)
	case !s.Up():
		return &DownError{Name: s.Name}
	}
	return nil
}

// openError says what was asked for when the kernel refused.
func openError(name string, err error) error {
	switch {
	case name == "":
		return fmt.Errorf("no interface named: there are %s", interfaceNames())
	case errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ERANGE), errors.Is(err, syscall.EINVAL):
		return fmt.Errorf("no interface %q: there are %s", name, interfaceNames())
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("open a raw socket on %s: %w", name, ErrPermission)
	}
	return fmt.Errorf("open %s: %w", name, err)
}

func interfaceNames() string {
	all, err := net.Interfaces()
	if err != nil || len(all) == 0 {
		return "none"
	}
	names := make([]string, len(all))
	for i, ifi := range all {
		names[i] = ifi.Name
	}
	return strings.Join(names, ", ")
}

// openReceiver makes the receiving socket: without protocol, so that nothing
// is queued before all options are set and the filter stands, then bound to
// every protocol (a socket bound to one loses VLAN tags).
func openReceiver(l *rtnl.Link, o Options) (*receiver, error) {
	ifi := &net.Interface{Index: l.Index(), HardwareAddr: l.Now().Addr}
	conn, err := packet.Listen(ifi, packet.Raw, 0, &packet.Config{Filter: cutting(o.Filter, o.SnapLen)})
	if err != nil {
		return nil, err
	}
	r, err := prepareReceiver(conn, l, o)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return r, nil
}

func prepareReceiver(conn *packet.Conn, l *rtnl.Link, o Options) (*receiver, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	if o.Promiscuous {
		if err := conn.SetPromiscuous(true); err != nil {
			return nil, fmt.Errorf("promiscuous mode: %w", err)
		}
	}
	for _, group := range o.Groups {
		if err := conn.JoinGroup(group); err != nil {
			return nil, fmt.Errorf("join group %s: %w", group, err)
		}
	}
	var optErr error
	var src source
	err = raw.Control(func(fd uintptr) {
		if optErr = sock.PrepareReceive(int(fd), o.buffer(), o.HardwareTimestamps, o.Sent); optErr != nil {
			return
		}
		src = newSource(int(fd), o, l.MTU)
		optErr = sock.Bind(int(fd), l.Index())
	})
	if err := errors.Join(err, optErr); err != nil {
		return nil, err
	}
	return newReceiver(conn, raw, l, src, o.hold()), nil
}

// cutting is a filter that takes the same frames and has the kernel copy no
// more than snap bytes of each, if snap is not 0.
func cutting(filter []bpf.RawInstruction, snap int) []bpf.RawInstruction {
	const returnConstant = syscall.BPF_RET | syscall.BPF_K
	if snap <= 0 {
		return filter
	}
	most := uint32(max(snap, ether.HeaderLen))
	if filter == nil {
		return []bpf.RawInstruction{{Op: returnConstant, K: most}}
	}
	filter = slices.Clone(filter)
	for i := range filter {
		if filter[i].Op == returnConstant {
			filter[i].K = min(filter[i].K, most)
		}
	}
	return filter
}

func (o *Options) buffer() int {
	if o.Buffer > 0 {
		return o.Buffer
	}
	return defaultBuffer
}
