package main

import (
	"net"
	"os"
)

// manager is the service manager that waits to hear that a command is at work,
// as sd_notify(3) has it; nil if there is none.
type manager struct{ *net.UnixConn }

// findManager opens the socket that the environment names. It is called before
// privileges are given up: no socket can be made after it.
func findManager() manager {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return manager{}
	}
	if path[0] == '@' {
		path = "\x00" + path[1:] // an abstract address, as sd_notify writes it
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return manager{} // nobody to tell is no reason not to work
	}
	return manager{c}
}

// ready tells the manager once that the command is at work.
func (m manager) ready() {
	if m.UnixConn == nil {
		return
	}
	_, _ = m.Write([]byte("READY=1\n"))
	_ = m.Close()
}
