package switchtest

import "slices"

// cases are all cases in the order they run. Adding a row adds a case. Clauses
// are of IEEE 802.1Q-2022 and IEEE 802.3-2022 where no other is named.
var cases = slices.Concat([]Case{
	{"forwarding.a-to-b", "802.1Q 8.6.3: a frame for a known station goes to its port; 6.5.2 to 6.5.4: not lost, misordered or duplicated",
		"100 frames from A to B's own address", forwarded, "", fate, known(portA)},
	{"forwarding.b-to-a", "802.1Q 8.6.3, 6.5.2 to 6.5.4, the other way",
		"100 frames from B to A's own address", forwarded, "", fate, known(portB)},

	{"sizes.untagged", "802.3 3.2.7, 4.4.2: frames of 64 to 1518 bytes pass",
		"one frame of every size, each way", forwarded, "", fate, everySize(0)},
	{"sizes.tagged", "802.3 3.2.7: a tag may make a frame 4 bytes longer, 1522 in all",
		"one tagged frame of every size from 68 to 1522 bytes, each way", forwarded, "", fate, everySize(1)},
	{"sizes.jumbo", "no standard: what is longer than 2000 bytes (802.3 3.2.7) is the maker's choice",
		"the longest frame that passes, as far as the MTU of the ports, by bisection; a limit below that is a note, unless it is expected", unlimited, "any", number, jumbo},
	{"sizes.runt", "802.3 3.2.8, 4.4.2: frames below 64 bytes are padded by the sender; a switch may drop what is not",
		"frames of 14 to 59 bytes, unpadded as far as the NIC lets them be", "forwarded|dropped", lossy, fate, runts},

	{"flooding.broadcast", "802.1Q 8.8.6, 8.6.3: broadcast goes to all other ports",
		"10 broadcast frames each way", forwarded, "", fate, flood(toBroadcast)},
	{"flooding.multicast", "802.1Q 8.8.6: a group nobody registered for goes to all other ports",
		"frames to 10 locally administered groups, each way", forwarded, "", fate, flood(toGroups)},
	{"flooding.unknown", "802.1Q 8.6.3, 8.8.9: an address that was not learned goes to all other ports",
		"frames to 10 addresses nobody has, each way", forwarded, "", fate, flood(toNobody)},
	{"flooding.not-back", "802.1Q 8.6.1: never out of the port it came in by",
		"broadcast, group and unknown addresses from each port; the sender must not get them", "none", "", comeback, notBack},
	{"flooding.once", "802.1Q 6.5.4: frames are not duplicated",
		"a broadcast arrives at each other port exactly once", "once", "", copying, once},

	{"transparency.bytes", "802.1Q 6.5.7, 8.6: the frame that leaves is the one that came",
		"200 frames of many sizes with all byte values, compared byte by byte", forwarded, "", fate, everyByte},
	{"transparency.types", "802.1Q 8.6: forwarding does not look at the EtherType",
		"frames of 26 EtherTypes to a known address", forwarded, "", fate, etherTypes},
	{"transparency.llc", "802.1Q 8.6; 802.3 3.2.6: length frames with LLC and SNAP pass like others",
		"six LLC and SNAP forms to a known address", forwarded, "", fate, llcForms},
	{"transparency.padding", "RFC 1042, 802.3 3.2.8: padding is zeros, never what another frame left behind",
		"short frames right behind long ones; what is put behind them is looked at", forwarded, dropped, fate, padding},
}, learningCases, []Case{
	{"addresses.group-source", "802.3 3.2.3: the first bit of a source address is 0; no rule says drop",
		"frames whose source is a group address, to B", "dropped|forwarded", "", fate, oddSource(groupSource)},
	{"addresses.zero-source", "no rule: 00-00-00-00-00-00 is nobody's",
		"frames from the zero address to B", "dropped|forwarded", "", fate, oddSource(zeroSource)},
	{"addresses.zero-destination", "802.1Q 8.6.3: an unknown address like any other, which some drop",
		"frames to the zero address", "dropped|forwarded", "", fate, zeroDestination},
	{"addresses.to-self", "802.1Q 8.6.3: its station is on the port the frame came in by, so it is filtered",
		"frames from A's address to A's address", dropped, "", fate, toSelf},
	{"addresses.source-is-destination", "802.1Q 8.7: the source moves to the port the frame came in by, then 8.6.3 filters it",
		"B speaks as a new address, then A sends from and to it, twice; the second must be filtered", dropped, "", fate, sourceIsDestination},

	{"vlan.ids", "802.1Q 8.6.2, 8.6.4: a port passes the VLANs it is in; a switch without VLANs passes all",
		"one tagged frame of each VID from 1 to 4094, both ways; with --vlans exactly those must pass", "any", "", vlanSet, vlanIDs},
	{"vlan.leak", "802.1Q 8.6.2, 8.6.4: a frame of one VLAN never comes out in another",
		"what vlan.ids saw: a changed VID, two VLANs stripped to one, a VLAN --vlans does not have", "none", "", leaking, vlanLeak},
	{"vlan.priority-tag", "802.1Q 6.9: VID 0 carries a priority only, the frame is in the port's own VLAN",
		"frames tagged with VID 0 to a known address", "kept|stripped", remarked, tagging, priorityTag},
	{"vlan.priority", "802.1Q 6.9.4: by default the priority leaves as it came",
		"frames of all 8 priorities in a VLAN that passes", unaltered, "", tagging, priority(0)},
	{"vlan.drop-eligible", "802.1Q 6.9.3, 9.6: so does the drop eligible bit, which before 2011 meant something else",
		"frames of all 8 priorities that are drop eligible", unaltered, remarked, tagging, priority(1)},
	{"vlan.qinq-88a8", "802.1Q 9.5: to a customer bridge the service tag is a type like any other; to a provider bridge a tag",
		"frames with a service tag (0x88a8) before a customer tag (0x8100)", unaltered, "dropped|stripped", tagging, stacked(0x88a8)},
	{"vlan.qinq-8100", "802.1Q 8.6: what is behind the first tag is payload",
		"frames with two customer tags (0x8100)", unaltered, "dropped|stripped", tagging, stacked(0x8100)},
	{"vlan.4095", "802.1Q table 9-2: VID 4095 is reserved and not sent",
		"frames tagged with VID 4095", "dropped", unaltered, tagging, reservedVID},
}, reservedCases(), []Case{
	{"load.both", "802.1Q 6.5.2 to 6.5.4, 6.5.7: nothing lost, misordered, duplicated or damaged at a rate any switch bears",
		"frames of mixed sizes both ways at once, every one accounted for", forwarded, "", fate, load},

	{"ageing.time", "802.1Q 8.8.3, table 8-6: a silent station is forgotten after 10 s to 1,000,000 s, 300 s recommended",
		"learn, then probe a fresh address after growing waits until one is flooded", ">=10s", "", span, ageingTime},
	{"ageing.from", "802.1Q 8.7, 8.8.3: a frame from a station keeps it known",
		"addresses that go on speaking while others age", "learned", "", learning, ageingFrom},
	{"ageing.to", "802.1Q 8.8.3: a frame to a station does not keep it known",
		"addresses that are only sent to, from both sides, while others age", notLearned, "", learning, ageingTo},

	{"learning.capacity", "no standard: the maker's choice; RFC 2889 5.7 and RFC 4814 for the method",
		"random addresses, doubled and then bisected, up to --max-macs: the most that are all known", "any", "", number, capacity},
})

