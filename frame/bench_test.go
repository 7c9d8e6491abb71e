package frame

import (
	"net/netip"
	"testing"

	"eterm/icmp"
	"eterm/ipv4"
)

// The echo request of 98 bytes that all figures are for.
const echo98 = `eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=7 seq=1 / count 56`

// BenchmarkDecode takes a frame apart and verifies its checksums.
func BenchmarkDecode(b *testing.B) {
	f := mustBuild(b, echo98)
	var d Decoded
	b.ReportAllocs()
	for b.Loop() {
		d.Decode(f)
	}
	if len(d.Parts) != 4 || len(d.Faults) != 0 {
		b.Fatal(d.Parts, d.Faults)
	}
}

// BenchmarkBuild writes a frame from values, checksums filled in.
func BenchmarkBuild(b *testing.B) {
	data := make([]byte, 56)
	eth := Ethernet{Dst: macB, Src: macA, EtherType: TypeIPv4}
	ip := ipv4.Header{TTL: 64, Protocol: 1, Src: netip.AddrFrom4([4]byte{192, 0, 2, 1}), Dst: netip.AddrFrom4([4]byte{192, 0, 2, 2})}
	buf := make([]byte, 0, 128)
	seq := uint16(0)
	b.ReportAllocs()
	for b.Loop() {
		seq++
		buf, _ = eth.AppendHeader(buf[:0])
		buf, _ = ip.Append(buf, 8+len(data))
		buf = icmp.NewEcho(7, seq, data).Append(buf)
	}
	if d := Decode(buf); len(d.Faults) != 0 || len(d.Bytes) != 98 {
		b.Fatal(d.Faults)
	}
}

// BenchmarkPatch writes the next frame of a template over the last.
func BenchmarkPatch(b *testing.B) {
	tpl, err := Parse(`ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=7 seq=0..65535 / count 56`)
	if err != nil {
		b.Fatal(err)
	}
	buf := tpl.Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		tpl.Patch(buf)
	}
}

// BenchmarkTemplateAppend copies the next frame of a template out.
func BenchmarkTemplateAppend(b *testing.B) {
	tpl, err := Parse(`ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=7 seq=0..65535 / count 56`)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 128)
	b.ReportAllocs()
	for b.Loop() {
		buf = tpl.Append(buf[:0])
	}
}

// Printing and reading a frame, as eterm decode and eterm build do it.
func BenchmarkPrint(b *testing.B) {
	d := Decode(mustBuild(b, echo98))
	for _, c := range []struct {
		name   string
		append func([]byte) []byte
	}{
		{"notation", d.AppendNotation},
		{"summary", d.AppendSummary},
		{"json", d.AppendJSON},
		{"tree", d.AppendTree},
		{"dump", func(dst []byte) []byte { return d.AppendDump(dst, DumpOptions{}) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			buf := make([]byte, 0, 8192)
			b.ReportAllocs()
			for b.Loop() {
				buf = c.append(buf[:0])
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	var tpl Template
	b.ReportAllocs()
	for b.Loop() {
		if err := tpl.Parse(echo98); err != nil {
			b.Fatal(err)
		}
	}
}
