package iface

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/mdlayher/packet"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"eterm/frame/ether"
)

// defaultBuffer is the receive buffer asked for, in bytes: some 20 ms of ten
// gigabits a second, in a ring 100,000 small frames, in a socket's queue, where
// each takes 832 bytes, 20,000.
const defaultBuffer = 16 << 20

// Open opens the interface called name in the namespace of the calling thread.
// It must be an Ethernet interface and up. Errors name the remedy and wrap
// ErrDown or os.ErrPermission.
func Open(name string, o Options) (Port, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	l, err := openLink(name)
	if err != nil {
		return nil, openError(name, err)
	}
	if err := usable(l.now.Load()); err != nil {
		go l.follow()
		l.close()
		return nil, err
	}
	p := &port{link: l, driver: openDriver(name)}
	l.counting(p.driver)
	err = p.open(o)
	go l.follow()
	if err != nil {
		p.Close()
		return nil, openError(name, err)
	}
	if stamper, ok := p.tx.(*stampedSender); ok {
		return &stampedPort{p, stamper}, nil
	}
	return p, nil
}

// open makes what receives and what sends.
func (p *port) open(o Options) (err error) {
	if !o.SendOnly {
		if p.rx, err = openReceiver(p.link, o); err != nil {
			return err
		}
		p.link.notify = p.rx.wake
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

// usable says what keeps an interface from being used.
func usable(s *linkState) error {
	switch {
	case s.kind != unix.ARPHRD_ETHER && s.kind != unix.ARPHRD_LOOPBACK:
		return fmt.Errorf("interface %s is not Ethernet (link type %d): name one that is (%s)", s.name, s.kind, interfaceNames())
	case !s.up():
		return fmt.Errorf("%s: %w: bring it up with \"sudo ip link set dev %s up\"", s.name, ErrDown, s.name)
	}
	return nil
}

// openError adds the remedy to what the kernel said.
func openError(name string, err error) error {
	switch {
	case name == "":
		return fmt.Errorf("no interface named: there are %s", interfaceNames())
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ERANGE), errors.Is(err, unix.EINVAL):
		return fmt.Errorf("no interface %q: there are %s", name, interfaceNames())
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("open a raw socket on %s: %w: allow it with \"sudo setcap cap_net_raw+ep %s\", or try without permission in \"eterm lab\"",
			name, os.ErrPermission, executable())
	}
	return fmt.Errorf("open %s: %w", name, err)
}

// executable is the file that needs the permission.
func executable() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
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
func openReceiver(l *link, o Options) (*receiver, error) {
	ifi := &net.Interface{Index: l.index, HardwareAddr: l.now.Load().addr}
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

func prepareReceiver(conn *packet.Conn, l *link, o Options) (*receiver, error) {
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
		if optErr = setReceiveOptions(int(fd), o); optErr != nil {
			return
		}
		src = newSource(int(fd), o, l.mtu)
		optErr = unix.Bind(int(fd), &unix.SockaddrLinklayer{Ifindex: l.index, Protocol: htons(unix.ETH_P_ALL)})
	})
	if err := errors.Join(err, optErr); err != nil {
		return nil, err
	}
	return newReceiver(conn, raw, l, src, o.hold()), nil
}

// cutting is a filter that takes the same frames and has the kernel copy no
// more than snap bytes of each, if snap is not 0.
func cutting(filter []bpf.RawInstruction, snap int) []bpf.RawInstruction {
	const returnConstant = unix.BPF_RET | unix.BPF_K
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

// newSource makes the mechanism: a ring, unless it was not wanted or the
// kernel refuses it.
func newSource(fd int, o Options, mtu func() int) source {
	if !o.Immediate {
		if r, err := newRing(fd, o.buffer(), o.SnapLen, o.hold(), mtu); err == nil {
			return r
		}
	}
	return newMessages(o.SnapLen, mtu)
}

// setReceiveOptions sets what every receiving socket needs before it is bound.
func setReceiveOptions(fd int, o Options) error {
	if err := setReceiveBuffer(fd, o.buffer()); err != nil {
		return err
	}
	stamping := unix.SOF_TIMESTAMPING_RX_SOFTWARE | unix.SOF_TIMESTAMPING_SOFTWARE
	if o.HardwareStamps {
		stamping |= unix.SOF_TIMESTAMPING_RX_HARDWARE | unix.SOF_TIMESTAMPING_RAW_HARDWARE
	}
	for _, opt := range []struct {
		what              string
		level, opt, value int
	}{
		{"ignoring outgoing frames", unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1},
		{"auxiliary data", unix.SOL_PACKET, unix.PACKET_AUXDATA, 1},
		{"time stamps of the ring", unix.SOL_PACKET, unix.PACKET_TIMESTAMP, stamping & (unix.SOF_TIMESTAMPING_RAW_HARDWARE | unix.SOF_TIMESTAMPING_SOFTWARE)},
		{"time stamps", unix.SOL_SOCKET, unix.SO_TIMESTAMPING, stamping},
	} {
		if err := unix.SetsockoptInt(fd, opt.level, opt.opt, opt.value); err != nil {
			return fmt.Errorf("%s: %w", opt.what, err)
		}
	}
	return nil
}

func (o *Options) buffer() int {
	if o.Buffer > 0 {
		return o.Buffer
	}
	return defaultBuffer
}

// setReceiveBuffer sets the size of the socket's queue: beyond the system's
// limit with CAP_NET_ADMIN, up to it without.
func setReceiveBuffer(fd, size int) error {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) == nil {
		return nil
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size); err != nil {
		return fmt.Errorf("receive buffer of %d bytes: %w", size, err)
	}
	return nil
}

// htons is a number as it must be in memory to be right on the wire.
func htons(v uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, v))
}
