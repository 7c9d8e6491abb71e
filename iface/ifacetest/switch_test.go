package ifacetest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	. "eterm/iface/ifacetest"
)

// Stations of the tests. Station n lives on port n-1.
func mac(n byte) string { return "\x02\x00\x00\x00\x00" + string(rune(n)) }

const group = "\x01\x00\x5e\x00\x00\x05"

func frameOf(dst, src, tag string, length int) []byte {
	f := []byte(dst + src + tag + "\x88\xb5")
	return append(f, make([]byte, length-len(f))...)
}

// sees sends one frame into port in and says what came out where, as
// "1 2:tag" for ports 1 and 2 where the latter got a tag.
func sees(t *testing.T, s *Switch, in int, frame []byte) string {
	t.Helper()
	if n, err := s.Port(in).Send([][]byte{frame}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	var out []string
	for i := range s.Ports() {
		for _, r := range arrivals(t, s.Port(i)) {
			at := fmt.Sprint(i)
			if r.Bytes[12] == 0x81 {
				at += fmt.Sprintf(":%x", r.Bytes[14:16])
			}
			out = append(out, at)
		}
	}
	return strings.Join(out, " ")
}

func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s left by ports %q, want %q", what, got, want)
	}
}

func TestSwitchLearns(t *testing.T) {
	inBubble(t, "sound", func(t *testing.T) {
		s := NewSwitch(3, Ageing(10*time.Second))
		there, back := frameOf(mac(2), mac(1), "", 60), frameOf(mac(1), mac(2), "", 60)
		expect(t, "unknown", sees(t, s, 0, there), "1 2")
		expect(t, "known", sees(t, s, 1, back), "0")
		expect(t, "known both ways", sees(t, s, 0, there), "1")
		expect(t, "broadcast", sees(t, s, 0, frameOf("\xff\xff\xff\xff\xff\xff", mac(1), "", 60)), "1 2")
		expect(t, "to its own port", sees(t, s, 0, frameOf(mac(1), mac(1), "", 60)), "")
		expect(t, "reserved", sees(t, s, 0, frameOf("\x01\x80\xc2\x00\x00\x0e", mac(1), "", 60)), "")
		expect(t, "not reserved", sees(t, s, 0, frameOf("\x01\x80\xc2\x00\x00\x10", mac(1), "", 60)), "1 2")
		expect(t, "tagged, of unknown station", sees(t, s, 0, frameOf(mac(9), mac(1), "\x81\x00\x60\x07", 60)), "1:6007 2:6007")
		expect(t, "after a move", sees(t, s, 2, back)+", "+sees(t, s, 0, there), "0, 2")
		time.Sleep(11 * time.Second)
		expect(t, "aged", sees(t, s, 0, there), "1 2")
		if n := s.Learnt(); n != 1 {
			t.Errorf("%d stations known, want 1", n)
		}
		s.Port(0).SetUp(false)
		if n := s.Learnt(); n != 0 {
			t.Errorf("%d stations known on a port that is down", n)
		}
	})
	inBubble(t, "full table", func(t *testing.T) {
		s := NewSwitch(3, Capacity(2))
		for n := byte(1); n <= 3; n++ {
			sees(t, s, int(n-1), frameOf(mac(9), mac(n), "", 60))
		}
		expect(t, "learnt", sees(t, s, 2, frameOf(mac(2), mac(3), "", 60)), "1")
		expect(t, "not learnt", sees(t, s, 0, frameOf(mac(3), mac(1), "", 60)), "1 2")
	})
}

func vlans() []Option {
	return []Option{VLANs(0, Membership{Untagged: 10}), VLANs(1, Membership{Untagged: 10}),
		VLANs(2, Membership{Untagged: 20}), VLANs(3, Membership{Untagged: 1, Tagged: []uint16{10, 20}})}
}

