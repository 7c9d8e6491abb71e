package frame

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"eterm/frame/ether"
)

// needTool skips the test where a referee is not installed; in CI it must be.
func needTool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// writePcap writes frames as a classic capture, one each microsecond.
func writePcap(t *testing.T, frames [][]byte) string {
	t.Helper()
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0xa1b2c3d4)
	b = le.AppendUint32(b, 2|4<<16)
	b = append(b, make([]byte, 8)...)
	b = le.AppendUint32(le.AppendUint32(b, 1<<18), 1)
	for i, f := range frames {
		b = le.AppendUint32(le.AppendUint32(b, 1), uint32(i))
		b = le.AppendUint32(le.AppendUint32(b, uint32(len(f))), uint32(len(f)))
		b = append(b, f...)
	}
	name := filepath.Join(t.TempDir(), "frames.pcap")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// sharkFields are our fields under tshark's names. What tshark scales is
// scaled back: the factor is what ours must be multiplied with.
var sharkFields = []struct {
	ours, theirs string
	factor       uint64
}{
	{"eth.dst", "eth.dst", 1}, {"eth.src", "eth.src", 1}, {"eth.type", "eth.type", 1}, {"eth.length", "eth.len", 1},
	{"vlan.pcp", "vlan.priority", 1}, {"vlan.dei", "vlan.dei", 1}, {"vlan.id", "vlan.id", 1}, {"vlan.type", "vlan.etype", 1},
	{"svlan.pcp", "ieee8021ad.priority", 1}, {"svlan.dei", "ieee8021ad.dei", 1}, {"svlan.id", "ieee8021ad.id", 1},
	{"llc.dsap", "llc.dsap", 1}, {"llc.ssap", "llc.ssap", 1}, {"llc.control", "llc.control", 1},
	{"snap.oui", "llc.oui", 1}, {"snap.type", "llc.type", 1},
	{"mpls.label", "mpls.label", 1}, {"mpls.tc", "mpls.exp", 1}, {"mpls.s", "mpls.bottom", 1}, {"mpls.ttl", "mpls.ttl", 1},
	{"arp.htype", "arp.hw.type", 1}, {"arp.ptype", "arp.proto.type", 1}, {"arp.hlen", "arp.hw.size", 1},
	{"arp.plen", "arp.proto.size", 1}, {"arp.op", "arp.opcode", 1}, {"arp.sha", "arp.src.hw_mac", 1},
	{"arp.spa", "arp.src.proto_ipv4", 1}, {"arp.tha", "arp.dst.hw_mac", 1}, {"arp.tpa", "arp.dst.proto_ipv4", 1},
	{"ipv4.version", "ip.version", 1}, {"ipv4.ihl", "ip.hdr_len", 4}, {"ipv4.dscp", "ip.dsfield.dscp", 1},
	{"ipv4.ecn", "ip.dsfield.ecn", 1}, {"ipv4.length", "ip.len", 1}, {"ipv4.id", "ip.id", 1}, {"ipv4.rf", "ip.flags.rb", 1},
	{"ipv4.df", "ip.flags.df", 1}, {"ipv4.mf", "ip.flags.mf", 1}, {"ipv4.offset", "ip.frag_offset", 1},
	{"ipv4.ttl", "ip.ttl", 1}, {"ipv4.protocol", "ip.proto", 1}, {"ipv4.checksum", "ip.checksum", 1},
	{"ipv4.src", "ip.src", 1}, {"ipv4.dst", "ip.dst", 1},
	{"ipv6.version", "ipv6.version", 1}, {"ipv6.dscp", "ipv6.tclass.dscp", 1}, {"ipv6.ecn", "ipv6.tclass.ecn", 1},
	{"ipv6.flow", "ipv6.flow", 1}, {"ipv6.length", "ipv6.plen", 1}, {"ipv6.next", "ipv6.nxt", 1}, {"ipv6.hops", "ipv6.hlim", 1},
	{"ipv6.src", "ipv6.src", 1}, {"ipv6.dst", "ipv6.dst", 1},
	{"hopopts.next", "ipv6.hopopts.nxt", 1}, {"hopopts.len", "ipv6.hopopts.len", 1},
	{"dstopts.next", "ipv6.dstopts.nxt", 1}, {"dstopts.len", "ipv6.dstopts.len", 1},
	{"routing.next", "ipv6.routing.nxt", 1}, {"routing.type", "ipv6.routing.type", 1}, {"routing.left", "ipv6.routing.segleft", 1},
	{"fragment.next", "ipv6.fraghdr.nxt", 1}, {"fragment.offset", "ipv6.fraghdr.offset", 1}, {"fragment.mf", "ipv6.fraghdr.more", 1},
	{"fragment.id", "ipv6.fraghdr.ident", 1},
	{"ah.spi", "ah.spi", 1}, {"ah.seq", "ah.sequence", 1}, {"esp.spi", "esp.spi", 1}, {"esp.seq", "esp.sequence", 1},
	{"icmp.type", "icmp.type", 1}, {"icmp.code", "icmp.code", 1}, {"icmp.checksum", "icmp.checksum", 1},
	{"icmp.gateway", "icmp.redir_gw", 1}, {"icmp.mtu", "icmp.mtu", 1}, {"icmp.mask", "icmp.address_mask", 1},
	{"icmpv6.type", "icmpv6.type", 1}, {"icmpv6.code", "icmpv6.code", 1}, {"icmpv6.checksum", "icmpv6.checksum", 1},
	{"icmpv6.mtu", "icmpv6.mtu", 1}, {"icmpv6.pointer", "icmpv6.pointer", 1},
	{"icmpv6.hops", "icmpv6.nd.ra.cur_hop_limit", 1}, {"icmpv6.managed", "icmpv6.nd.ra.flag.m", 1},
	{"icmpv6.stateful", "icmpv6.nd.ra.flag.o", 1}, {"icmpv6.lifetime", "icmpv6.nd.ra.router_lifetime", 1},
	{"icmpv6.router", "icmpv6.nd.na.flag.r", 1}, {"icmpv6.solicited", "icmpv6.nd.na.flag.s", 1},
	{"icmpv6.override", "icmpv6.nd.na.flag.o", 1}, {"icmpv6.records", "icmpv6.mldr.nb_mcast_records", 1},
	{"nd.kind", "icmpv6.opt.type", 1}, {"nd.len", "icmpv6.opt.length", 1}, {"nd.mac", "icmpv6.opt.linkaddr", 1},
	{"nd.prefix-length", "icmpv6.opt.prefix.length", 1}, {"nd.prefix", "icmpv6.opt.prefix", 1}, {"nd.mtu", "icmpv6.opt.mtu", 1},
	{"nd.valid", "icmpv6.opt.prefix.valid_lifetime", 1}, {"nd.preferred", "icmpv6.opt.prefix.preferred_lifetime", 1},
	{"mld-record.type", "icmpv6.mldr.mar.record_type", 1}, {"mld-record.number", "icmpv6.mldr.mar.nb_sources", 1},
	{"mld-record.group", "icmpv6.mldr.mar.multicast_address", 1}, {"mld-record.sources", "icmpv6.mldr.mar.source_address", 1},
	{"udp.sport", "udp.srcport", 1}, {"udp.dport", "udp.dstport", 1}, {"udp.length", "udp.length", 1}, {"udp.checksum", "udp.checksum", 1},
	{"tcp.sport", "tcp.srcport", 1}, {"tcp.dport", "tcp.dstport", 1}, {"tcp.seq", "tcp.seq_raw", 1}, {"tcp.ackno", "tcp.ack_raw", 1},
	{"tcp.offset", "tcp.hdr_len", 4}, {"tcp.cwr", "tcp.flags.cwr", 1}, {"tcp.ece", "tcp.flags.ece", 1}, {"tcp.urg", "tcp.flags.urg", 1},
	{"tcp.ack", "tcp.flags.ack", 1}, {"tcp.psh", "tcp.flags.push", 1}, {"tcp.rst", "tcp.flags.reset", 1}, {"tcp.syn", "tcp.flags.syn", 1},
	{"tcp.fin", "tcp.flags.fin", 1}, {"tcp.window", "tcp.window_size_value", 1}, {"tcp.checksum", "tcp.checksum", 1},
	{"tcp.urgent", "tcp.urgent_pointer", 1},
	{"igmp.type", "igmp.type", 1}, {"igmp.checksum", "igmp.checksum", 1}, {"igmp.records", "igmp.num_grp_recs", 1},
	{"igmp-record.type", "igmp.record_type", 1},
	{"lldp.type", "lldp.tlv.type", 1}, {"lldp.length", "lldp.tlv.len", 1}, {"lldp.seconds", "lldp.time_to_live", 1},
	{"stp.protocol", "stp.protocol", 1}, {"stp.version", "stp.version", 1}, {"stp.type", "stp.type", 1},
	{"stp.root-ext", "stp.root.ext", 1}, {"stp.root", "stp.root.hw", 1}, {"stp.cost", "stp.root.cost", 1},
	{"stp.bridge-ext", "stp.bridge.ext", 1}, {"stp.bridge", "stp.bridge.hw", 1}, {"stp.port", "stp.port", 1},
	{"pause.opcode", "macc.opcode", 1}, {"pause.quanta", "macc.pause_time", 1}, {"pause.classes", "macc.cbfc.enbv", 1}, {"pause.quanta3", "macc.cbfc.pause_time.c3", 1},
}

