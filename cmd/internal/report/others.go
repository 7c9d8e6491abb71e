package report

import (
	"fmt"
	"strings"

	"eterm/cmd/internal/result"
)

// mostRows is how many hosts or pairs a page lists.
const mostRows = 300

// ping adds an echo run.
func (v *View) ping(p *result.Ping) {
	t := Table{Title: "Echo requests and replies", Head: []string{"target", "sent", "received", "lost", "share", "duplicates", "reordered", "late", "damaged", "errors"}}
	rtt := Table{Title: "Round-trip times", Head: []string{"target", "clock", "min", "p50", "mean", "p99", "p99.9", "max"}}
	var curves []namedHistogram
	add := func(name string, e result.Echoes) {
		t.Rows = append(t.Rows, []string{name, number(e.Sent), number(e.Received), number(e.Lost), share(e.Lost, e.Sent), number(e.Duplicates), number(e.Reordered), number(e.Late), number(e.Damaged), number(e.Errors)})
		if r := e.RTT; r != nil {
			rtt.Rows = append(rtt.Rows, []string{name, clean(r.Clock), duration(r.Min), duration(r.P50), duration(r.Avg), duration(r.P99), duration(r.P999), duration(r.Max)})
			if r.Histogram != "" && len(curves) < 6 {
				curves = append(curves, namedHistogram{name, r.Histogram})
			}
		}
	}
	for n, target := range p.Targets {
		if n == mostRows {
			t.Note = fmt.Sprintf("The first %d of %d.", n, len(p.Targets))
			break
		}
		add(clean(target.Target), target.Echoes)
		v.echoes(target.Target, target.Echoes)
	}
	if len(p.Targets) != 1 {
		add("all", p.Echoes)
		v.echoes("", p.Echoes)
	} else if len(curves) == 0 && p.RTT != nil && p.RTT.Histogram != "" {
		curves = append(curves, namedHistogram{clean(p.Targets[0].Target), p.RTT.Histogram})
	}
	v.Tables = append(v.Tables, t)
	if len(rtt.Rows) > 0 {
		v.Tables = append(v.Tables, rtt)
	}
	v.tail(curves)
	v.zero("Frames dropped by this host", p.DroppedByHost)
	v.zero("Requests refused by this host's kernel", p.Refused)
	if p.RTT != nil {
		state := Sound
		if strings.Contains(p.RTT.Clock, "user") {
			state = Doubtful
		}
		v.check("Timestamps", p.RTT.Clock, state)
	}
}

func (v *View) echoes(subject string, e result.Echoes) {
	v.count(subject, "sent", e.Sent, 0)
	for _, c := range []struct {
		name string
		n    uint64
	}{{"lost", e.Lost}, {"duplicates", e.Duplicates}, {"reordered", e.Reordered}, {"damaged", e.Damaged}, {"errors", e.Errors}, {"unresolved", e.Unresolved}} {
		v.count(subject, c.name, c.n, -1)
	}
	if r := e.RTT; r != nil {
		for _, x := range []struct {
			name string
			ns   int64
		}{{"min", r.Min}, {"p50", r.P50}, {"p99", r.P99}, {"max", r.Max}} {
			v.delay(subject, x.name, x.ns, float64(x.ns)*1e-3+1)
		}
	}
}

// arp adds who has which address.
func (v *View) arp(a *result.ARP) {
	v.Tables = append(v.Tables, Table{Title: "Addresses", Head: []string{"requests sent", "answered", "silent", "conflicts"},
		Rows: [][]string{{fmt.Sprint(a.Sent), fmt.Sprint(a.Answered), fmt.Sprint(a.Silent), fmt.Sprint(a.Conflicts)}}})
	t := Table{Title: "What was said", Head: []string{"", "address", "MAC", "vendor", "round trip", "conflict"}}
	for n, e := range a.Said {
		if n == mostRows {
			t.Note = fmt.Sprintf("The first %d of %d.", n, len(a.Said))
			break
		}
		rtt := ""
		if e.RTT != nil {
			rtt = duration(*e.RTT)
		}
		conflict := ""
		if e.Conflict {
			conflict = "yes"
		}
		t.Rows = append(t.Rows, []string{clean(e.Type), clean(e.Address), clean(e.MAC), clean(e.Vendor), rtt, conflict})
		if e.Type == "reply" {
			v.word(e.Address, "mac", e.MAC, 0)
		}
	}
	v.Tables = append(v.Tables, t)
	v.count("", "answered", uint64(max(a.Answered, 0)), 1)
	v.count("", "conflicts", uint64(max(a.Conflicts, 0)), -1)
	v.count("", "silent", uint64(max(a.Silent, 0)), -1)
}

