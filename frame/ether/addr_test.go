package ether

import (
	"errors"
	"net"
	"testing"
)

func TestParseAddr(t *testing.T) {
	want := Addr{0x02, 0x0a, 0, 0xff, 1, 0x10}
	for _, s := range []string{
		"02:0a:00:ff:01:10", "02-0a-00-ff-01-10", "020a.00ff.0110", "020a00ff0110", "2:a:0:ff:1:10", "2-a-0-FF-1-10", "02:0A:00:FF:01:10",
	} {
		if a, err := ParseAddr(s); err != nil || a != want {
			t.Errorf("%s: %v %v", s, a, err)
		}
	}
	if a, err := ParseAddr("broadcast"); err != nil || a != Broadcast || a.Uint64() != 1<<48-1 {
		t.Errorf("broadcast: %v %v", a, err)
	}
	if want.String() != "02:0a:00:ff:01:10" || want.Uint64() != 0x020a00ff0110 {
		t.Errorf("%s %x", want, want.Uint64())
	}
	h := want.HardwareAddr()
	if h[0] = 9; want[0] != 2 {
		t.Error("HardwareAddr shares memory")
	}
}

func TestParseAddrRefuses(t *testing.T) {
	for _, s := range []string{
		"", "own", "02:0a:00:ff:01", "02:0a:00:ff:01:10:00", "02:0a-00:ff:01:10", "02:0a:00:ff:01:1g", "020:a:00:ff:01:10",
		"020a00ff011", "020a00ff01100", "020a.00ff.011", "020a:00ff:0110", ":2:a:0:ff:1", "2:a:0:ff:1:", "2::a:0:ff:1", " 02:0a:00:ff:01:10",
		"02:0a:00:ff:01:10\n", "020a.00ff-0110", "02.0a.00.ff.01.10", "BROADCAST", "00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01",
	} {
		if a, err := ParseAddr(s); !errors.Is(err, ErrAddr) || a != (Addr{}) {
			t.Errorf("%q: %v %v", s, a, err)
		}
	}
}

func TestParseAddrAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		ParseAddr("2:a:0:ff:1:10")
		ParseAddr("nonsense")
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzParseAddr holds the reader to the standard library's, which knows fewer
// spellings, and to itself.
func FuzzParseAddr(f *testing.F) {
	for _, s := range []string{"02:0a:00:ff:01:10", "2-a-0-ff-1-10", "020a.00ff.0110", "020a00ff0110", "broadcast"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAddr(s)
		if std, stdErr := net.ParseMAC(s); stdErr == nil && len(std) == AddrLen && (err != nil || string(a[:]) != string(std)) {
			t.Fatalf("%q: %v, net.ParseMAC has %v", s, a, std)
		}
		if err != nil {
			return
		}
		if again, err := ParseAddr(a.String()); err != nil || again != a {
			t.Fatalf("%q is %v, which is %v, %v", s, a, again, err)
		}
	})
}
