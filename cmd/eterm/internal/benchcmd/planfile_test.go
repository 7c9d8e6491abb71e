package benchcmd

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"eterm/iface/suite"
	"eterm/iface/yamlfile"
)

const plan = `suites: [rfc2544, rfc2889]
tx: eth1
rx: eth2
size: [64, 1518]
rate: 100kpps
preset: quick
goal: ["ndr:loss=0,width=2%", "pdr:loss=0.5%"]
vlan: 3:10
expect:
  throughput.64.ndr: ">= 90kpps"
  forwarding: {"*": {mfr: ">= 1kpps"}}
notes: {device: sw1}
`

// TestPlanIsItsFlags: a plan says what the flags of the same names say.
func TestPlanIsItsFlags(t *testing.T) {
	b := &bencher{}
	if err := b.takePlan(plan); err != nil {
		t.Fatal(err)
	}
	p, err := b.flags.Plan(0)
	if err != nil {
		t.Fatal(err)
	}
	tests := []string{suite.Throughput, suite.Latency, suite.Loss, suite.BackToBack, suite.Forwarding, suite.Broadcast}
	if !slices.Equal(p.Tests, tests) || p.Direction != "both" || !slices.Equal(p.Sizes, []int{64, 1518}) || p.MaxFPS != 100_000 || len(p.Goals) != 2 || p.Goals[1].Loss != 0.005 {
		t.Errorf("%+v", p)
	}
	if b.flags.TX != "eth1" || b.flags.RX != "eth2" || len(b.flags.Load().VLANs) != 1 || p.Notes["device"] != "sw1" || len(b.expect) != 2 || b.expect["forwarding.*.mfr"] != ">= 1kpps" {
		t.Errorf("%+v, %v", b.flags, b.expect)
	}
}

// TestPlanRefuses what is wrong with a plan, at its place.
func TestPlanRefuses(t *testing.T) {
	for _, c := range []struct {
		source string
		line   int
		want   string
	}{
		{"", 1, "want one plan"},
		{"tx: [", 1, "not YAML"},
		{"tx: eth1\ntx: eth2\n", 2, ""},
		{"just words", 1, "want names of flags"},
		{"rx: eth2\nspeed: 5\n", 2, `no key "speed"`},
		{"size: 64\npreset: slow\n", 2, "quick"},
		{"suites: [rfc2544, rfc1242]\n", 1, "want each of rfc2544, rfc2889, snake"},
		{"suites: [rfc2889, rfc2889]\n", 1, "at most once"},
		{"suites: {}\n", 1, "suites"},
		{"goal: ndr:loss=2\n", 1, "share"},
		{"tx: a\nreset-command: reboot\n", 2, "given with the command"},
		{"isolated: true\n", 1, "given with the command"},
		{"tx: a\nrx: b\ninterface: c\n", 1, "contradict"},
		{"tx: a\nexpect: {throughput.64: x}\n", 2, "expect"},
		{"size: {a: b}\n", 1, "one value, or a list"},
		{"tx: &x a\nrx: *x\n", 0, "anchors"},
		{"expect: {a: &x {b: c}, d: *x}\n", 1, "anchors"},
		{"notes: [a]\n", 1, "notes"},
		{"tests: latency\nip: 192.0.2.1\n", 2, "ip"},
	} {
		err := (&bencher{}).takePlan(c.source)
		var at *yamlfile.Error
		if !errors.As(err, &at) || c.line > 0 && at.Line != c.line || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want line %d and %q", c.source, err, c.line, c.want)
		}
	}
}

// FuzzPlan: any text is a plan or an error of one line.
func FuzzPlan(f *testing.F) {
	f.Add(plan)
	f.Add("suites: rfc2889\nexpect: {a: {b: {c: {d: e}}}}\n")
	f.Add("a: &x [*x]\n")
	f.Fuzz(func(t *testing.T, source string) {
		b := &bencher{}
		err := b.takePlan(source)
		if err == nil {
			_, err = b.flags.Plan(1e9)
		}
		if err != nil && (strings.Contains(err.Error(), "\n") || err.Error() == "") {
			t.Errorf("%q", err)
		}
	})
}
