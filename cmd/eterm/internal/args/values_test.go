package args

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"
)

func TestMACSpellings(t *testing.T) {
	for _, s := range []string{"02:00:5e:10:00:0f", "02-00-5E-10-00-0F", "0200.5e10.000f", "02005e10000f", "2:0:5e:10:0:f"} {
		var v MAC
		must(t, v.Set(s))
		if got := v.Or(nil, nil).String(); got != "02:00:5e:10:00:0f" {
			t.Errorf("%s read as %s", s, got)
		}
	}
	own, fallback := net.HardwareAddr{2, 0, 0, 0, 0, 1}, net.HardwareAddr{2, 0, 0, 0, 0, 2}
	var none, isOwn, random MAC
	must(t, isOwn.Set("own"))
	must(t, random.Set("random"))
	if none.Or(own, fallback).String() != fallback.String() || isOwn.Or(own, fallback).String() != own.String() {
		t.Error("own and none stand for the wrong addresses")
	}
	if a := random.Or(own, fallback); a[0]&3 != 2 {
		t.Errorf("random address %s is not a locally administered individual one", a)
	}
}

func TestEtherTypeSpellings(t *testing.T) {
	for s, want := range map[string]EtherType{"0x88b5": 0x88b5, "88b5": 0x88b5, "88B5": 0x88b5, "0800": 0x0800, "2048": 0x0800, "34997": 0x88b5, "0xffff": 0xffff, "ipv4": 0x0800, "arp": 0x0806, "ipv6": 0x86dd} {
		var v EtherType
		if err := v.Set(s); err != nil || v != want {
			t.Errorf("%s read as %#x, %v; want %#x", s, uint16(v), err, uint16(want))
		}
	}
}

func TestDurations(t *testing.T) {
	for s, want := range map[string]time.Duration{"0.2": 200 * time.Millisecond, "200ms": 200 * time.Millisecond, "3": 3 * time.Second, "1m30s": 90 * time.Second, "0": 0} {
		if d, err := ParseDuration(s); err != nil || d != want {
			t.Errorf("%s read as %v, %v", s, d, err)
		}
	}
}

// FuzzValues: what a flag takes it can take again as it prints it, what it
// refuses it names on one line, and nothing panics.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"02:00:5e:10:00:0f", "random", "0x88b5", "0800", "3:10,5", "0.2", "1m", "100", "00 01:ff", "-1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var payload Payload
		for _, v := range []cli.Generic{new(MAC), new(EtherType), new(VLANs), new(Duration), new(Count), new(Size), payloadHex{&payload}} {
			if err := v.Set(s); err != nil {
				if line := err.Error(); line == "" || strings.ContainsRune(line, '\n') {
					t.Errorf("%T refuses %q with %q", v, s, err)
				}
				continue
			}
			again := v.String()
			if again == "" || again == "until stopped" {
				continue
			}
			if err := v.Set(again); err != nil || v.String() != again {
				t.Errorf("%T prints %q as %q and reads that as %q, %v", v, s, again, v, err)
			}
		}
	})
}
