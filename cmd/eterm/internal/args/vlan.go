package args

import (
	"fmt"
	"strconv"
	"strings"

	"eterm/frame"
)

// NoTags is the value of -Q that stands for no tag at all, where frames are made:
// those of a file lose what tags they have.
const NoTags = "none"

// VLANs is a stack of tags, outer first.
type VLANs []frame.VLAN

// Set reads what was typed; its error says what is wanted.
func (v *VLANs) Set(s string) error {
	*v = nil
	if s == NoTags {
		return nil
	}
	for _, tag := range strings.Split(s, ",") {
		pcp, vid, hasPCP := strings.Cut(tag, ":")
		if !hasPCP {
			pcp, vid = "0", tag
		}
		p, err := strconv.ParseUint(pcp, 10, 8)
		if err != nil || p > 7 {
			return fmt.Errorf("priority %q: want 0 to 7 in [PCP:]VID", pcp)
		}
		id, err := strconv.ParseUint(vid, 10, 16)
		if err != nil || id > 4094 {
			return fmt.Errorf("vlan %q: want 0 to 4094", vid)
		}
		*v = append(*v, frame.VLAN{PCP: uint8(p), ID: uint16(id)})
	}
	return nil
}

func (v *VLANs) String() string {
	var tags []string
	for _, t := range *v {
		tags = append(tags, fmt.Sprintf("%d:%d", t.PCP, t.ID))
	}
	return strings.Join(tags, ",")
}
