package frame

import "strconv"

// Fault is one thing that is wrong with a frame.
type Fault struct {
	Field   string // layer.field, such as ipv4.checksum; a layer alone if the whole of it is meant
	Offset  int    // of the field's first byte in the frame
	Got     string // what is there, written as in the notation
	Want    string // what should be; "" where no one value is right
	Problem string
}

// fault notes a fault, unless it is in what an ICMP error quotes: that is
// somebody else's packet, cut short by design.
func (d *Decoded) fault(field string, offset int, got, want, problem string) {
	if !d.walk.quoted {
		d.note(field, offset, got, want, problem)
	}
}

// note notes a fault wherever it is.
func (d *Decoded) note(field string, offset int, got, want, problem string) {
	if len(d.Faults) < maxFaults {
		d.Faults = append(d.Faults, Fault{field, offset, got, want, problem})
	}
}

// cut notes that a header is cut short, unless the capture did it, and makes
// data of what there is.
func (d *Decoded) cut(l Layer, need int) Layer {
	if there := d.left() + d.walk.beyond; there < need {
		d.fault(l.String(), d.walk.off, strconv.Itoa(there), strconv.Itoa(need), "short header")
	}
	return LayerData
}

// lengthFault notes a packet's length that cannot be: beyond what there was, or
// below the header it counts. Checksums that cover the packet cannot be known.
// It returns the length to take: what is stated if capturing alone cut it
// short, else all there was. Call it before the packet's region is pushed.
func (d *Decoded) lengthFault(field string, offset, got, header, avail int) int {
	d.walk.unverified = true
	whole := avail + d.walk.beyond
	if got >= header && got <= whole {
		return got
	}
	d.fault(field, offset, strconv.Itoa(got), strconv.Itoa(whole), lengthProblem(got < header))
	return whole
}

// headerFault notes a header's length that cannot be; got is as the field
// counts it, which is n bytes.
func (d *Decoded) headerFault(field string, offset, got, n int, below bool) {
	if !below && n <= d.left()+d.walk.beyond {
		return
	}
	d.fault(field, offset, strconv.Itoa(got), "", lengthProblem(below))
}

func lengthProblem(below bool) string {
	if below {
		return "length below the header's"
	}
	return "length beyond the frame"
}

// sumFault notes a checksum that is not right, in a quote too if the packet
// there is whole.
func (d *Decoded) sumFault(field string, i, at int) {
	p := &d.Parts[i]
	got := d.be16(p.Offset + at)
	d.note(field, p.Offset+at, hex16(got), hex16(d.checksum(i)), "bad checksum")
}

func hex16(v uint16) string {
	const digits = "0123456789abcdef"
	return string([]byte{'0', 'x', digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15]})
}
