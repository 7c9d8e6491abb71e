package frame

// Doubts says what of the notation does not stand as it is written: layers that
// no receiver finds, because nothing can announce them where they are (ICMP
// directly in Ethernet, ICMPv6 in IPv4). Building them is possible all the same.
// Each is one line, lower case.
func (t *Template) Doubts() (doubts []string) {
	d := &t.first
	for i := range d.Parts {
		in, l := d.Parts[i].Layer, d.following(i)
		if l == none || table[l] == nil || table[in] == nil || d.announces(i, l) {
			continue
		}
		doubts = append(doubts, l.String()+" in "+in.String()+": nothing in "+in.String()+" announces it, so no receiver takes it for "+l.String())
	}
	return doubts
}

// announces says whether part i can announce layer l as what it carries.
func (d *Decoded) announces(i int, l Layer) bool {
	switch p := &d.Parts[i]; p.Layer {
	case LayerEth, LayerVLAN, LayerSVLAN:
		return l == LayerLLC || len(table[l].types) > 0
	case LayerSNAP:
		return len(table[l].types) > 0
	case LayerLLC:
		return l == LayerSNAP || l == LayerSTP
	case LayerIPv4:
		return table[l].number.v4
	case LayerIPv6:
		return table[l].number.v6
	case LayerHopOpts, LayerDstOpts, LayerRouting, LayerFragment, LayerAH:
		return table[l].number.announced()
	case LayerMPLS:
		return l == LayerMPLS || l == LayerIPv4 || l == LayerIPv6
	case LayerESP, LayerUDP, LayerTCP, LayerARP, LayerPause:
		return false
	}
	return true // the rest announce by their kind, or carry what is theirs
}
