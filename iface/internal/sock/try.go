package sock

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Trial is a packet socket on one interface that takes no frames and sends none,
// to find out what the kernel does there.
type Trial struct{ fd, index int }

// NewTrial opens it. Only frames of a protocol that nobody uses would be queued.
func NewTrial(index int) (*Trial, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("raw socket: %w", err)
	}
	addr := &unix.SockaddrLinklayer{Ifindex: index, Protocol: htons(unix.ETH_P_LOOPBACK)}
	if err := unix.Bind(fd, addr); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("bind a raw socket: %w", err)
	}
	return &Trial{fd, index}, nil
}

// Close frees the socket.
func (t *Trial) Close() error { return unix.Close(t.fd) }

// Fanout joins a group of sockets of its own that share the frames by their
// hash.
func (t *Trial) Fanout() error {
	const unique = unix.PACKET_FANOUT_HASH | unix.PACKET_FANOUT_FLAG_UNIQUEID
	return unix.SetsockoptInt(t.fd, unix.SOL_PACKET, unix.PACKET_FANOUT, unique<<16)
}

// TransmitTimestamps asks for the time at which each frame leaves.
func (t *Trial) TransmitTimestamps(hardware bool) error {
	return PrepareTransmitTimestamps(t.fd, 1<<16, hardware)
}

// beyond is longer than any MTU.
const beyond = 1 << 17

// OwnFCS says whether frames can be sent with a frame check sequence that the
// sender made (SO_NOFCS). The kernel looks for that before it looks at a frame's
// length, so a frame too long for every interface finds out and never leaves.
func (t *Trial) OwnFCS() (bool, error) {
	if err := unix.SetsockoptInt(t.fd, unix.SOL_SOCKET, unix.SO_NOFCS, 1); err != nil {
		return false, err
	}
	err := unix.Sendto(t.fd, make([]byte, beyond), 0, &unix.SockaddrLinklayer{Ifindex: t.index, Protocol: htons(unix.ETH_P_LOOPBACK)})
	switch {
	case errors.Is(err, unix.EPROTONOSUPPORT):
		return false, nil
	case errors.Is(err, unix.EMSGSIZE):
		return true, nil
	case err == nil:
		return false, errors.New("a frame longer than every interface's was taken")
	}
	return false, err
}