// scan adds the hosts of a network.
func (v *View) scan(s *result.Scan) {
	v.Tables = append(v.Tables, Table{Title: "Addresses", Head: []string{"asked", "up"}, Rows: [][]string{{fmt.Sprint(s.Asked), fmt.Sprint(s.Up)}}})
	t := Table{Title: "Hosts", Head: []string{"address", "MAC", "ARP", "echo", "name", "vendor", "conflicts"}}
	for n, h := range s.Hosts {
		if n == mostRows {
			t.Note = fmt.Sprintf("The first %d of %d.", n, len(s.Hosts))
			break
		}
		t.Rows = append(t.Rows, []string{clean(h.Address), clean(h.MAC), optional(h.ARP), optional(h.RTT), clean(h.Name), clean(h.Vendor), clean(strings.Join(h.Others, " "))})
		v.word(h.Address, "mac", h.MAC, 0)
	}
	v.Tables = append(v.Tables, t)
	v.count("", "hosts_up", uint64(max(s.Up, 0)), 0)
}

func optional(ns *int64) string {
	if ns == nil {
		return ""
	}
	return duration(*ns)
}

// send adds what became of frames that were sent.
func (v *View) send(s *result.Send) {
	v.Tables = append(v.Tables, Table{Title: "Frames", Head: []string{"offered", "sent", "skipped", "refused", "bytes", "frames/s", "on the wire"},
		Rows: [][]string{{number(s.Offered), number(s.Sent), number(s.Skipped), number(s.Refused.Total()), number(s.Bytes), strings.TrimSpace(si(s.Frames)), si(s.WireBits) + "bit/s"}}})
	v.count("", "offered", s.Offered, 0)
	v.count("", "sent", s.Sent, 0)
	v.count("", "skipped", s.Skipped, -1)
	v.rate("", "frames_per_s", "frames/s", s.Frames, 1)
	v.zero("Frames refused by this host's kernel", s.Refused.Total())
	v.zero("Frames dropped by the interface", s.Interface.TxDropped+s.Interface.TxErrors)
	if s.AskedFrames > 0 {
		v.check("Rate kept", fmt.Sprintf("%sframes/s of %sframes/s asked", si(s.Frames), si(s.AskedFrames)), Sound)
	}
	if e := s.PacingError; e != nil {
		v.delay("pacing error", "p99", e.P99.Nanoseconds(), float64(e.P99)*1e-3+1)
		v.check("Pacing error", fmt.Sprintf("p50 %s, p99 %s, max %s", duration(e.P50.Nanoseconds()), duration(e.P99.Nanoseconds()), duration(e.Max.Nanoseconds())), Sound)
	}
	v.check("Processor", fmt.Sprintf("%s in all, %s a frame, %d threads, by %s", duration(s.CPUNS), duration(int64(s.CPUFrameNS)), s.Threads, s.Mechanism), Sound)
}

// fleet adds tests between many ports.
func (v *View) fleet(f *result.Fleet) {
	index := map[string]int{}
	var ports []string
	of := map[[2]int]result.Pair{}
	place := func(name string) int {
		n, ok := index[name]
		if !ok {
			n = len(ports)
			index[name] = n
			ports = append(ports, clean(name))
		}
		return n
	}
	t := Table{Title: "Pairs", Head: []string{"from", "to", "state", "offered", "lost", "p50", "p99"}}
	measured := 0
	for n, p := range f.Pairs {
		of[[2]int{place(p.From), place(p.To)}] = p
		if p.State == "measured" {
			measured++
		}
		if n < mostRows {
			t.Rows = append(t.Rows, []string{clean(p.From), clean(p.To), clean(p.State), number(p.Offered), number(p.Lost), optional(p.P50), optional(p.P99)})
			subject := p.From + " to " + p.To
			v.word(subject, "state", p.State, 0)
			v.count(subject, "lost", p.Lost, -1)
		}
	}
	if len(f.Pairs) > mostRows {
		t.Note = fmt.Sprintf("The first %d of %d.", mostRows, len(f.Pairs))
	}
	v.check("Pairs measured", fmt.Sprintf("%d of %d planned", measured, f.Planned), map[bool]CheckState{true: Sound, false: Doubtful}[measured >= f.Planned])
	v.Tables = append(v.Tables, t)
	const mostPorts = 120
	if len(ports) > 1 && len(ports) <= mostPorts {
		v.pairMatrix(ports, of)
	}
}

// pairMatrix draws what came of each pair.
func (v *View) pairMatrix(ports []string, of map[[2]int]result.Pair) {
	v.Figures = append(v.Figures, Matrix{
		Title: "Pairs of ports", Desc: "A row for each sender, a column for each receiver", Rows: ports, Cols: ports,
		Cell: func(r, c int) int {
			switch p, ok := of[[2]int{r, c}]; {
			case !ok:
				return 0
			case p.State == "measured" && p.Lost == 0:
				return 1
			case p.State == "measured":
				return 2
			}
			return 3
		},
		Tip: func(r, c int) string {
			p := of[[2]int{r, c}]
			return fmt.Sprintf("%s to %s: %s, %d lost", ports[r], ports[c], clean(p.State), p.Lost)
		},
		States: [4]string{"", "nothing lost", "some lost", "not measured"},
		Table:  Table{Note: "The table of pairs has the same."},
	}.figure())
}
