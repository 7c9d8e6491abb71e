package iface_test

import (
	"bytes"
	"errors"
	"math"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/lab/labtest"
)

func TestFramesCross(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		a, b := open(t, left, o), open(t, right, o)
		want := frame(b.HardwareAddr(), a.HardwareAddr(), 60, 0x88b5)
		before := time.Now()
		send(t, a, want)
		got := receive(t, b, 1)[0]
		if !bytes.Equal(got.Bytes, want) {
			t.Errorf("got % x\nwant % x", got.Bytes, want)
		}
		if got.Length != 60 || got.To != iface.ToHost || got.Super || got.ChecksumPending {
			t.Errorf("%+v", got)
		}
		if got.At.Before(before) || got.At.After(time.Now()) {
			t.Errorf("stamped %v, sent after %v", got.At, before)
		}
		nothing(t, a, time.Millisecond)
		if c := account(t, a); c.Accepted != 1 || c.Interface.TxPackets != 1 {
			t.Errorf("sender: %+v", c)
		}
		if c := account(t, b); c.Delivered != 1 || c.Interface.RxPackets != 1 {
			t.Errorf("receiver: %+v", c)
		}
	})
}

func TestConformance(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		ifacetest.Conform(t, open(t, left, o), open(t, right, o))
	})
}

func TestClasses(t *testing.T) {
	left, right := labtest.Pair(t)
	a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, iface.Options{ReceiveOnly: true, Immediate: true})
	for dst, want := range map[string]iface.Class{
		b.HardwareAddr().String(): iface.ToHost, broadcast.String(): iface.ToBroadcast,
		"01:00:5e:00:00:01": iface.ToMulticast, "02:99:00:00:00:01": iface.ToOtherHost,
	} {
		mac, _ := net.ParseMAC(dst)
		send(t, a, frame(mac, macA, 60, 0x88b5))
		if got := receive(t, b, 1)[0]; got.To != want {
			t.Errorf("to %s: class %d, want %d", dst, got.To, want)
		}
	}
}

func TestOpenErrorsNameTheCause(t *testing.T) {
	h := labtest.Host(t, "host")
	down := netlink.NewLinkAttrs()
	down.Name = "idle0"
	if err := h.Netlink().LinkAdd(&netlink.Bridge{LinkAttrs: down}); err != nil {
		t.Fatal(err)
	}
	tun := netlink.NewLinkAttrs()
	tun.Name = "tun0"
	err := h.Do(func() error {
		return h.Netlink().LinkAdd(&netlink.Tuntap{LinkAttrs: tun, Mode: netlink.TUNTAP_MODE_TUN})
	})
	if err != nil {
		t.Log("no tun here:", err)
	}
	for name, c := range map[string]struct {
		want string
		is   error
	}{
		"eth9":                         {`no interface "eth9": there are lo, idle0`, nil},
		"":                             {"no interface named: there are lo, idle0", nil},
		"a-name-longer-than-linux-has": {"there are lo, idle0", nil},
		"idle0":                        {"idle0: interface is down", iface.ErrDown},
		"tun0":                         {"interface tun0 is not Ethernet", nil},
	} {
		if name == "tun0" && err != nil {
			continue
		}
		h.Do(func() error {
			p, err := iface.Open(name, iface.Options{})
			if err == nil {
				p.Close()
				t.Errorf("%q opened", name)
				return nil
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: %v; want %q in it", name, err, c.want)
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%q: %v is not %v", name, err, c.is)
			}
			return nil
		})
	}
}

// TestOpenRefuses: options that mean nothing, before anything is opened.
func TestOpenRefuses(t *testing.T) {
	for want, o := range map[string]iface.Options{
		"choose one":                         {SendOnly: true, ReceiveOnly: true},
		"hold frames for 999µs: want 1ms":    {Hold: 999 * time.Microsecond},
		"hold frames for -1s":                {Hold: -time.Second},
		"hold frames for 1m0.001s":           {Hold: time.Minute + time.Millisecond},
		"-1 bytes of each frame":             {SnapLen: -1},
		"a buffer of -1 bytes":               {Buffer: -1},
		"-1 frames/s: want a number above 0": {Rate: -1},
		"NaN frames/s":                       {Rate: math.NaN()},
	} {
		if p, err := iface.Open("none0", o); err == nil {
			p.Close()
			t.Errorf("%+v opened", o)
		} else if !strings.HasPrefix(err.Error(), "open none0: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v; want %q in it", o, err, want)
		}
	}
}

// TestOpenWithoutPermission runs itself as a process without any capability.
func TestOpenWithoutPermission(t *testing.T) {
	if os.Getenv("IFACE_TEST_UNPRIVILEGED") != "" {
		_, err := iface.Open("lo", iface.Options{})
		if !errors.Is(err, iface.ErrPermission) || !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "raw socket on lo") {
			t.Fatalf("without permission: %v", err)
		}
		return
	}
	h := labtest.Host(t, "host")
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestOpenWithoutPermission$")
	cmd.Env = append(os.Environ(), "IFACE_TEST_UNPRIVILEGED=1")
	// A user namespace of its own has no rights over this network namespace.
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := h.Start(cmd); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
}

func TestCloseEndsAWaitingReceive(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, _ := labtest.Pair(t)
		p := open(t, left, o)
		done := make(chan error)
		go func() {
			_, err := p.Receive(make([]iface.Received, 1))
			done <- err
		}()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, net.ErrClosed) {
			t.Errorf("the waiting Receive: %v", err)
		}
		// Trap 38: after the own close it is net.ErrClosed, not EBADF.
		if _, err := p.Receive(make([]iface.Received, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a later Receive: %v", err)
		}
		if _, err := p.Send([][]byte{frame(macB, macA, 60)}); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a later Send: %v", err)
		}
		if err := p.Close(); err != nil {
			t.Errorf("a second Close: %v", err)
		}
		if _, err := p.Counters(); err != nil {
			t.Errorf("counters after Close: %v", err)
		}
	})
}

func TestOneWayPorts(t *testing.T) {
	left, _ := labtest.Pair(t)
	if _, err := open(t, left, iface.Options{ReceiveOnly: true}).Send([][]byte{frame(macB, macA, 60)}); err == nil {
		t.Error("a receive-only port sent")
	}
	if _, err := open(t, left, iface.Options{SendOnly: true}).Receive(make([]iface.Received, 1)); err == nil {
		t.Error("a send-only port received")
	}
	left.Do(func() error {
		if _, err := iface.Open("eth0", iface.Options{SendOnly: true, ReceiveOnly: true}); err == nil {
			t.Error("a port that can do nothing opened")
		}
		return nil
	})
}