func TestSwitchVLANs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSwitch(4, vlans()...)
		expect(t, "untagged in 10", sees(t, s, 0, frameOf(mac(9), mac(1), "", 60)), "1 3:000a")
		expect(t, "untagged in 20", sees(t, s, 2, frameOf(mac(9), mac(1), "", 60)), "3:0014")
		expect(t, "trunk to 10", sees(t, s, 3, frameOf(mac(9), mac(4), "\x81\x00\xa0\x0a", 64)), "0 1")
		expect(t, "trunk to 20", sees(t, s, 3, frameOf(mac(9), mac(4), "\x81\x00\x00\x14", 64)), "2")
		expect(t, "not a member", sees(t, s, 3, frameOf(mac(9), mac(4), "\x81\x00\x00\x1e", 64)), "")
		expect(t, "priority tag", sees(t, s, 0, frameOf(mac(9), mac(1), "\x81\x00\xe0\x00", 64)), "1 3:e00a")
		expect(t, "same station, other VLAN", sees(t, s, 3, frameOf(mac(1), mac(4), "\x81\x00\x00\x14", 64)), "2")
		expect(t, "same station, this VLAN", sees(t, s, 3, frameOf(mac(1), mac(4), "\x81\x00\x00\x0a", 64)), "0")
	})
}

// TestDefects shows each defect by a frame that a sound switch treats
// differently.
func TestDefects(t *testing.T) {
	unicast := func(length int) func(*testing.T, *Switch) string {
		return func(t *testing.T, s *Switch) string {
			sees(t, s, 1, frameOf(mac(9), mac(2), "", 60))
			time.Sleep(time.Second)
			return sees(t, s, 0, frameOf(mac(2), mac(1), "", length))
		}
	}
	tagged := func(t *testing.T, s *Switch) string {
		return sees(t, s, 0, frameOf(group, mac(1), "\x81\x00\x60\x0a", 64))
	}
	for name, test := range map[string]struct {
		defect      Defect
		opts        []Option
		probe       func(*testing.T, *Switch) string
		sound, with string
	}{
		"hub":                  {Hub(), nil, unicast(60), "1", "1 2 3"},
		"hub, VLANs":           {Hub(), vlans(), tagged, "1 3:600a", "1:600a 2:600a 3:600a"},
		"never learns":         {NeverLearns(), nil, unicast(60), "1", "1 2 3"},
		"leaks a VLAN":         {LeaksVLAN(10), vlans(), tagged, "1 3:600a", "1 2:600a 3:600a"},
		"swallows":             {SwallowsAbove(1000), nil, unicast(1001), "1", ""},
		"swallows not shorter": {SwallowsAbove(1000), nil, unicast(1000), "1", "1"},
		"alters priority":      {AltersPriority(5), nil, tagged, "1:600a 2:600a 3:600a", "1:a00a 2:a00a 3:a00a"},
		"duplicates":           {Duplicates(), nil, unicast(60), "1", "1 1"},
		"reflects":             {Reflects(), nil, unicast(60), "1", "0 1"},
		"ages early":           {AgesEarly(time.Second), nil, unicast(60), "1", "1 2 3"},
		"learns group sources": {LearnsGroupSources(), nil, func(t *testing.T, s *Switch) string {
			sees(t, s, 1, frameOf(mac(9), group, "", 60))
			return sees(t, s, 0, frameOf(group, mac(1), "", 60))
		}, "1 2 3", "1"},
	} {
		inBubble(t, name, func(t *testing.T) {
			expect(t, "sound: it", test.probe(t, NewSwitch(4, test.opts...)), test.sound)
			opts := append(slices.Clone(test.opts), Defective(test.defect))
			expect(t, "defective: it", test.probe(t, NewSwitch(4, opts...)), test.with)
		})
	}
}

func TestSwitchFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSwitch(3, Faults(Drop(Every(2)), Delay(Always(), time.Millisecond)))
		expect(t, "first", sees(t, s, 0, frameOf(group, mac(1), "", 60)), "1 2")
		expect(t, "second", sees(t, s, 0, frameOf(group, mac(1), "", 60)), "")
	})
}
