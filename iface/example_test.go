package iface_test

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"eterm/frame/ether"
	"eterm/icmp"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/ipv4"
)

// ping sends an echo request from one address to another by a port, and waits a
// second for the reply to it.
func ping(port iface.Port, to net.HardwareAddr, src, dst netip.Addr, id, seq uint16) (icmp.Message, error) {
	message := icmp.NewEcho(id, seq, []byte("hello")).Append(nil)
	frame := ether.Header{Dst: to, Src: port.HardwareAddr(), Type: 0x0800}.Append(nil)
	frame, err := ipv4.Header{TTL: 64, Protocol: ipv4.ProtocolICMP, Src: src, Dst: dst}.Append(frame, len(message))
	if err != nil {
		return icmp.Message{}, err
	}
	frame = append(frame, message...)
	for len(frame) < 60 { // IEEE 802.3: 64 bytes with the FCS
		frame = append(frame, 0)
	}
	if _, err := port.Send([][]byte{frame}); err != nil {
		return icmp.Message{}, err
	}
	if err := port.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
		return icmp.Message{}, err
	}
	received := make([]iface.Received, 16)
	for {
		n, err := port.Receive(received)
		if err != nil {
			return icmp.Message{}, err
		}
		for _, r := range received[:n] {
			from, m, ok := echo(r.Bytes)
			if ok && from == dst && m.Type == icmp.EchoReply && m.ID() == id && m.Seq() == seq {
				return m, nil
			}
		}
	}
}

// echo takes a frame apart, if it is ICMP in IPv4 and its checksums are right.
func echo(frame []byte) (src netip.Addr, m icmp.Message, ok bool) {
	eth, packet, err := ether.Parse(frame)
	if err != nil || eth.Type != 0x0800 {
		return src, m, false
	}
	ip, header, total, err := ipv4.Parse(packet) // what is behind total is padding
	if err != nil || total > len(packet) || ip.Protocol != ipv4.ProtocolICMP || !ipv4.Valid(packet[:header]) || !ipv4.Valid(packet[header:total]) {
		return src, m, false
	}
	m, err = icmp.Parse(packet[header:total])
	return ip.Src, m, err == nil
}

// A ping of one's own, here on a wire in memory. On a real interface the port
// is that of iface.Open("eth0", iface.Options{Immediate: true}).
func Example_ping() {
	a, b := ifacetest.Wire()
	defer a.Close()
	defer b.Close()
	left, right := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	go replyOnce(b, right)

	reply, err := ping(a, b.HardwareAddr(), left, right, 7, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(reply.Type, reply.ID(), reply.Seq(), string(reply.Body))
	// Output: Echo Reply 7 1 hello
}

// replyOnce answers the first echo request as the host with that address.
func replyOnce(port iface.Port, as netip.Addr) {
	received := make([]iface.Received, 1)
	if n, err := port.Receive(received); err != nil || n == 0 {
		return
	}
	from, request, ok := echo(received[0].Bytes)
	if !ok {
		return
	}
	eth, _, _ := ether.Parse(received[0].Bytes)
	reply, _ := request.Reply(nil, 0)
	message := reply.Append(nil)
	frame := eth.Back(port.HardwareAddr()).Append(nil)
	frame, err := ipv4.Header{TTL: 64, Protocol: ipv4.ProtocolICMP, Src: as, Dst: from}.Append(frame, len(message))
	if err == nil {
		_, _ = port.Send([][]byte{append(frame, message...)}) // the example would show that no reply came
	}
}