// learningCases leave addresses in the table, which fills up: how many it holds
// is found out last of all.
var learningCases = []Case{
	{"learning.learns", "802.1Q 8.7: the source of a frame is learned",
		"100 addresses speak at A, then A sends to them: B must not see what is on A's own port", learned, "", learning, learns},
	{"learning.confined", "802.1Q 8.6.3: a frame for a known station goes nowhere else",
		"A sends to B's learned addresses; a third port must see nothing", "none", "", leaking, confined},
	{"learning.move", "802.1Q 8.7: a station that speaks at another port is there at once",
		"100 addresses speak at A, then at B: frames from A reach them, frames from B do not come to A", "at once", "later", moving, moved},
	{"learning.vlan", "802.1Q 8.8.8: each VLAN may have its own addresses, or several share them",
		"learned in one VLAN, probed in another", "independent", "shared", sharing, perVLAN},
	{"learning.group-source", "802.1Q 8.7: a group address is never learned from a source",
		"frames from a group address, then to it", notLearned, "", learning, notLearning(groupSource)},
	{"learning.zero-source", "the zero address is nobody's and not worth an entry",
		"frames from the zero address, then to it", notLearned, "", learning, notLearning(zeroSource)},
	{"learning.rate", "no standard; RFC 2889 5.8 for the method",
		"200 fresh addresses at growing speed: new addresses a second without a miss", "any", "", number, rate},
}
