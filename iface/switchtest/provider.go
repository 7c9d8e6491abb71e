package switchtest

import "slices"

// Kinds of bridge that rules differ for.
const (
	customerBridge = "customer"
	providerBridge = "provider"
)

// providersForward are the groups that table 8-1 of 802.1Q-2022 reserves for
// C-VLAN components, and table 8-2 does not for S-VLAN components: those of
// customers' protocols, which pass through a provider's network. Linux has the
// same five: BR_GROUPFWD_8021AD in net/bridge/br_private.h is 0xb801, "the Nearest
// Customer Bridge Group Address, 01-80-C2-00-00-[00,0B,0C,0D,0F]", and a bridge of
// 802.1ad forwards them (br_recalculate_fwd_mask in br_vlan.c). Wireshark's list of
// addresses heads all sixteen "IEEE 802.1Q-2018 Table 8-1, C-VLAN and MAC Bridge
// component Reserved addresses".
var providersForward = map[MAC]bool{
	{0x01, 0x80, 0xc2, 0, 0, 0x00}: true, {0x01, 0x80, 0xc2, 0, 0, 0x0b}: true, {0x01, 0x80, 0xc2, 0, 0, 0x0c}: true,
	{0x01, 0x80, 0xc2, 0, 0, 0x0d}: true, {0x01, 0x80, 0xc2, 0, 0, 0x0f}: true,
}

// unlessProvider is a case of such a group: where a frame to it was forwarded,
// it is found out whether that was a provider bridge's right.
func unlessProvider(run func(*rig) (Outcome, error)) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) {
		o, err := run(r)
		if err != nil || o.Value != forwarded {
			return o, err
		}
		is, err := r.provider()
		if is {
			o.Want = forwarded + "|" + consumed
			o.Seen += "; this is a provider bridge, whose S-VLAN component does not reserve it (802.1Q table 8-2)"
		}
		return o, err
	}
}

// provider says whether the switch is a provider bridge: as the expectations
// say, or because customer tags are payload to it and service tags are not. All
// VIDs pass in a tag of type 0x8100 then, and none in one of type 0x88a8.
func (r *rig) provider() (bool, error) {
	if r.cfg.Expect.bridge != "" {
		return r.cfg.Expect.bridge == providerBridge, nil
	}
	if m := &r.memo.provider; m.known {
		return m.is, nil
	}
	customer, err := r.unchanged(0x8100)
	if err != nil {
		return false, err
	}
	service, err := r.unchanged(0x88a8)
	if err != nil {
		return false, err
	}
	is := customer == len(someVIDs) && service == 0
	r.memo.provider = bridgeKind{known: true, is: is}
	return is, nil
}

// bridgeKind is whether the switch is a provider bridge, once that is known.
type bridgeKind struct{ known, is bool }

// someVIDs stand for all: a bridge that knows the tag's type is in few of them.
var someVIDs = []uint16{2, 3, 77, 612, 1789, 2500, 3333, 4094}

// unchanged is how many of them pass from A to B in a tag of one type, unchanged.
func (r *rig) unchanged(tpid uint16) (int, error) {
	var specs []spec
	for _, vid := range someVIDs {
		s := r.to(portA)
		s.tags = []tag{{tpid, vid}}
		specs = append(specs, s)
	}
	v, err := r.exchange(portA, specs...)
	if err != nil {
		return 0, err
	}
	changed := func(f *flight) bool { return !compare(f.sent, f.bytes[portB][0]).None() }
	return len(slices.DeleteFunc(v.reached(portB), changed)), nil
}
