package ifacetest

import (
	"time"
)

// noLink says whether the link is not back yet.
func (p *Port) noLink() bool { return time.Now().Before(p.nic.linkBack) }

// loseLink takes the carrier away for as long as the NIC's habit is.
func (p *Port) loseLink() {
	d := p.nic.noLinkFor
	if d == 0 {
		return
	}
	p.nic.linkBack = time.Now().Add(d)
	p.setCarrier(false)
	time.AfterFunc(d, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.noLink() {
			p.setCarrier(true)
		}
	})
}

// carrier notes that the other end went down or came up.
func (p *Port) carrier(is bool) {
	p.mu.Lock()
	p.setCarrier(is)
	p.mu.Unlock()
	p.eachTwin(func(t *Port) { t.carrier(is) })
}

func (p *Port) setCarrier(is bool) {
	if p.counted.NoCarrier == is {
		p.raw.CarrierChanges++
		if !is {
			p.raw.CarrierLost++
		}
	}
	p.counted.NoCarrier = !is
}
