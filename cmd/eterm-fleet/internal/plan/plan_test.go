package plan

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const good = `name: night
ports: [h1.eth1, h2.eth1, h3.eth1, h4.eth1]
pairs: mesh
load:
  rate: 1000pps
  size: 64,512
  duration: 5s
limits: {loss: 0, p99: 1ms}
slot: 10s
`

func compiled(t *testing.T, source string) *Plan {
	t.Helper()
	f, err := Parse([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Compile("night-1", time.Unix(1000, 0), 100*time.Millisecond, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlanAndEstimate(t *testing.T) {
	p := compiled(t, good)
	e, err := p.Estimate(0)
	if err != nil {
		t.Fatal(err)
	}
	// Three rounds of two pairs, 5,000 frames of 288 bytes each way.
	want := Estimate{Took: 30*time.Second + 2*400*time.Millisecond, Slots: 3, Tests: 6, PerSlot: 2, Frames: 60000, Bytes: 60000 * 288, PortBytes: 3 * 5000 * 288}
	if e != want {
		t.Errorf("estimate %+v, want %+v", e, want)
	}
	e, _ = compiled(t, good+"rounds: 7\n").Estimate(0)
	if e.Slots != 7 || e.Tests != 14 {
		t.Errorf("seven slots: %+v", e)
	}
}

func TestRacksAndLists(t *testing.T) {
	p := compiled(t, "ports:\n  r1: [a.p, b.p]\n  r2: [c.p, d.p]\npairs: racks\nload: {count: 10}\n")
	if e, _ := p.Estimate(0); e.Tests != 3 || e.Slots != 2 {
		t.Errorf("racks: %+v", e)
	}
	p = compiled(t, "ports: [a.p, b.p, c.p]\npairs: [[a.p, b.p], [b.p, c.p]]\nload: {count: 10}\n")
	if e, _ := p.Estimate(0); e.Tests != 2 || e.Slots != 2 || e.Frames != 40 {
		t.Errorf("list: %+v", e)
	}
}

func TestErrorsHaveAPlace(t *testing.T) {
	for source, want := range map[string]string{
		"":                                 "line 1, column 1: ",
		"ports: [a.p":                      "this is not YAML",
		"ports: [a.p, b]\n":                `line 1, column 14: port "b": want HOST.PORT`,
		"ports: [a.p, a.p]\n":              "line 1, column 14: port a.p stands here twice",
		"ports: [a.p, b.p]\nport: 1\n":     `line 2, column 1: there is no "port" here: want one of class, limits, load, name, pairs, ports, rounds, seed, slot`,
		"ports: [a.p, b.p]\npairs: star\n": `line 2, column 8: pairs "star"`,
		"ports: [a.p, b.p]\npairs: racks\nload: {count: 1}\n":               "line 2, column 8: pairs: racks needs ports by rack",
		"ports: [a.p, b.p]\npairs: [[a.p, c.p]]\n":                          "line 2, column 15: port c.p is not among the ports",
		"ports: [a.p, b.p]\npairs: [[a.p, a.p]]\n":                          "a pair of a port with itself",
		"ports: [a.p, b.p]\nload: {rate: fast}\n":                           "line 2, column 14: ",
		"ports: [a.p, b.p]\nload: {size: 12}\n":                             "line 2, column 14: ",
		"ports: [a.p, b.p]\nload: {rate: 10pps}\n":                          "load has neither count nor duration",
		"ports: [a.p, b.p]\nload:\n  duration: 9s\n":                        "line 3, column 3: a load of 9s in a slot of 10s: want at most 7.5s",
		"ports: [a.p, b.p]\nclass: watch\nload: {rate: 101pps, count: 1}\n": "class watch offers at most 100 frames/s",
		"ports: [a.p]\nload: {count: 1}\n":                                  "line 1, column 8: 1 ports: want 2",
		"ports: [a.p, b.p]\nslot: 1ms\nload: {count: 1}\n":                  "line 2, column 7: slot 1ms",
		"ports: [a.p, b.p]\nslot: soon\n":                                   `line 2, column 7: "soon": want a time`,
		"ports: [a.p, b.p]\nrounds: -1\n":                                   "line 2, column 9: ",
		"ports: [a.p, b.p]\nlimits: {loss: lots}\n":                         "line 2, column 16: ",
		"ports: [a.p, b.p]\nload: {count: 100000, rate: 100pps}\n":          "a load of 16m40s in a slot of 10s",
	} {
		_, err := Parse([]byte(source))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\n got %v\nwant %s", source, err, want)
			continue
		}
		if at := (*Error)(nil); !errors.As(err, &at) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v has no place or more than one line", source, err)
		}
	}
}

func TestCaretPointsAtAnUnknownPort(t *testing.T) {
	f, err := Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	err = f.Missing(func(label string) bool { return label != "h3.eth1" })
	at := (*Error)(nil)
	if !errors.As(err, &at) || !strings.HasPrefix(err.Error(), "line 2, column 27: no agent has a port h3.eth1") {
		t.Fatalf("%v", err)
	}
	line, caret, _ := strings.Cut(at.Caret(), "\n")
	if i := strings.Index(caret, "^"); !strings.HasPrefix(line[i:], "h3.eth1") {
		t.Errorf("caret under %q", line[i:])
	}
}

func TestCheckRefusesForeignPlans(t *testing.T) {
	for what, change := range map[string]func(*Plan){
		"id":     func(p *Plan) { p.ID = "a.>" },
		"label":  func(p *Plan) { p.Ports[0].Label = "h1.*" },
		"twice":  func(p *Plan) { p.Ports[0].Label = p.Ports[1].Label },
		"mac":    func(p *Plan) { p.Ports[0].MAC = "x" },
		"slot":   func(p *Plan) { p.Table.Length = 0 },
		"slots":  func(p *Plan) { p.Table.Count = 0 },
		"shape":  func(p *Plan) { p.Shape.Ports = 5 },
		"load":   func(p *Plan) { p.Load.Rate = "" },
		"sizes":  func(p *Plan) { p.Load.Sizes = nil },
		"vlan":   func(p *Plan) { p.Load.VLANs = []uint16{4095} },
		"class":  func(p *Plan) { p.Class = "" },
		"limits": func(p *Plan) { p.Limit.Loss = "x" },
	} {
		p := compiled(t, good)
		change(p)
		if p.Check() == nil {
			t.Errorf("%s: passes", what)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("ports: {a: [b.c]}\npairs: [[b.c, b.c]]"))
	f.Add([]byte("ports: &a [*a]"))
	f.Fuzz(func(t *testing.T, source []byte) {
		file, err := Parse(source)
		if err != nil {
			if at := (*Error)(nil); errors.As(err, &at) {
				_ = at.Caret()
			}
			return
		}
		if file.Rounds > 1000 || len(file.Ports) > 200 {
			return
		}
		if p, err := file.Compile("x", time.Unix(1, 0), 0, func(string) string { return "" }); err == nil {
			if _, err := p.Estimate(1e9); err != nil {
				t.Errorf("a plan that passes cannot be estimated: %v", err)
			}
		}
	})
}
