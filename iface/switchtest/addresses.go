package switchtest

import "fmt"

// fresh are n addresses nobody has: individual, locally administered (IEEE
// 802-2014, 8.2) and drawn from the recorded seed, so that no real station is
// displaced. They are noted, as many as there is room for.
func (r *rig) fresh(n int) []MAC {
	addrs := r.draw(n)
	if len(r.memo.used)+n <= mostUsed {
		r.memo.used = append(r.memo.used, addrs...)
	}
	return addrs
}

// mostUsed bounds how many of the addresses used are noted.
const mostUsed = 1 << 14

// draw makes addresses that are not noted.
func (r *rig) draw(n int) []MAC {
	addrs := make([]MAC, n)
	for i := range addrs {
		v := r.random.Uint64()
		for j := range addrs[i] {
			addrs[i][j] = byte(v >> (8 * j))
		}
		addrs[i][0] = addrs[i][0]&^0x03 | 0x02
	}
	return addrs
}

// Sources that are not a station's.
func groupSource(r *rig) MAC {
	m := r.fresh(1)[0]
	m[0] |= 0x01
	return m
}

func zeroSource(*rig) MAC { return MAC{} }

// oddSource sends from an address that is no station's to B.
func oddSource(source func(*rig) MAC) func(*rig) (Outcome, error) {
	return func(r *rig) (Outcome, error) {
		return r.fate(portA, repeat(10, spec{dst: r.addr[portB], src: source(r)})...)
	}
}

func zeroDestination(r *rig) (Outcome, error) {
	return r.fate(portA, repeat(10, spec{src: r.addr[portA]})...)
}

func toSelf(r *rig) (Outcome, error) {
	return r.fate(portA, repeat(10, spec{dst: r.addr[portA], src: r.addr[portA]})...)
}

// sourceIsDestination lets B speak as a new address, then A send from and to
// it. The first such frame may still reach B; the address is on A's port then.
func sourceIsDestination(r *rig) (Outcome, error) {
	x := r.fresh(1)[0]
	if _, err := r.exchange(portB, spec{dst: r.addr[portA], src: x}); err != nil {
		return Outcome{}, err
	}
	one, err := r.fate(portA, spec{dst: x, src: x})
	if err != nil {
		return Outcome{}, err
	}
	two, err := r.fate(portA, spec{dst: x, src: x})
	two.Seen = fmt.Sprintf("the first %s, the second %s", one.Value, two.Value)
	return two, err
}
