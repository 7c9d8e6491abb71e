package lab

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"eterm/iface/ifacetest"
)

// SwitchSpec is how a switch of our own between left and right is set.
type SwitchSpec struct{ options []ifacetest.Option }

// ParseSwitch reads words such as "ageing=10s addresses=64 left=1,20t,30t right=20":
// how long a silent station is remembered, how many are, and the VLANs of each port,
// those with a t behind them tagged, one at most without. A switch of which no VLAN
// is named is transparent; a port that is not named is in VLAN 1, untagged.
func ParseSwitch(text string) (s SwitchSpec, err error) {
	given := map[string]bool{}
	for _, word := range strings.Fields(text) {
		key, value, _ := strings.Cut(word, "=")
		if given[key] {
			return s, fmt.Errorf("%s is given twice", key)
		}
		given[key] = true
		var o ifacetest.Option
		switch key {
		case "own":
			continue
		case "ageing":
			var d time.Duration
			if d, err = time.ParseDuration(value); err != nil || d <= 0 {
				return s, fmt.Errorf("ageing %q: want a time such as 10s", value)
			}
			o = ifacetest.Ageing(d)
		case "addresses":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return s, fmt.Errorf("addresses %q: want a number from 1", value)
			}
			o = ifacetest.Capacity(n)
		case "left", "right":
			m, err := parseMembership(value)
			if err != nil {
				return s, fmt.Errorf("%s %q: %w", key, value, err)
			}
			o = ifacetest.VLANs(map[string]int{"left": 0, "right": 1}[key], m)
		default:
			return s, fmt.Errorf("%q: want own, ageing=TIME, addresses=N, left=VLANS, right=VLANS", word)
		}
		s.options = append(s.options, o)
	}
	return s, nil
}

// parseMembership reads VIDs, those with a t behind them tagged.
func parseMembership(text string) (m ifacetest.Membership, err error) {
	for _, word := range strings.Split(text, ",") {
		number, tagged := strings.CutSuffix(word, "t")
		vid, err := strconv.ParseUint(number, 10, 16)
		switch {
		case err != nil || vid < 1 || vid > 4094:
			return m, errors.New("want VLANs from 1 to 4094 such as 1,20t,30t: with a t those that are tagged")
		case tagged:
			m.Tagged = append(m.Tagged, uint16(vid))
		case m.Untagged != 0:
			return m, fmt.Errorf("two VLANs without a tag, %d and %d: put a t behind those that are tagged", m.Untagged, vid)
		default:
			m.Untagged = uint16(vid)
		}
	}
	return m, nil
}

// OwnSwitch joins the hosts by a switch of our own, until stop is called.
func (b *Bench) OwnSwitch(s SwitchSpec) (stop func() (dropped uint64, err error), err error) {
	return b.Middle.Join([]string{"left", "right"}, s.options...)
}
