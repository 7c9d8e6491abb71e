package frame_test

import (
	"errors"
	"fmt"
	"net"

	"eterm/frame"
)

func ExampleParse() {
	t, err := frame.Parse(`eth dst=02:00:00:00:00:02 / vlan id=10 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp id=7 seq=1..2 / text "hello"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	t.Source(net.HardwareAddr{2, 0, 0, 0, 0, 1})
	for range 2 {
		fmt.Printf("%s\n", frame.Decode(t.Append(nil)).AppendNotation(nil))
	}
	// Output:
	// eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=10 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=7 seq=1 / text "hello"
	// eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=10 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=7 seq=2 / text "hello"
}

func ExampleSyntaxError() {
	_, err := frame.Parse("eth / ipv4 src=192.0.2.1 ttl=300 / icmp")
	var syntax *frame.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Println(syntax)
		fmt.Println(syntax.Caret())
	}
	// Output:
	// 300 is too large for ttl: 0 to 255, at column 30
	// eth / ipv4 src=192.0.2.1 ttl=300 / icmp
	//                              ^^^
}

func ExampleEdit() {
	t, _ := frame.Parse("eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp id=7 seq=1")
	var e frame.Edit
	for _, change := range []string{"ipv4.ttl=1", "icmp.checksum=0"} {
		if err := e.Set(change); err != nil {
			fmt.Println(err)
		}
	}
	d := frame.Decode(t.Append(nil))
	if _, err := e.Apply(d); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%s\n", d.AppendNotation(nil))
	for _, f := range d.Faults {
		fmt.Printf("%s\n", f.Append(nil))
	}
	// Output:
	// eth dst=ff:ff:ff:ff:ff:ff src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 ttl=1 / icmp echo-request id=7 seq=1 checksum=0x0000
	// icmp.checksum at 36: bad checksum: 0x0000, should be 0xf7f7
}

func ExampleDiff() {
	sent, _ := frame.Parse("eth src=02:00:00:00:00:01 / vlan id=10 pcp=3 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp / count 20")
	arrived, _ := frame.Parse("eth src=02:00:00:00:00:01 / vlan id=10 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp / count 20")
	for _, d := range frame.Diff(frame.Decode(sent.Append(nil)), frame.Decode(arrived.Append(nil))) {
		fmt.Println(d.Layer, d.Field, d.A, d.B)
	}
	// Output:
	// vlan pcp 3 0
}
