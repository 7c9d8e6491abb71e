package switchtest

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	"eterm/iface/ifacetest"
)

// ruined is a port before which frames are changed: what the switch gets is
// what a switch with a defect might make of them.
type ruined struct {
	iface.Port
	ruin func(frame []byte) [][]byte
}

func (p ruined) Unwrap() iface.Port { return p.Port }

func (p ruined) Send(frames [][]byte) (int, error) {
	for _, f := range frames {
		if _, err := p.Port.Send(p.ruin(f)); err != nil {
			return 0, err
		}
	}
	return len(frames), nil
}

// A trial is a switch with a defect.
type trial struct {
	options []ifacetest.Option
	ruin    func(frame []byte) [][]byte
	vlans   string // that the switch is said to have
	mtu     int
	expect  string
}

func with(o ...ifacetest.Option) trial   { return trial{options: o} }
func defective(d ifacetest.Defect) trial { return with(ifacetest.Defective(d)) }
func losing(match func(frame []byte) bool) trial {
	return with(ifacetest.Faults(ifacetest.Drop(ifacetest.Where(match))))
}
func changing(change func(frame []byte)) trial { return trial{ruin: changed(change)} }
func to(text string) func(frame []byte) bool {
	return func(f []byte) bool { return bytes.HasPrefix(f, []byte(text)) }
}
func isType(t uint16) func(frame []byte) bool {
	return func(f []byte) bool { return binary.BigEndian.Uint16(f[12:]) == t }
}

// changed makes a ruin of a change to the bytes of a copy.
func changed(change func(frame []byte)) func([]byte) [][]byte {
	return func(f []byte) [][]byte {
		f = bytes.Clone(f)
		change(f)
		return [][]byte{f}
	}
}

// flip changes the last byte of the frames that match.
func flip(match func(frame []byte) bool) trial {
	return changing(func(f []byte) {
		if match(f) {
			f[len(f)-1] ^= 0x55
		}
	})
}

// padded puts bytes of another frame behind short ones.
func padded(f []byte) [][]byte {
	for f = bytes.Clone(f); len(f) < shortest; {
		f = append(f, 0xee)
	}
	return [][]byte{f}
}

func outerTag(f []byte) uint16 { return binary.BigEndian.Uint16(f[14:]) }

var trunk = []ifacetest.Option{
	ifacetest.VLANs(0, ifacetest.Membership{Untagged: 1, Tagged: []uint16{10, 20, 30}}),
	ifacetest.VLANs(1, ifacetest.Membership{Untagged: 1, Tagged: []uint16{10, 20}}),
}

// defects has for each case a switch on which it must fail, and on which it
// would pass without the defect.
var defects = map[string]trial{
	"forwarding.a-to-b": defective(ifacetest.Duplicates()),
	"forwarding.b-to-a": with(ifacetest.Faults(ifacetest.Swap(ifacetest.Every(7)))),

	"sizes.untagged": defective(ifacetest.SwallowsAbove(1513)),
	"sizes.tagged":   defective(ifacetest.SwallowsAbove(1517)),
	"sizes.jumbo":    {options: []ifacetest.Option{ifacetest.Defective(ifacetest.SwallowsAbove(5000))}, mtu: 9000, expect: "sizes.jumbo: '>=9018'"},
	"sizes.runt":     {ruin: padded},

	"flooding.broadcast": losing(to("\xff\xff\xff")),
	"flooding.multicast": losing(func(f []byte) bool { return f[0]&3 == 3 && f[0] != 0xff }),
	"flooding.unknown":   losing(func(f []byte) bool { return f[0]&3 == 2 && !to("\x02\x00\x00\x00")(f) }),
	"flooding.not-back":  defective(ifacetest.Reflects()),
	"flooding.once":      defective(ifacetest.Duplicates()),

	"transparency.bytes":   flip(func(f []byte) bool { return len(f) > 1000 }),
	"transparency.types":   losing(isType(0x888e)),
	"transparency.llc":     losing(func(f []byte) bool { return f[12] < 6 && f[14] == 0xaa }),
	"transparency.padding": {ruin: padded},

	"learning.learns":       defective(ifacetest.NeverLearns()),
	"learning.confined":     defective(ifacetest.NeverLearns()),
	"learning.move":         defective(ifacetest.NeverMoves()),
	"learning.vlan":         defective(ifacetest.NeverLearns()),
	"learning.group-source": defective(ifacetest.LearnsGroupSources()),
	"learning.zero-source":  defective(ifacetest.LearnsZeroSource()),
	"learning.rate":         {options: []ifacetest.Option{ifacetest.Capacity(150)}, expect: "learning.rate: '>=100'"},
	"learning.capacity":     {options: []ifacetest.Option{ifacetest.Capacity(1000)}, expect: "learning.capacity: '>=1001'"},

	"addresses.group-source":          defective(ifacetest.Duplicates()),
	"addresses.zero-source":           flip(func(f []byte) bool { return f[6] == 0 }),
	"addresses.zero-destination":      flip(to("\x00")),
	"addresses.to-self":               defective(ifacetest.NeverLearns()),
	"addresses.source-is-destination": defective(ifacetest.Hub()),

	"vlan.ids":           {options: append(slices.Clone(trunk), ifacetest.Defective(ifacetest.LeaksVLAN(30))), vlans: "10,20"},
	"vlan.leak":          {options: append(slices.Clone(trunk), ifacetest.Defective(ifacetest.LeaksVLAN(30))), vlans: "10,20"},
	"vlan.priority-tag":  losing(func(f []byte) bool { return isType(0x8100)(f) && outerTag(f)&0xfff == 0 }),
	"vlan.priority":      defective(ifacetest.AltersPriority(3)),
	"vlan.drop-eligible": {options: []ifacetest.Option{ifacetest.Faults(ifacetest.Drop(ifacetest.Where(func(f []byte) bool { return isType(0x8100)(f) && outerTag(f)&0x1000 != 0 })))}},
	"vlan.qinq-88a8":     flip(isType(0x88a8)),
	"vlan.qinq-8100":     flip(func(f []byte) bool { return isType(0x8100)(f) && f[16] == 0x81 }),
	"vlan.4095":          flip(func(f []byte) bool { return isType(0x8100)(f) && outerTag(f) == 4095 }),

	"reserved.10-all-bridges": defective(ifacetest.Duplicates()),
	"reserved.20-mmrp":        defective(ifacetest.Duplicates()),
	"reserved.21-mvrp":        defective(ifacetest.Duplicates()),

	"load.both": with(ifacetest.Faults(ifacetest.Drop(ifacetest.Every(2500)))),

	"ageing.time": defective(ifacetest.AgesEarly(5 * time.Second)),
	"ageing.from": defective(ifacetest.NeverRefreshes()),
	"ageing.to":   defective(ifacetest.RefreshedByTraffic()),
}

