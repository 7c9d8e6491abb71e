package switchtest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// Change says how a frame that arrived differs from the one sent. The zero
// value is no difference.
type Change struct {
	// Addresses is set when destination or source differ.
	Addresses bool
	// Stripped and Added are tags taken off or put on in front.
	Stripped, Added int
	// Retagged is set when a tag is there with another TPID, VID or priority.
	Retagged bool
	// VID, PCP and DEI of the outer tag as it arrived, if there is one.
	VID, PCP uint16
	DEI      bool
	// Padding is how many bytes came behind the end of what was sent.
	Padding int
	// Leak is set when that padding is not zeros.
	Leak bool
	// Cut is how many bytes are missing at the end.
	Cut int
	// Payload is set when a byte behind the tags differs, At is where in the
	// frame that arrived.
	Payload bool
	At      int
}

// None says whether the frame arrived as it was sent.
func (c Change) None() bool { return c.onlyTag() && c.Stripped+c.Added == 0 && !c.Retagged }

// onlyTag says whether nothing but tags was changed. Zeros up to the shortest
// frame are what a sender puts behind a frame that became too short.
func (c Change) onlyTag() bool {
	return !c.Addresses && !c.Leak && c.Cut == 0 && !c.Payload && c.Padding <= shortest
}

// compare finds the change between a frame sent and one that arrived.
func compare(sent, got []byte) Change {
	if bytes.Equal(sent, got) {
		var c Change
		c.outer(got)
		return c
	}
	if len(got) < headerLen || len(sent) < headerLen {
		return Change{Cut: max(len(sent)-len(got), 0), Payload: true}
	}
	var c Change
	c.Addresses = !bytes.Equal(sent[:12], got[:12])
	c.outer(got)
	was, is := tagsOf(sent), tagsOf(got)
	c.compareTags(was, is)
	c.compareRest(sent[12+4*len(was):], got[12+4*len(is):], 12+4*len(is), len(got))
	return c
}

func (c *Change) compareTags(was, is []tag) {
	c.Stripped, c.Added = max(len(was)-len(is), 0), max(len(is)-len(was), 0)
	for i := range min(len(was), len(is)) {
		if was[len(was)-1-i] != is[len(is)-1-i] {
			c.Retagged = true
		}
	}
}

// compareRest compares what is behind the tags; at is where that starts in the
// frame that arrived, whose length is total.
func (c *Change) compareRest(sent, got []byte, at, total int) {
	n := min(len(sent), len(got))
	for i := range n {
		if sent[i] != got[i] {
			c.Payload, c.At = true, at+i
			return
		}
	}
	c.Cut = len(sent) - n
	for _, b := range got[n:] {
		c.Padding++
		c.Leak = c.Leak || b != 0
	}
	// Zeros beyond the shortest frame are not padding any more.
	if c.Padding > 0 && total > shortest+4*2 {
		c.Payload, c.At = true, at+n
	}
}

// tagsOf are the tags of a frame, outer first, with the TPIDs 802.1Q knows.
func tagsOf(b []byte) []tag {
	var tags []tag
	for at := 12; at+6 <= len(b) && len(tags) < 4; at += 4 {
		tpid := binary.BigEndian.Uint16(b[at:])
		if tpid != 0x8100 && tpid != 0x88a8 {
			break
		}
		tags = append(tags, tag{tpid, binary.BigEndian.Uint16(b[at+2:])})
	}
	return tags
}

// outer notes the outer tag of the frame that arrived.
func (c *Change) outer(got []byte) {
	if t := tagsOf(got); len(t) > 0 {
		c.VID, c.PCP, c.DEI = t[0].tci&0xfff, t[0].tci>>13, t[0].tci&0x1000 != 0
	}
}

// String says what was changed, in a few words.
func (c Change) String() string {
	var s []string
	say := func(yes bool, format string, args ...any) {
		if yes {
			s = append(s, fmt.Sprintf(format, args...))
		}
	}
	say(c.Addresses, "addresses changed")
	say(c.Stripped > 0, "tag taken off")
	say(c.Added > 0, "tag of VLAN %d put on", c.VID)
	say(c.Retagged && !c.DEI, "tag changed to VLAN %d priority %d", c.VID, c.PCP)
	say(c.Retagged && c.DEI, "tag changed to VLAN %d priority %d, drop eligible", c.VID, c.PCP)
	say(c.Cut > 0, "%d bytes cut off", c.Cut)
	say(c.Leak, "%d bytes of padding that are not zero", c.Padding)
	say(c.Padding > 0 && !c.Leak, "%d zeros behind it", c.Padding)
	say(c.Payload, "byte %d changed", c.At)
	if s == nil {
		return "unchanged"
	}
	return strings.Join(s, ", ")
}
