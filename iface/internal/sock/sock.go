// Package sock sets what packet sockets need.
package sock

import (
	"encoding/binary"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// PrepareReceive sets what every receiving socket needs before it is bound: a
// queue of so many bytes, no outgoing frames unless they are wanted, auxiliary data,
// and timestamps of the kernel, or of the NIC where it makes them.
func PrepareReceive(fd, buffer int, hardwareTimestamps, outgoing bool) error {
	if err := SetReceiveBuffer(fd, buffer); err != nil {
		return err
	}
	timestamps := unix.SOF_TIMESTAMPING_RX_SOFTWARE | unix.SOF_TIMESTAMPING_SOFTWARE
	if hardwareTimestamps {
		timestamps |= unix.SOF_TIMESTAMPING_RX_HARDWARE | unix.SOF_TIMESTAMPING_RAW_HARDWARE
	}
	ignore := 1
	if outgoing {
		ignore = 0
	}
	for _, opt := range []struct {
		what              string
		level, opt, value int
	}{
		{"ignoring outgoing frames", unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, ignore},
		{"auxiliary data", unix.SOL_PACKET, unix.PACKET_AUXDATA, 1},
		{"timestamps of the ring", unix.SOL_PACKET, unix.PACKET_TIMESTAMP, timestamps & (unix.SOF_TIMESTAMPING_RAW_HARDWARE | unix.SOF_TIMESTAMPING_SOFTWARE)},
		{"timestamps", unix.SOL_SOCKET, unix.SO_TIMESTAMPING, timestamps},
	} {
		if err := unix.SetsockoptInt(fd, opt.level, opt.opt, opt.value); err != nil {
			return fmt.Errorf("%s: %w", opt.what, err)
		}
	}
	return nil
}

// PrepareTransmitTimestamps has the error queue of a socket get the time each
// sent frame left, with the number of the frame and without its bytes.
func PrepareTransmitTimestamps(fd, buffer int, hardware bool) error {
	flags := unix.SOF_TIMESTAMPING_TX_SOFTWARE | unix.SOF_TIMESTAMPING_SOFTWARE |
		unix.SOF_TIMESTAMPING_OPT_ID | unix.SOF_TIMESTAMPING_OPT_TSONLY
	if hardware {
		flags |= unix.SOF_TIMESTAMPING_TX_HARDWARE | unix.SOF_TIMESTAMPING_RAW_HARDWARE
	}
	_ = SetReceiveBuffer(fd, buffer) // with less, fewer timestamps can wait
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPING, flags); err != nil {
		return fmt.Errorf("transmit timestamps: %w", err)
	}
	return nil
}

// SetReceiveBuffer sets the size of a socket's queue: beyond the system's limit
// with CAP_NET_ADMIN, up to it without.
func SetReceiveBuffer(fd, size int) error {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) == nil {
		return nil
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size); err != nil {
		return fmt.Errorf("receive buffer of %d bytes: %w", size, err)
	}
	return nil
}

// Bind binds a packet socket to an interface and to every protocol.
func Bind(fd, index int) error {
	return unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: index, Protocol: htons(unix.ETH_P_ALL)})
}

// Error takes the socket's pending error, nil if there is none.
func Error(fd int) error {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && n != 0 {
		err = syscall.Errno(n)
	}
	return err
}

// htons is a number as it must be in memory to be right on the wire.
func htons(v uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, v))
}
