package ifacetest

import (
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"eterm/frame/ether"
)

// Switch is a learning bridge in memory. It forwards as IEEE 802.1Q-2022
// clause 8.6 says: group addresses and unknown stations go to all ports of the
// VLAN but the one the frame came in by, known stations to their port, and the
// reserved addresses 01-80-c2-00-00-00 to -0f (table 8-1) nowhere. Without a
// VLANs option it is transparent: tags are payload to it.
type Switch struct {
	ports []*Port
	lines []passer // to port i
	c     config

	mu    sync.Mutex
	table table
	work  []byte
}

// Membership says what one port of a switch is in.
type Membership struct {
	// Untagged is the VLAN of frames without a tag, in and out; 0 is none.
	Untagged uint16
	// Tagged are the VLANs whose frames carry a tag (TPID 0x8100) here.
	Tagged []uint16
}

func (m Membership) has(vid uint16) bool {
	return vid != 0 && (vid == m.Untagged || slices.Contains(m.Tagged, vid))
}

// VLANs makes the switch VLAN-aware and sets the membership of one port, which
// also filters what comes in. Ports not named are in VLAN 1, untagged.
func VLANs(port int, m Membership) Option {
	return func(c *config) {
		if c.vlans == nil {
			c.vlans = map[int]Membership{}
		}
		c.vlans[port] = m
	}
}

// Ageing is how long the switch remembers a station that is silent; 300 s if
// not given, as IEEE 802.1Q-2022 table 8-6 recommends.
func Ageing(d time.Duration) Option { return func(c *config) { c.table.ageing = d } }

// Capacity is how many stations the switch remembers; 8192 if not given. When
// the table is full of living entries, new stations are not learnt.
func Capacity(stations int) Option { return func(c *config) { c.table.capacity = stations } }

// NewSwitch makes a switch with n ports, each with a host's interface plugged
// in. Inside testing/synctest call it inside the bubble.
func NewSwitch(n int, opts ...Option) *Switch {
	c := configure(opts)
	if c.defect.kind == agesEarly {
		c.table.ageing = c.defect.after
	}
	s := &Switch{c: c, table: newTable(c.table, c.defect)}
	for i := range n {
		p := newPort("p"+strconv.Itoa(i), byte(0x10+i), c)
		p.out = func(frame []byte) { s.forward(i, frame) }
		p.bad = func(frame []byte) { s.forwardErrored(i, frame) }
		p.linked = func(bool) { s.forgetPort(i) }
		s.ports = append(s.ports, p)
		s.lines = append(s.lines, c.line(c.reverse, uint64(100+i), p.arrive))
	}
	return s
}

// Port is the interface plugged into port i, counted from 0. It is an
// iface.Port.
func (s *Switch) Port(i int) *Port { return s.ports[i] }

// Ports is how many ports the switch has.
func (s *Switch) Ports() int { return len(s.ports) }

// Learnt is how many stations the switch knows now.
func (s *Switch) Learnt() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.table.purge(time.Now())
	return len(s.table.entries)
}

// Forget empties the table.
func (s *Switch) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.table.entries)
}

// forgetPort drops what was learnt on a port that went down or came up.
func (s *Switch) forgetPort(port int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.table.entries, func(_ station, e entry) bool { return e.port == port })
}

// forward does what the switch does with a frame that came in by a port.
func (s *Switch) forward(in int, frame []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.c.defect
	if d.kind == hub {
		s.repeat(in, frame)
		return
	}
	f, ok := s.classify(in, frame)
	if !ok || d.reserved(frame) || d.swallows(frame) {
		return
	}
	now := time.Now()
	if d.learns(frame) {
		s.table.learn(station{f.vid, [6]byte(frame[6:12])}, in, now)
	}
	known := -1
	if frame[0]&1 == 0 || d.kind == learnsGroupSources {
		known = s.table.find(station{f.vid, [6]byte(frame[0:6])}, now)
	}
	for out := range s.ports {
		if s.goesTo(out, in, known, f.vid) {
			s.emit(out, f)
		}
	}
}

// goesTo says whether a frame leaves by port out.
func (s *Switch) goesTo(out, in, known int, vid uint16) bool {
	d := s.c.defect
	switch {
	case out == in:
		return d.kind == reflects
	case d.kind == leaksVLAN && vid == d.vid:
		return true
	case s.c.vlans != nil && !s.membership(out).has(vid):
		return false
	}
	return known < 0 || known == out
}

// repeat is what a hub does.
func (s *Switch) repeat(in int, frame []byte) {
	for out, l := range s.lines {
		if out != in {
			l.Pass(frame)
		}
	}
}

// emit sends a frame out of a port, tagged as that port wants it.
func (s *Switch) emit(out int, f classified) {
	frame := s.dress(out, f)
	s.lines[out].Pass(frame)
	if s.c.defect.kind == duplicates {
		s.lines[out].Pass(frame)
	}
}

func (s *Switch) membership(port int) Membership {
	if m, ok := s.c.vlans[port]; ok {
		return m
	}
	return Membership{Untagged: 1}
}

// classified is a frame with the VLAN it is in.
type classified struct {
	frame  []byte // as it came in
	tagged bool   // the switch took its tag as its own
	vid    uint16 // 0 in a transparent switch
	tci    uint16
}

// classify finds the VLAN of a frame and says whether the port may bring it.
func (s *Switch) classify(in int, frame []byte) (classified, bool) {
	f := classified{frame: frame}
	if len(frame) < ether.HeaderLen {
		return f, false
	}
	if len(frame) >= ether.HeaderLen+ether.TagLen && binary.BigEndian.Uint16(frame[12:]) == 0x8100 {
		f.tagged, f.tci = true, binary.BigEndian.Uint16(frame[14:])
	}
	if s.c.defect.kind == provider {
		return f, binary.BigEndian.Uint16(frame[12:]) != 0x88a8
	}
	if s.c.vlans == nil {
		return f, true
	}
	m := s.membership(in)
	if f.vid = f.tci & 0xfff; f.vid == 0 {
		f.vid = m.Untagged
	}
	return f, m.has(f.vid)
}

// dress gives a frame the tag that it has on port out. The result is good
// until the next call.
func (s *Switch) dress(out int, f classified) []byte {
	if s.c.defect.kind == altersPriority {
		f.tci = f.tci&0x1fff | uint16(s.c.defect.size)<<13
	}
	s.work = append(s.work[:0], f.frame[:12]...)
	rest := f.frame[12:]
	if f.tagged {
		rest = rest[4:]
	}
	tagged, tci := f.tagged, f.tci
	if s.c.vlans != nil {
		tagged, tci = s.membership(out).Untagged != f.vid, f.tci&0xf000|f.vid
	}
	if tagged {
		s.work = binary.BigEndian.AppendUint16(s.work, 0x8100)
		s.work = binary.BigEndian.AppendUint16(s.work, tci)
	}
	s.work = append(s.work, rest...)
	return s.work
}

// reserved says whether bridges keep a frame's destination to themselves.
func (d Defect) reserved(frame []byte) bool {
	if string(frame[:5]) != "\x01\x80\xc2\x00\x00" || frame[5] > 0x0f {
		return false
	}
	return d.kind != provider || !slices.Contains([]byte{0x00, 0x0b, 0x0c, 0x0d, 0x0f}, frame[5]) // 802.1Q table 8-2
}
