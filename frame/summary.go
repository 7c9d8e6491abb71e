package frame

import (
	"strconv"

	"eterm/frame/ether"
	"eterm/icmp"
)

func appendInt(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }

// AppendSummary appends one line, without its end and without a time, that
// says what the frame is in the manner of tcpdump -e: addresses, tags, type,
// length in bytes, then the packet. Nothing of the frame's text is in it.
func (d *Decoded) AppendSummary(dst []byte) []byte {
	if len(d.Bytes) < ether.HeaderLen {
		dst = append(dst, "too short for a frame, length "...)
		return d.appendMarks(appendInt(dst, len(d.Bytes)))
	}
	dst = appendMAC(dst, getBits(d.Bytes, 48, 48))
	dst = append(dst, " > "...)
	dst = appendMAC(dst, getBits(d.Bytes, 0, 48))
	i := 1
	typeAt := 12
	for ; i < len(d.Parts) && (d.Parts[i].Layer == LayerVLAN || d.Parts[i].Layer == LayerSVLAN); i++ {
		dst = appendTag(dst, d.be16(typeAt), d.be16(d.Parts[i].Offset))
		typeAt = d.Parts[i].Offset + 2
	}
	dst = d.appendType(append(dst, ", "...), d.be16(typeAt))
	dst = append(dst, ", length "...)
	dst = appendInt(dst, len(d.Bytes))
	for n := 0; i < len(d.Parts); i++ {
		if d.Parts[i].Layer >= LayerSurplus {
			continue
		}
		next, out := d.appendPart(dst, i, n)
		if next {
			n++
		}
		dst = out
	}
	return d.appendMarks(dst)
}

// appendMarks appends what makes the frame unusual.
func (d *Decoded) appendMarks(dst []byte) []byte {
	for i := range d.Faults {
		if d.Faults[i].Problem == "runt" {
			continue
		}
		dst = append(dst, " ["...)
		dst = append(dst, d.Faults[i].Problem...)
		dst = append(dst, ' ')
		dst = append(dst, d.Faults[i].Field...)
		dst = append(dst, ']')
	}
	return dst
}

func appendTag(dst []byte, tpid, tci uint16) []byte {
	dst = append(dst, ", vlan "...)
	dst = appendInt(dst, int(tci&0xfff))
	if tpid != TypeVLAN {
		dst = append(dst, " tpid "...)
		dst = appendHexN(dst, uint64(tpid), 4)
	}
	if p := tci >> 13; p != 0 {
		dst = append(dst, " p "...)
		dst = appendInt(dst, int(p))
	}
	if tci&0x1000 != 0 {
		dst = append(dst, " DEI"...)
	}
	return dst
}

func (d *Decoded) appendType(dst []byte, t uint16) []byte {
	if s := table[typeLayers[t]]; s != nil && s.title != "" {
		return append(dst, s.title...)
	}
	if t <= ether.MaxPayload {
		return append(dst, "802.3"...)
	}
	return appendHexN(append(dst, "ethertype "...), uint64(t), 4)
}

// appendPart appends what one layer says; n is how many spoke before it. It
// reports whether this one did.
func (d *Decoded) appendPart(dst []byte, i, n int) (bool, []byte) {
	p := &d.Parts[i]
	switch p.Layer {
	case LayerLLC, LayerSNAP, LayerHopOpts, LayerDstOpts, LayerRouting, LayerND, LayerMLDRecord, LayerIGMPRecord:
		return false, dst
	case LayerLLDP:
		if d.Parts[i-1].Layer == LayerLLDP {
			return false, dst
		}
	}
	if n == 0 {
		dst = append(dst, ": "...)
	} else {
		dst = append(dst, ", "...)
	}
	b := p.bytes(d.Bytes)
	switch p.Layer {
	case LayerIPv4:
		dst = appendIPv4(dst, b)
	case LayerIPv6:
		dst = appendIP6(dst, b[8:24])
		dst = append(dst, " > "...)
		dst = appendIP6(dst, b[24:40])
	case LayerUDP:
		dst = d.appendCarried(appendPorts(append(dst, "UDP "...), b), p)
	case LayerTCP:
		dst = d.appendCarried(appendTCP(dst, b), p)
	case LayerICMP:
		dst = appendLength(appendICMP(append(dst, "ICMP "...), b), p)
	case LayerICMPv6:
		dst = appendLength(d.appendICMPv6(append(dst, "ICMPv6 "...), p), p)
	case LayerARP:
		dst = appendARP(dst, b)
	case LayerMPLS:
		dst = appendInt(append(dst, "label "...), int(getBits(b, 0, 20)))
	case LayerData:
		dst = appendInt(append(dst, "data "...), p.Length)
		dst = append(dst, " bytes"...)
	default:
		dst = append(dst, p.Layer.String()...)
		if table[p.Layer].lead >= 0 && p.Layer != LayerLLDP {
			dst = d.appendLead(append(dst, ' '), p)
		}
	}
	return true, dst
}

