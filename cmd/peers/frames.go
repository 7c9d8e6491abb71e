package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"eterm/frame/ether"
	"eterm/frame/udp"
	"eterm/ipv4"
)

// lengths are the frames' lengths that tables are made for.
func (b *bench) lengths() []int {
	if b.short {
		return []int{64}
	}
	return []int{64, 1514}
}

// testFrame is a UDP datagram to the target, length bytes without FCS.
func testFrame(length int) []byte {
	data := make([]byte, length-ether.HeaderLen-ipv4.HeaderLen-udp.HeaderLen)
	h := ipv4.Header{TTL: 64, Protocol: udp.Protocol, Src: netip.MustParseAddr("10.99.1.1"), Dst: netip.MustParseAddr("10.99.1.9")}
	frame := append(macBytes(targetMAC), macBytes(sourceMAC)...)
	frame, err := h.Append(append(frame, 0x08, 0x00), udp.HeaderLen+len(data))
	if err == nil { // to the discard port (RFC 863)
		frame, err = udp.Header{Src: 1234, Dst: 9}.Append(frame, h.Src, h.Dst, data)
	}
	if err != nil {
		panic(err) // the lengths are this program's own
	}
	return frame
}

func macBytes(s string) []byte {
	var b [6]byte
	fmt.Sscanf(s, "%02x:%02x:%02x:%02x:%02x:%02x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5])
	return b[:]
}

// files are one test frame in the forms that tools read.
type files struct {
	trafgen string // its configuration
	pcap    string // a thousand times, for tcpreplay
	one     string // once, for eterm
	hex     string // for mausezahn
}

func (b *bench) files(length int) (files, error) {
	frame := testFrame(length)
	base := filepath.Join(b.workDir, fmt.Sprint(length))
	f := files{trafgen: base + ".cfg", pcap: base + ".pcap", one: base + "-one.pcap", hex: spelled(frame, "", ":")}
	for name, content := range map[string][]byte{
		f.trafgen: []byte("{ " + spelled(frame, "0x", ",") + " }\n"),
		f.pcap:    capture(frame, 1000),
		f.one:     capture(frame, 1),
	} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			return f, err
		}
	}
	return f, nil
}

func spelled(frame []byte, prefix, between string) string {
	var words []string
	for _, x := range frame {
		words = append(words, fmt.Sprintf("%s%02x", prefix, x))
	}
	return strings.Join(words, between)
}

// capture is a pcap file with a frame n times, a microsecond apart.
func capture(frame []byte, n int) []byte {
	var b bytes.Buffer
	w := func(v ...uint32) { binary.Write(&b, binary.LittleEndian, v) }
	w(0xa1b2c3d4, 2|4<<16, 0, 0, 65535, 1)
	for i := range n {
		w(0, uint32(i), uint32(len(frame)), uint32(len(frame)))
		b.Write(frame)
	}
	return b.Bytes()
}
