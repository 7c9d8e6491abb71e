package iface_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// Traps 15 and 16: TCP between two hosts of one machine gives frames longer
// than the MTU, and checksums that nobody has filled in.
func TestTrap15SuperFramesAreWholeAndMarked(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		for h, cidr := range map[*lab.Host]string{left: "192.0.2.1/24", right: "192.0.2.2/24"} {
			if err := h.AddAddress("eth0", cidr); err != nil {
				t.Fatal(err)
			}
		}
		p := open(t, right, o)
		done := make(chan struct{})
		go func() {
			defer close(done)
			transfer(t, left, right, 4<<20)
		}()
		var super, pending, longest int
		for super < 10 || pending < 10 || longest < 10000 { // how soon they are long hangs on the host
			for _, r := range receive(t, p, 1) {
				if len(r.Bytes) != r.Length {
					t.Fatalf("%d bytes of %d", len(r.Bytes), r.Length)
				}
				if long := r.Length > 1500+22; long && !r.Super {
					t.Errorf("%d bytes and not marked", r.Length)
				} else if long {
					super++
				}
				if r.ChecksumPending {
					pending++
				}
				if length := int(binary.BigEndian.Uint16(r.Bytes[16:])); r.Bytes[12] == 8 && r.Bytes[13] == 0 && length+14 > r.Length {
					t.Errorf("IPv4 of %d bytes in a frame of %d", length, r.Length)
				}
				longest = max(longest, r.Length)
			}
		}
		<-done
	})
}

// transfer sends n bytes by TCP from one host to the other.
func transfer(t *testing.T, from, to *lab.Host, n int64) {
	var l net.Listener
	var out net.Conn
	err := to.Do(func() (err error) {
		l, err = net.Listen("tcp4", "192.0.2.2:7000")
		return err
	})
	if err == nil {
		defer l.Close()
		err = from.Do(func() (err error) {
			out, err = net.Dial("tcp4", "192.0.2.2:7000")
			return err
		})
	}
	if err != nil {
		t.Error(err)
		return
	}
	defer out.Close()
	in, err := l.Accept()
	if err != nil {
		t.Error(err)
		return
	}
	defer in.Close()
	sent := make(chan error)
	go func() {
		_, err := out.Write(make([]byte, n))
		sent <- err
	}()
	_, err = io.CopyN(io.Discard, in, n)
	if err := errors.Join(err, <-sent); err != nil {
		t.Error(err)
	}
}

// Trap 22: without a carrier sending says nothing. The port counts changes.
func TestTrap22CarrierIsCounted(t *testing.T) {
	left, right := labtest.Pair(t)
	a := open(t, left, iface.Options{})
	for n := uint64(1); n <= 3; n++ {
		if err := right.Down("eth0"); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(right.Up("eth0"), right.Running("eth0"), left.Running("eth0")); err != nil {
			t.Fatal(err)
		}
		until(t, "both changes counted", func() bool { return account(t, a).CarrierChanges == 2*n })
	}
	nothing(t, a, time.Millisecond) // the interface itself never was down
}

// Trap 23: a device whose queue is full drops silently, and only its own
// counters say so.
func TestTrap23DeviceDropsAreInTheAccount(t *testing.T) {
	h := labtest.Host(t, "host")
	device := newTapDevice(t, h, "eth0")
	defer device.Close()
	p := open(t, h, iface.Options{SendOnly: true, Engine: iface.EngineSocket})
	const total = 3000
	send(t, p, batch(total, 60)...)
	c := account(t, p)
	if c.Accepted != total || c.Interface.TxDropped == 0 || c.Interface.TxDropped >= total {
		t.Errorf("%+v", c)
	}
}

// newTapDevice makes a tap interface and returns its other end.
func newTapDevice(t *testing.T, h *lab.Host, name string) *os.File {
	t.Helper()
	var f *os.File
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skip("no taps here:", err)
	}
	err := h.Do(func() (err error) { // the namespace is that of the opening
		if f, err = os.OpenFile("/dev/net/tun", os.O_RDWR, 0); err != nil {
			return err
		}
		req, err := unix.NewIfreq(name)
		if err == nil {
			req.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
			err = unix.IoctlIfreq(int(f.Fd()), unix.TUNSETIFF, req)
		}
		return err
	})
	if errors.Is(err, os.ErrPermission) {
		t.Skip("taps are denied here:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(h.Up(name), h.Running(name)); err != nil {
		t.Fatal(err)
	}
	return f
}

