package main

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"eterm/iface"
)

// appendFrameJSON writes a frame as one JSON object on a line. Nothing in it
// needs escaping: there are only numbers, hex digits and our own words.
func appendFrameJSON(dst []byte, direction string, r iface.Received) []byte {
	b := r.Bytes
	dst = append(dst, `{"type":"frame","direction":`...)
	if direction == wasSent {
		dst = append(dst, `"sent"`...)
	} else {
		dst = append(dst, `"received"`...)
	}
	dst = append(dst, `,"time":"`...)
	dst = r.At.UTC().AppendFormat(dst, "2006-01-02T15:04:05.")
	dst = appendNanoseconds(dst, r.At.Nanosecond())
	dst = append(dst, `Z","length":`...)
	dst = appendInt(dst, r.Length)
	if len(b) >= 14 {
		dst = appendAddressesJSON(dst, b)
	}
	dst = append(dst, `,"hex":"`...)
	dst = hex.AppendEncode(dst, b)
	return append(dst, "\"}\n"...)
}

func appendAddressesJSON(dst, b []byte) []byte {
	dst = append(dst, `,"src":"`...)
	dst = appendMAC(dst, b[6:12])
	dst = append(dst, `","dst":"`...)
	dst = appendMAC(dst, b[:6])
	tags, etherType := tagsOf(b)
	dst = append(dst, `","ethertype":"`...)
	dst = append(appendEtherType(dst, etherType), `","vlan":[`...)
	for i, tag := range tags {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"id":`...)
		dst = appendInt(dst, int(tag.tci&0xfff))
		dst = append(dst, `,"pcp":`...)
		dst = appendInt(dst, int(tag.tci>>13))
		dst = append(dst, `,"dei":`...)
		dst = strconv.AppendBool(dst, tag.tci&0x1000 != 0)
		dst = append(dst, `,"tpid":"`...)
		dst = append(appendEtherType(dst, tag.tpid), `"}`...)
	}
	return append(dst, ']')
}

type vlanTag struct{ tpid, tci uint16 }

// tagsOf walks the VLAN tags of a frame with a whole header and returns them,
// outer first, with the type behind them (IEEE 802.1Q-2022, 9.4 to 9.6).
func tagsOf(b []byte) (tags []vlanTag, etherType uint16) {
	for at := 12; ; at += 4 {
		etherType = binary.BigEndian.Uint16(b[at:])
		isTag := etherType == 0x8100 || etherType == 0x88a8 || etherType == 0x9100
		if !isTag || len(b) < at+6 {
			return tags, etherType
		}
		tags = append(tags, vlanTag{etherType, binary.BigEndian.Uint16(b[at+2:])})
	}
}
