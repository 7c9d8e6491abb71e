// Package lab makes hosts out of network namespaces and joins them by virtual
// cables and switches, without root where the system lets ordinary users make
// user namespaces. Nothing in it outlives the process.
package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// Host is a network namespace: interfaces and a network stack of its own.
// The kernel removes it with everything in it when it is closed and no process
// runs in it any more.
type Host struct {
	Name string
	ns   netns.NsHandle
	nl   *netlink.Handle
}

// NewHost makes a host whose only interface is lo, which is up. IPv6 is off on
// interfaces added later, so that a host says nothing that it was not asked to;
// EnableIPv6 turns it on.
func NewHost(name string) (*Host, error) {
	h := &Host{Name: name, ns: netns.None()}
	err := onThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		ns, err := current()
		if err != nil {
			return err
		}
		h.ns = ns
		if h.nl, err = netlink.NewHandle(unix.NETLINK_ROUTE); err != nil {
			return err
		}
		return setIPv6(false)
	})
	if err == nil {
		err = h.Up("lo")
	}
	if err != nil {
		h.Close()
		return nil, fmt.Errorf("make lab host %s: %w", name, err)
	}
	return h, nil
}

// Do runs fn on a thread that is inside the host. Sockets that fn opens stay
// in the host; goroutines that it starts do not run there.
func (h *Host) Do(fn func() error) error {
	return onThread(func() error {
		if err := netns.Set(h.ns); err != nil {
			return fmt.Errorf("enter lab host %s: %w", h.Name, err)
		}
		return fn()
	})
}

// Start starts cmd inside the host. The kernel ends it when this process ends.
func (h *Host) Start(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	started := make(chan error)
	starter() <- func() { started <- h.visit(cmd.Start) }
	return <-started
}

// starter is one thread, for good, on which all processes are started: the
// kernel ends a process when the thread that started it ends, and threads of
// Go's do now and then.
var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

// visit runs fn inside the host on this thread, which must be locked, and
// brings the thread back.
func (h *Host) visit(fn func() error) error {
	home, err := current()
	if err != nil {
		return err
	}
	defer home.Close()
	if err := netns.Set(h.ns); err != nil {
		return fmt.Errorf("enter lab host %s: %w", h.Name, err)
	}
	err = fn()
	return errors.Join(err, netns.Set(home))
}

// Netlink configures the host's interfaces. It belongs to the host.
func (h *Host) Netlink() *netlink.Handle { return h.nl }

// EnableIPv6 turns IPv6 on for the host's interfaces, without duplicate
// address detection, so that addresses can be used at once.
func (h *Host) EnableIPv6() error {
	return h.Do(func() error { return setIPv6(true) })
}

// Close lets go of the host.
func (h *Host) Close() error {
	if h.nl != nil {
		h.nl.Close()
	}
	if h.ns.IsOpen() {
		return h.ns.Close()
	}
	return nil
}

// onThread runs fn on a thread of its own whose namespace is put back after.
// If that fails the thread is left locked, so that it ends with the goroutine.
func onThread(fn func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		home, err := current()
		if err != nil {
			done <- err
			return
		}
		defer home.Close()
		err = fn()
		if netns.Set(home) == nil {
			runtime.UnlockOSThread()
		}
		done <- err
	}()
	return <-done
}

// current is the namespace of the calling thread. It does not go by process
// number, which /proc may not know in a process namespace of its own.
func current() (netns.NsHandle, error) { return netns.GetFromPath("/proc/thread-self/ns/net") }

// setIPv6 turns IPv6 on or off for all interfaces, those to come included, and
// keeps it from talking: no router solicitations, no duplicate address
// detection, memberships reported once.
func setIPv6(on bool) error {
	disable := "1"
	if on {
		disable = "0"
	}
	settings := map[string]string{"mld_qrv": "1"}
	for _, scope := range []string{"all", "default"} {
		for key, value := range map[string]string{"disable_ipv6": disable, "accept_dad": "0", "router_solicitations": "0"} {
			settings["conf/"+scope+"/"+key] = value
		}
	}
	for key, value := range settings {
		err := os.WriteFile("/proc/sys/net/ipv6/"+key, []byte(value), 0)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}
