package xdp

import (
	"time"

	"golang.org/x/sys/unix"
)

// Try makes an AF_XDP socket on the first queue of an interface, in copy mode or
// without copying, and closes it again. Nothing is sent, and no program is
// loaded. EBUSY says that the queue has a socket, EOPNOTSUPP that the driver
// cannot.
func Try(index int, zeroCopy bool) error {
	flags := uint16(unix.XDP_COPY)
	if zeroCopy {
		flags = unix.XDP_ZEROCOPY
	}
	return whileBusy(200*time.Millisecond, func() error {
		s, err := openSocket(index, 0, 2048, 0, flags)
		if err != nil {
			return err
		}
		return s.close()
	})
}
