package iface_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/net/bpf"

	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// Traps 1 and 2: what another port of this host sends is not received.
func TestTrap01FramesOfThisHostStayAway(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, _ := labtest.Pair(t)
		a, b := open(t, left, o), open(t, left, o)
		send(t, a, batch(10, 60)...)
		nothing(t, b, time.Millisecond)
		nothing(t, a, time.Millisecond)
		if c := account(t, b); c.Seen != 0 {
			t.Errorf("%+v", c)
		}
	})
}

// Traps 4 and 5: while a port opens, frames of another interface and frames
// its filter leaves out are arriving all the time.
func TestTrap04NothingComesBeforeTheFilter(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		labtest.Cable(t, left, "eth1", right, "eth1")
		stop := flood(t, left, "eth0", frame(broadcast, macA, 60, 0x88b6))
		defer stop()
		defer flood(t, left, "eth1", frame(broadcast, macA, 60, 0x88b5))()
		raw, err := bpf.Assemble([]bpf.Instruction{
			bpf.LoadAbsolute{Off: 12, Size: 2}, bpf.JumpIf{Val: 0x88b5, SkipTrue: 1},
			bpf.RetConstant{}, bpf.RetConstant{Val: 1 << 18},
		})
		if err != nil {
			t.Fatal(err)
		}
		o.Filter = raw
		for range 5 {
			p := open(t, right, o)
			nothing(t, p, time.Millisecond)
			account(t, p)
			p.Close()
		}
	})
}

// flood sends a frame again and again until the returned function is called.
func flood(t *testing.T, h *lab.Host, name string, f []byte) (stop func()) {
	t.Helper()
	var p iface.Port
	err := h.Do(func() (err error) {
		p, err = iface.Open(name, iface.Options{SendOnly: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if _, err := p.Send([][]byte{f}); err != nil {
				return
			}
		}
	}()
	return func() {
		p.Close()
		<-done
	}
}

// Traps 6 and 7: tags of every kind come back as they were sent, with the
// driver's offloads on and off.
func TestTrap06TagsComeBack(t *testing.T) {
	needTool(t, "ethtool")
	for _, offload := range []string{"on", "off"} {
		both(t, func(t *testing.T, o iface.Options) {
			left, right := labtest.Pair(t)
			ethtool(t, left, "-K", "eth0", "txvlan", offload, "tx-vlan-stag-hw-insert", offload)
			ethtool(t, right, "-K", "eth0", "rxvlan", offload, "rx-vlan-stag-hw-parse", offload)
			a, b := open(t, left, o), open(t, right, o)
			for _, words := range [][]uint16{
				{0x88b5}, {0x8100, 0x6064, 0x88b5}, {0x8100, 0, 0x88b5}, {0x8100, 0xffff, 0x88b5},
				{0x88a8, 0x2005, 0x88b5}, {0x88a8, 5, 0x8100, 6, 0x88b5}, {0x8100, 5, 0x8100, 6, 0x88b5},
				{0x88a8, 5, 0x88a8, 6, 0x8100, 7, 0x88b5}, {0x9100, 8, 0x88b5}, {0x9100, 8, 0x8100, 9, 0x88b5},
			} {
				want := frame(broadcast, macA, 64, words...)
				send(t, a, want)
				got := receive(t, b, 1)[0]
				if !bytes.Equal(got.Bytes, want) || got.Length != len(want) || got.To != iface.ToBroadcast {
					t.Errorf("tags %x: %+v\nwant % x", words, got, want)
				}
			}
		})
	}
}

// Trap 9: the limit is 4 bytes higher behind the tag 0x8100, and only there.
func TestTrap09LimitByOuterTag(t *testing.T) {
	for _, engine := range []iface.Engine{iface.EngineSocket, iface.EngineXDP} {
		o := iface.Options{SendOnly: true, Engine: engine}
		if engine == iface.EngineXDP {
			o = xdpOptions(t, o)
		}
		left, right := labtest.Pair(t)
		a, b := open(t, left, o), open(t, right, iface.Options{ReceiveOnly: true, Immediate: true})
		for words, limit := range map[[2]uint16]int{
			{0x88b5}: 1514, {0x8100, 7}: 1518, {0x88a8, 7}: 1514, {0x9100, 7}: 1514,
		} {
			send(t, a, frame(macB, macA, limit, words[:]...))
			if got := receive(t, b, 1)[0]; got.Length != limit || got.Super {
				t.Errorf("%x: length %d, super %v", words, got.Length, got.Super)
			}
			n, err := a.Send([][]byte{frame(macB, macA, limit+1, words[:]...)})
			want := fmt.Sprintf("%d bytes, at most %d with MTU 1500", limit+1, limit)
			if n != 0 || !errors.Is(err, iface.ErrTooLong) || !bytes.Contains([]byte(err.Error()), []byte(want)) {
				t.Errorf("%x: sent %d: %v; want %q in it", words, n, err, want)
			}
		}
		if c := account(t, a); c.Refused.TooLong != 4 || c.Accepted != 4 {
			t.Errorf("%+v", c)
		}
	}
}

// Trap 14: a frame that was cut says so, by its length and in the account only
// if it was not cut by request.
func TestTrap14CutFramesSaySo(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		o.SnapLen = 100
		a, b := open(t, left, o), open(t, right, o)
		want := frame(broadcast, macA, 1000, 0x8100, 7, 0x88b5)
		send(t, a, want, frame(broadcast, macA, 100, 0x88b5))
		got := receive(t, b, 2)
		if !bytes.Equal(got[0].Bytes, want[:100]) || got[0].Length != 1000 {
			t.Errorf("%d bytes, length %d", len(got[0].Bytes), got[0].Length)
		}
		if len(got[1].Bytes) != 100 || got[1].Length != 100 {
			t.Errorf("%d bytes, length %d", len(got[1].Bytes), got[1].Length)
		}
		if c := account(t, b); c.Truncated != 0 {
			t.Errorf("%d truncated by request counted", c.Truncated)
		}
	})
}