// tshark dissects frames and returns, per frame, the values of its fields.
func tshark(t *testing.T, frames [][]byte, fields []string) []map[string][]string {
	t.Helper()
	args := []string{"-r", writePcap(t, frames), "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=;",
		"-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
		"-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o", "tcp.analyze_sequence_numbers:FALSE",
		"-o", "udp.ignore_ipv6_zero_checksum:FALSE"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	cmd := exec.Command(needTool(t, "tshark"), args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v: %s", err, stderr.Bytes())
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(frames) {
		t.Fatalf("tshark printed %d lines for %d frames", len(lines), len(frames))
	}
	all := make([]map[string][]string, len(lines))
	for i, line := range lines {
		all[i] = map[string][]string{}
		for j, cell := range strings.Split(line, "\t") {
			if cell != "" {
				all[i][fields[j]] = strings.Split(cell, ";")
			}
		}
	}
	return all
}

// ourValues is the values of all fields of that name in a frame, scaled and
// written as plain as possible: numbers decimal, addresses as they are.
func ourValues(d *Decoded, name string, factor uint64) (values []string) {
	for i := range d.Parts {
		p := &d.Parts[i]
		s := table[p.Layer]
		layer, field, _ := strings.Cut(name, ".")
		if s == nil || p.Layer.String() != layer {
			continue
		}
		f := s.forms[p.form].field(field)
		switch {
		case f == nil || f.alias != (f.Name == "length" && p.Layer <= LayerSVLAN):
			continue
		case p.Layer <= LayerSVLAN && f.Bits == 16 && (d.be16(p.Offset+p.Length-2) <= ether.MaxPayload) != f.alias:
			continue
		}
		text := string(f.appendAny(nil, p.bytes(d.Bytes)))
		if text == "" {
			continue
		}
		for _, one := range strings.Split(text, ",") {
			if v, ok := parseUint(one); ok {
				one = strconv.FormatUint(v*factor, 10)
			}
			values = append(values, one)
		}
	}
	return values
}

func TestFieldsAgreeWithTshark(t *testing.T) {
	frames := make([][]byte, len(refereed))
	fields := make([]string, len(sharkFields))
	for i, n := range refereed {
		frames[i] = mustBuild(t, n)
	}
	for i, f := range sharkFields {
		fields[i] = f.theirs
	}
	compared := map[string]int{}
	for i, theirs := range tshark(t, frames, fields) {
		d := Decode(frames[i])
		for _, f := range sharkFields {
			ours := ourValues(d, f.ours, f.factor)
			var want []string
			for _, v := range theirs[f.theirs] {
				if n, ok := parseUint(v); ok {
					v = strconv.FormatUint(n, 10)
				}
				want = append(want, v)
			}
			ours, want = known(f.ours, ours, want)
			if fmt.Sprint(ours) != fmt.Sprint(want) {
				t.Errorf("%s\n%s: %v, tshark's %s: %v", refereed[i], f.ours, ours, f.theirs, want)
			}
			compared[f.ours] += len(ours)
		}
	}
	for _, f := range sharkFields {
		if compared[f.ours] == 0 {
			t.Errorf("no frame has the field %s", f.ours)
		}
	}
}

// known takes out what tshark is known to show in its own way.
func known(name string, ours, theirs []string) ([]string, []string) {
	switch name {
	case "ipv4.version": // it shows an IPv6 header's under the same name
		theirs = slices.DeleteFunc(theirs, func(v string) bool { return v == "6" })
	case "snap.type": // it has names of their own for those of other organisations
		ours = slices.DeleteFunc(ours, func(v string) bool { return v == "267" })
	case "llc.control": // it reads the two bytes of the longer formats low byte first
		ours = slices.DeleteFunc(ours, func(v string) bool { return v == "256" })
		theirs = slices.DeleteFunc(theirs, func(v string) bool { return v == "1" })
	case "lldp.type", "lldp.length": // it has names of their own for the last two
		if n := len(ours); n > 2 {
			ours = ours[:n-2]
		}
	}
	return ours, theirs
}

// What is a bad checksum to us is one to tshark, and the other way round.
func TestChecksumVerdictsAgreeWithTshark(t *testing.T) {
	sums := []struct{ layer, theirs string }{
		{"ipv4", "ip.checksum.status"}, {"icmp", "icmp.checksum.status"}, {"icmpv6", "icmpv6.checksum.status"},
		{"udp", "udp.checksum.status"}, {"tcp", "tcp.checksum.status"}, {"igmp", "igmp.checksum.status"},
	}
	var fields []string
	for _, s := range sums {
		fields = append(fields, s.theirs)
	}
	var frames [][]byte
	for _, n := range refereed {
		b := mustBuild(t, n)
		frames = append(frames, b)
		for _, s := range sums {
			for _, nth := range []string{"[0]", "[1]"} {
				wrong, err := mustEdit(t, s.layer+nth+".checksum=0x1234").Apply(Decode(append([]byte(nil), b...)))
				if err == nil {
					frames = append(frames, wrong)
				}
			}
		}
		d := Decode(b)
		if last := d.Parts[len(d.Parts)-1]; last.Layer == LayerData {
			wrong := append([]byte(nil), b...)
			wrong[len(wrong)-1] ^= 1
			frames = append(frames, wrong)
		}
	}
	bad := 0
	for i, theirs := range tshark(t, frames, fields) {
		d := Decode(frames[i])
		for _, s := range sums {
			ours := 0
			for _, f := range d.Faults {
				if f.Field == s.layer+".checksum" && f.Problem == "bad checksum" {
					ours++
				}
			}
			want, unknown := 0, 0 // tshark does not verify an ICMP message in a quote
			for _, v := range theirs[s.theirs] {
				switch v {
				case "0":
					want++
				case "2":
					unknown++
				}
			}
			bad += want
			if ours < want || ours > want+unknown {
				t.Errorf("%s\n%s: %d bad checksums, tshark %v", d.AppendNotation(nil), s.layer, ours, theirs[s.theirs])
			}
		}
	}
	if bad < 20 {
		t.Errorf("only %d of %d frames were bad: the test shows little", bad, len(frames))
	}
}

// TestEditAgreesWithTcprewrite makes the same changes by both. Padded frames are
// left out: tcprewrite takes the padding into the packet's length.
func TestEditAgreesWithTcprewrite(t *testing.T) {
	needTool(t, "tcprewrite")
	var frames [][]byte
	for _, n := range refereed {
		if b := mustBuild(t, n); len(b) > ether.MinFrame && len(Decode(b).Parts) > 1 && Decode(b).Parts[1].Layer == LayerIPv4 && b[20]&0x3f|b[21] == 0 && b[30] < 224 {
			copy(b, []byte{2, 0, 0, 0, 0, 2}) // it does not replace group addresses
			frames = append(frames, b)
		}
	}
	in := writePcap(t, frames)
	out := in + ".out"
	if text, err := exec.Command("tcprewrite", "--ttl=9", "--enet-dmac=02:00:00:00:00:09", "-i", in, "-o", out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	file, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	e := mustEdit(t, "ipv4.ttl=9", "eth.dst=02:00:00:00:00:09")
	at := 24
	for i, b := range frames {
		n := int(file[at+8]) | int(file[at+9])<<8
		theirs := file[at+16 : at+16+n]
		at += 16 + n
		ours, err := e.Apply(Decode(append([]byte(nil), b...)))
		if err != nil || !bytes.Equal(ours, theirs) {
			t.Errorf("frame %d: %v\nours   %x\ntheirs %x", i, err, ours, theirs)
		}
	}
	if len(frames) < 8 {
		t.Errorf("only %d frames", len(frames))
	}
}