// Trap 28: the buffer holds more than the kernel's default of 256 frames: as
// many as the system's limit (net.core.rmem_max) allows a socket's queue, which
// is 512 at least, and far more in a ring.
func TestTrap28ABurstIsHeld(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, o)
		total := 5000
		if o.Immediate {
			total = held(t)
		}
		send(t, a, batch(total, 60)...)
		receive(t, b, total)
		if c := account(t, b); c.SocketDropped != 0 {
			t.Errorf("%+v", c)
		}
	})
}

// held is how many short frames a socket's queue holds at least on this machine,
// when each takes no more than 2 KiB of it (832 bytes on a veth of Linux 6.18).
func held(t *testing.T) int {
	t.Helper()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	const asked = 16 << 20 // as Open does
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, asked); err != nil {
		t.Fatal(err)
	}
	size, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	if err != nil {
		t.Fatal(err)
	}
	return size / 2048
}

// Trap 29: what the kernel drops for want of room is known exactly, over many
// readings that each reset the kernel's own count.
func TestTrap29OverloadIsCounted(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		o.Buffer = 1 << 20
		a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, o)
		const total = 20000
		for range total / 1000 {
			send(t, a, batch(1000, 60)...)
			if _, err := b.Counters(); err != nil {
				t.Fatal(err)
			}
		}
		nothingLeft(t, b)
		c := account(t, b)
		if c.Seen != total || c.SocketDropped == 0 || c.Delivered == 0 {
			t.Errorf("%+v", c)
		}
		if o.Immediate == (c.RingFreezes > 0) {
			t.Errorf("%d freezes of the ring", c.RingFreezes)
		}
		// It works on after that.
		send(t, a, batch(10, 60)...)
		receive(t, b, 10)
		account(t, b)
	})
}

// nothingLeft receives all that the kernel has for a port.
func nothingLeft(t *testing.T, p iface.Port) {
	t.Helper()
	deadline(t, p, 0)
	rx := make([]iface.Received, 64)
	for {
		if _, err := p.Receive(rx); errors.Is(err, os.ErrDeadlineExceeded) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// Trap 32: on lo, where each frame goes out and comes in, it is received once.
func TestTrap32LoopbackOnce(t *testing.T) {
	h := labtest.Host(t, "host")
	var p iface.Port
	err := h.Do(func() (err error) {
		p, err = iface.Open("lo", iface.Options{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	want := frame(make(net.HardwareAddr, 6), make(net.HardwareAddr, 6), 60, 0x88b5)
	send(t, p, want)
	if got := receive(t, p, 1); len(got) != 1 || !bytes.Equal(got[0].Bytes, want) {
		t.Errorf("%+v", got)
	}
	nothing(t, p, time.Millisecond)
}

// Trap 37: a frame that the host's own firewall drops was on the wire.
func TestTrap37FirewallDoesNotHide(t *testing.T) {
	needTool(t, "nft")
	left, right := labtest.Pair(t)
	run(t, right, "nft", `add table netdev f; add chain netdev f i { type filter hook ingress device "eth0" priority 0; policy drop; }`)
	a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, iface.Options{ReceiveOnly: true})
	send(t, a, batch(100, 60)...)
	receive(t, b, 100)
}

// run runs a command on a host.
func run(t *testing.T, h *lab.Host, name string, args ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := h.Start(cmd); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, &out)
	}
	return out.Bytes()
}

// Trap 39: signals interrupt system calls. Go itself sends many.
func TestTrap39Signals(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		a, b := open(t, left, o), open(t, right, o)
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			for {
				select {
				case <-stop:
					return
				default:
					syscall.Kill(os.Getpid(), syscall.SIGURG)
				}
			}
		}()
		for range 100 {
			send(t, a, batch(64, 60)...)
			receive(t, b, 64)
		}
		account(t, a)
		account(t, b)
	})
}

// A move of the other end into another bridge, a new MTU there: none of it is an
// event of this interface.
func TestEventsOfOthersAreNotOurs(t *testing.T) {
	left, _ := labtest.Pair(t)
	p := open(t, left, iface.Options{})
	attrs := netlink.NewLinkAttrs()
	attrs.Name = "br9"
	nl := left.Netlink()
	br := &netlink.Bridge{LinkAttrs: attrs}
	if err := errors.Join(nl.LinkAdd(br), nl.LinkSetUp(br), nl.LinkSetDown(br), nl.LinkDel(br)); err != nil {
		t.Fatal(err)
	}
	nothing(t, p, 20*time.Millisecond)
}