// Trap 14: a filter can cut frames too, unasked.
func TestTrap14CutByTheFilter(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		o.Filter, _ = bpf.Assemble([]bpf.Instruction{bpf.RetConstant{Val: 64}})
		a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, o)
		send(t, a, frame(broadcast, macA, 1000, 0x88b5))
		if got := receive(t, b, 1)[0]; len(got.Bytes) != 64 || got.Length != 1000 {
			t.Errorf("%d bytes, length %d", len(got.Bytes), got.Length)
		}
		if c := account(t, b); c.Truncated != 1 {
			t.Errorf("%+v", c)
		}
	})
}

// Trap 26: promiscuous mode is counted by socket and ends with it.
func TestTrap26PromiscuousIsCounted(t *testing.T) {
	left, _ := labtest.Pair(t)
	want := func(n int) {
		t.Helper()
		if err := withLink(left, func(l netlink.Link) error {
			if l.Attrs().Promisc != n {
				t.Errorf("promiscuity %d, want %d", l.Attrs().Promisc, n)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	want(0)
	a := open(t, left, iface.Options{Promiscuous: true})
	want(1)
	b := open(t, left, iface.Options{Promiscuous: true, Immediate: true})
	want(2)
	a.Close()
	want(1)
	b.Close()
	want(0)
}

// Trap 27: a NIC passes on only groups that someone joined.
func TestTrap27GroupsAreJoinedWhileOpen(t *testing.T) {
	needTool(t, "ip")
	left, _ := labtest.Pair(t)
	const group = "01:00:5e:12:34:56"
	mac, err := net.ParseMAC(group)
	if err != nil {
		t.Fatal(err)
	}
	joined := func() bool {
		return bytes.Contains(run(t, left, "ip", "maddr", "show", "dev", "eth0"), []byte(group))
	}
	p := open(t, left, iface.Options{Groups: []net.HardwareAddr{mac}})
	if !joined() {
		t.Error("not joined")
	}
	p.Close()
	if joined() {
		t.Error("joined for ever")
	}
}

// Trap 36: lengths and undefined values in place of an EtherType.
func TestTrap36LengthsForEtherType(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		a, b := open(t, left, o), open(t, right, o)
		for _, value := range []uint16{0, 3, 46, 1500, 1501, 1535, 1536, 0xffff} {
			want := frame(broadcast, macA, 60, value)
			send(t, a, want)
			if got := receive(t, b, 1)[0].Bytes; !bytes.Equal(got, want) {
				t.Errorf("%d: % x", value, got)
			}
		}
	})
}
