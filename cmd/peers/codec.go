package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"eterm/frame"
	"eterm/icmp"
	"eterm/ipv4"
)

// echoData is what the echo requests of the table carry, as ping's do.
const echoData = 56

// echoRequests are the frames of the table as notation.
const echoRequests = "ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=7 seq=0..65535 / count 56"

// codec fills the table of building and taking apart one frame, an ICMP echo
// request of 98 bytes. Both build both checksums; gopacket's decoding verifies
// none.
func (b *bench) codec(ctx context.Context) error {
	type library struct {
		name string
		does func(n int) error
	}
	for _, job := range []struct {
		title     string
		libraries []library
	}{
		{"Build an echo request of 98 bytes", []library{{"eterm", buildEterm}, {"eterm, next of a template", patchEterm}, {"gopacket", buildGopacket}}},
		{"Decode an echo request of 98 bytes", []library{{"eterm, checksums verified", decodeEterm}, {"gopacket, DecodingLayerParser", decodeGopacket}}},
	} {
		var tools []tool
		does := map[string]func(n int) error{}
		for _, l := range job.libraries {
			if b.tools.MatchString(l.name) {
				tools = append(tools, tool{name: l.name})
				does[l.name] = l.does
			}
		}
		all, err := b.interleave(ctx, tools, func(_ context.Context, t tool) (sample, error) {
			return cost(does[t.name], b.short)
		})
		if err != nil {
			return err
		}
		b.print(job.title, []string{"library", "ns", "allocations"}, all, func(m measured) []string {
			return []string{fmt.Sprintf("%.1f", m.median(0)), fmt.Sprintf("%.1f", m.median(1))}
		})
	}
	return nil
}

// cost is the time in ns and the allocations of one go at a job.
func cost(job func(n int) error, short bool) (sample, error) {
	n := 2_000_000
	if short {
		n = 1000
	}
	if err := job(100); err != nil {
		return nil, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	err := job(n)
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	return sample{float64(took.Nanoseconds()) / float64(n), float64(after.Mallocs-before.Mallocs) / float64(n)}, err
}

func buildEterm(n int) error {
	data, buf := make([]byte, echoData), make([]byte, 0, 128)
	eth := frame.Ethernet{Dst: macBytes(targetMAC), Src: macBytes(sourceMAC), EtherType: frame.TypeIPv4}
	ip := ipv4.Header{TTL: 64, Protocol: 1, Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2")}
	for i := range n {
		var err, err2 error
		buf, err = eth.AppendHeader(buf[:0])
		buf, err2 = ip.Append(buf, 8+echoData)
		if err != nil || err2 != nil {
			return errors.Join(err, err2)
		}
		buf = icmp.NewEcho(7, uint16(i), data).Append(buf)
	}
	return whole(buf)
}

func patchEterm(n int) error {
	t, err := frame.Parse(echoRequests)
	if err != nil {
		return err
	}
	buf := t.Append(nil)
	for range n {
		t.Patch(buf)
	}
	return whole(buf)
}

func buildGopacket(n int) error {
	eth := &layers.Ethernet{DstMAC: macBytes(targetMAC), SrcMAC: macBytes(sourceMAC), EthernetType: layers.EthernetTypeIPv4}
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolICMPv4, SrcIP: net.IP{192, 0, 2, 1}, DstIP: net.IP{192, 0, 2, 2}}
	echo := &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(layers.ICMPv4TypeEchoRequest, 0), Id: 7}
	data := gopacket.Payload(make([]byte, echoData))
	buf := gopacket.NewSerializeBuffer()
	for i := range n {
		echo.Seq = uint16(i)
		if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, eth, ip, echo, data); err != nil {
			return err
		}
	}
	return whole(buf.Bytes())
}

// whole says whether b is the frame of the table, both checksums right.
func whole(b []byte) error {
	if d := frame.Decode(b); len(d.Faults) > 0 || len(b) != 42+echoData {
		return fmt.Errorf("built %d bytes: %v", len(b), d.Faults)
	}
	return nil
}

func decodeEterm(n int) error {
	b, err := echoRequest()
	if err != nil {
		return err
	}
	var d frame.Decoded
	for range n {
		d.Decode(b)
	}
	if len(d.Parts) != 4 || len(d.Faults) > 0 {
		return fmt.Errorf("decoded as %v, %v", d.Parts, d.Faults)
	}
	return nil
}

func decodeGopacket(n int) error {
	b, err := echoRequest()
	if err != nil {
		return err
	}
	var eth layers.Ethernet
	var ip layers.IPv4
	var echo layers.ICMPv4
	var data gopacket.Payload
	var found []gopacket.LayerType
	parser := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &eth, &ip, &echo, &data)
	for range n {
		if err := parser.DecodeLayers(b, &found); err != nil {
			return err
		}
	}
	if len(found) != 4 {
		return fmt.Errorf("decoded as %v", found)
	}
	return nil
}

func echoRequest() ([]byte, error) {
	t, err := frame.Parse(echoRequests)
	if err != nil {
		return nil, err
	}
	return t.Append(nil), nil
}