func appendIPv4(dst, b []byte) []byte {
	dst = appendIP4(dst, getBits(b, 96, 32))
	dst = append(dst, " > "...)
	dst = appendIP4(dst, getBits(b, 128, 32))
	if f := getBits(b, 48, 16); f&0x3fff != 0 {
		dst = append(dst, ", fragment at "...)
		dst = appendInt(dst, int(f&0x1fff)*8)
	}
	return dst
}

// appendLength appends the length of a message with all it carries.
func appendLength(dst []byte, p *Part) []byte {
	return appendInt(append(dst, ", length "...), p.end-p.Offset)
}

func (d *Decoded) appendICMPv6(dst []byte, p *Part) []byte {
	b := p.bytes(d.Bytes)
	dst = d.appendLead(dst, p)
	switch {
	case b[0] == 128 || b[0] == 129:
		dst = appendEcho(dst, b)
	case (b[0] == 135 || b[0] == 136) && len(b) >= 24:
		dst = appendIP6(append(dst, ' '), b[8:24])
	}
	return dst
}

// appendLead appends the name of a layer's lead value, or its number.
func (d *Decoded) appendLead(dst []byte, p *Part) []byte {
	s := table[p.Layer]
	f := &s.forms[p.form].fields[s.lead]
	v := f.get(d.Bytes, p.Offset)
	if n := f.words.under(v).name(v); n != "" {
		return append(dst, n...)
	}
	return strconv.AppendUint(append(dst, "type "...), v, 10)
}

// appendCarried appends how many bytes of data a layer carries.
func (d *Decoded) appendCarried(dst []byte, p *Part) []byte {
	dst = append(dst, ", length "...)
	return appendInt(dst, p.end-p.Offset-p.Length)
}

func appendPorts(dst, b []byte) []byte {
	dst = appendInt(dst, int(getBits(b, 0, 16)))
	dst = append(dst, " > "...)
	return appendInt(dst, int(getBits(b, 16, 16)))
}

func appendEcho(dst, b []byte) []byte {
	dst = append(dst, ", id "...)
	dst = appendInt(dst, int(getBits(b, 32, 16)))
	dst = append(dst, ", seq "...)
	return appendInt(dst, int(getBits(b, 48, 16)))
}

func appendICMP(dst, b []byte) []byte {
	switch t := icmp.Type(b[0]); t {
	case icmp.Echo:
		return appendEcho(append(dst, "echo request"...), b)
	case icmp.EchoReply:
		return appendEcho(append(dst, "echo reply"...), b)
	default:
		if icmpTypes().name(uint64(t)) == "" {
			return appendInt(append(dst, "type "...), int(t))
		}
		dst = append(dst, t.String()...)
		if n := t.CodeName(b[1]); n != "" {
			dst = append(dst, ": "...)
			return append(dst, n...)
		}
		return dst
	}
}

func appendARP(dst, b []byte) []byte {
	switch getBits(b, 48, 16) {
	case 1:
		dst = append(dst, "request who-has "...)
		dst = appendIP4(dst, getBits(b, 192, 32))
		dst = append(dst, " tell "...)
		return appendIP4(dst, getBits(b, 112, 32))
	case 2:
		dst = append(dst, "reply "...)
		dst = appendIP4(dst, getBits(b, 112, 32))
		dst = append(dst, " is-at "...)
		return appendMAC(dst, getBits(b, 64, 48))
	}
	return appendInt(append(dst, "operation "...), int(getBits(b, 48, 16)))
}

func appendTCP(dst, b []byte) []byte {
	dst = appendPorts(append(dst, "TCP "...), b)
	dst = append(dst, " ["...)
	for i, c := range "FSRP.UEW" { // tcpdump's letters, bit 0 first; the dot is ack
		if b[13]>>i&1 != 0 {
			dst = append(dst, byte(c))
		}
	}
	dst = append(dst, "], seq "...)
	dst = strconv.AppendUint(dst, getBits(b, 32, 32), 10)
	if b[13]&0x10 != 0 {
		dst = append(dst, ", ack "...)
		dst = strconv.AppendUint(dst, getBits(b, 64, 32), 10)
	}
	return dst
}
