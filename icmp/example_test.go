package icmp_test

import (
	"fmt"
	"net/netip"

	"eterm/icmp"
	"eterm/ipv4"
)

// An echo request is built by hand, the ICMP message first, as the IPv4 header
// states its length. Both checksums are filled in.
func Example() {
	message := icmp.NewEcho(7, 1, []byte("hello")).Append(nil)
	packet, err := ipv4.Header{
		TTL: 64, Protocol: ipv4.ProtocolICMP,
		Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2"),
	}.Append(nil, len(message))
	if err != nil {
		fmt.Println(err)
		return
	}
	packet = append(packet, message...)
	fmt.Printf("%x\n%x\n", packet[:ipv4.HeaderLen], packet[ipv4.HeaderLen:])
	// Output:
	// 45000021000000004001f6d8c0000201c0000202
	// 0800b4250007000168656c6c6f
}

// What was received is verified layer by layer: padding goes by the length that
// the IPv4 header states, before the message's checksum is asked for.
func ExampleParse() {
	request := icmp.NewEcho(7, 1, []byte("hello")).Append(nil)
	packet, _ := ipv4.Header{
		TTL: 64, Protocol: ipv4.ProtocolICMP,
		Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2"),
	}.Append(nil, len(request))
	received := append(append(packet, request...), make([]byte, 13)...) // padded to Ethernet's least

	h, n, total, err := ipv4.Parse(received)
	if err != nil {
		fmt.Println(err)
		return
	}
	body := received[n:total]
	m, err := icmp.Parse(body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(h.Src, h.Dst, "header", ipv4.Valid(received[:n]))
	fmt.Println(m.Type, m.ID(), m.Seq(), string(m.Body), "message", ipv4.Valid(body), "known", m.Type.Known(m.Code))

	reply, ok := m.Reply(nil, 0)
	fmt.Println(reply.Type, ok)

	received[n+8] ^= 1 // a bit falls over on the way
	fmt.Println("message", ipv4.Valid(body))
	// Output:
	// 192.0.2.1 192.0.2.2 header true
	// Echo 7 1 hello message true known true
	// Echo Reply true
	// message false
}

// An error message quotes the packet it complains about, and so says which
// probe it belongs to.
func ExampleMessage_Quote() {
	probe := icmp.NewEcho(7, 42, nil).Append(nil)
	packet, _ := ipv4.Header{
		TTL: 1, Protocol: ipv4.ProtocolICMP,
		Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("198.51.100.9"),
	}.Append(nil, len(probe))
	complaint := icmp.NewError(icmp.TimeExceeded, icmp.TTLExceeded, 0, append(packet, probe...))

	q, ok := complaint.Quote()
	id, seq, isEcho := q.Echo()
	fmt.Println(ok, q.Header.Dst, isEcho, id, seq)
	// Output:
	// true 198.51.100.9 true 7 42
}
