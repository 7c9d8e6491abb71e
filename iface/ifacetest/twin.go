package ifacetest

// Twin is another socket on the same interface: what arrives, each of them
// gets, as sockets do; what one sends, the others do not see. The interface
// going down, up or away happens to the twins too, Close does not.
func (p *Port) Twin() *Port {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := &Port{
		name: p.name, mac: p.mac, mtu: p.mtu, up: p.up, refuse: func([]byte) bool { return false },
		out: p.out, linked: func(bool) {}, ready: make(chan struct{}, 1), deadline: newDeadline(), queue: newInbox(len(p.queue.slots)),
	}
	p.twins = append(p.twins, t)
	return t
}

// eachTwin does to the twins what happened to the interface.
func (p *Port) eachTwin(do func(t *Port)) {
	p.mu.Lock()
	twins := p.twins
	p.mu.Unlock()
	for _, t := range twins {
		do(t)
	}
}