// defectOf is the switch on which a case must fail.
func defectOf(c Case) (trial, bool) {
	if d, ok := defects[c.Name]; ok {
		return d, ok
	}
	if c.Group() != "reserved" {
		return trial{}, false
	}
	if c.Want == consumed { // a hub forwards what no bridge may
		d := defective(ifacetest.Hub())
		if c.Tolerate != "" {
			d.expect = c.Name + ": consumed"
		}
		return d, true
	}
	addr := strings.Fields(c.About)[3]
	d := losing(func(f []byte) bool { return MAC(f[:6]).String() == addr })
	if c.Tolerate != "" {
		d.expect = c.Name + ": forwarded"
	}
	return d, true
}

// try runs one case on a switch with or without a trial's defect.
func (d trial) try(t *testing.T, c Case, sound bool) Result {
	t.Helper()
	options := []ifacetest.Option{ifacetest.MTU(max(d.mtu, 1500))}
	if !sound {
		options = append(options, d.options...)
	} else if d.vlans != "" {
		options = append(options, trunk...)
	}
	sw := ifacetest.NewSwitch(3, options...)
	cfg := Config{A: sw.Port(0), B: sw.Port(1), Third: sw.Port(2), Seed: 7, Cases: []Case{c}}
	if d.ruin != nil && !sound {
		cfg.A = ruined{cfg.A, d.ruin}
	}
	if d.vlans != "" {
		ids, err := ParseIDs(d.vlans)
		if err != nil {
			t.Fatal(err)
		}
		cfg.VLANs, cfg.Third = &ids, nil
	}
	var err error
	if cfg.Expect, err = ParseExpectations([]byte(d.expect)); err != nil {
		t.Fatal(err)
	}
	card, err := Check(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range card.Results {
		if r.Case.Name == c.Name {
			return r
		}
	}
	t.Fatal("no result")
	return Result{}
}

// A case that cannot fail is worth nothing.
func TestEveryCaseFailsOnItsDefect(t *testing.T) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			d, ok := defectOf(c)
			if !ok {
				t.Fatal("no defect shows that this case can fail")
			}
			synctest.Test(t, func(t *testing.T) {
				// A sound switch consumes what the matrix expects to be
				// consumed and may share addresses between VLANs.
				if r := d.try(t, c, true); r.Verdict != Pass && r.Verdict != Note && d.expect == "" {
					t.Errorf("on a sound switch: %v: %s%s", r.Verdict, r.Seen, r.Why)
				}
				if r := d.try(t, c, false); r.Verdict != Fail {
					t.Errorf("on its defect: %v: value %q, %s%s", r.Verdict, r.Value, r.Seen, r.Why)
				}
			})
		})
	}
}
