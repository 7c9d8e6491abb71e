package main

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"eterm/frame/ether"
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
	for at := 0; at < len(tags); at += 4 {
		if at > 0 {
			dst = append(dst, ',')
		}
		tci := binary.BigEndian.Uint16(tags[at+2:])
		dst = append(dst, `{"id":`...)
		dst = appendInt(dst, int(tci&0xfff))
		dst = append(dst, `,"pcp":`...)
		dst = appendInt(dst, int(tci>>13))
		dst = append(dst, `,"dei":`...)
		dst = strconv.AppendBool(dst, tci&0x1000 != 0)
		dst = append(dst, `,"tpid":"`...)
		dst = append(appendEtherType(dst, binary.BigEndian.Uint16(tags[at:])), `"}`...)
	}
	return append(dst, ']')
}

// tagsOf is the VLAN tags of a frame with a whole header, outer first, 4 bytes
// each, and the type behind them. Of a frame that ends within a tag it is no
// tags and the first TPID.
func tagsOf(b []byte) (tags []byte, etherType uint16) {
	first := binary.BigEndian.Uint16(b[12:])
	if !ether.IsTag(first) {
		return nil, first
	}
	h, _, err := ether.Parse(b)
	if err != nil {
		return nil, first
	}
	return h.Tags, h.Type
}
