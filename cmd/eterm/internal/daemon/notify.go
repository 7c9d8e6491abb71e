// Package daemon is what a command does that runs unattended: it tells its
// service manager when it is at work, gives an account of itself each minute and
// when asked by a signal, and ends when it is told to be opened again.
package daemon

import (
	"net"
	"os"
)

// Manager is the service manager that waits to hear that a command is at work,
// as sd_notify(3) has it; nil if there is none.
type Manager struct{ *net.UnixConn }

// FindManager opens the socket that the environment names. It is called before
// privileges are given up: no socket can be made after it.
func FindManager() Manager {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return Manager{}
	}
	if path[0] == '@' {
		path = "\x00" + path[1:] // an abstract address, as sd_notify writes it
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return Manager{} // nobody to tell is no reason not to work
	}
	return Manager{c}
}

// Ready tells the manager once that the command is at work.
func (m Manager) Ready() {
	if m.UnixConn == nil {
		return
	}
	_, _ = m.Write([]byte("READY=1\n"))
	_ = m.Close()
}
