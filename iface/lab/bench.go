package lab

import "fmt"

// Bench is two hosts, left and right, whose interfaces eth0 are cabled to the
// interfaces left and right of a third host that stands between them.
type Bench struct {
	Left, Right, Middle *Host
}

// NewBench makes the hosts and their cables. Left has 192.0.2.1/24 and
// 2001:db8::1/64, right .2 and ::2; the middle forwards nothing yet.
func NewBench() (*Bench, error) {
	b := &Bench{}
	err := b.build()
	if err != nil {
		b.Close()
		return nil, explain(err)
	}
	return b, nil
}

func (b *Bench) build() (err error) {
	for name, h := range map[string]**Host{"left": &b.Left, "right": &b.Right, "middle": &b.Middle} {
		if *h, err = NewHost(name); err != nil {
			return err
		}
	}
	for i, h := range []*Host{b.Left, b.Right} {
		if err := h.EnableIPv6(); err != nil {
			return err
		}
		if err := Cable(h, "eth0", b.Middle, h.Name); err != nil {
			return err
		}
		if err := h.PlainFrames("eth0"); err != nil {
			return err
		}
		for _, cidr := range []string{fmt.Sprintf("192.0.2.%d/24", i+1), fmt.Sprintf("2001:db8::%d/64", i+1)} {
			if err := h.AddAddress("eth0", cidr); err != nil {
				return err
			}
		}
	}
	return nil
}

// Bridge joins the hosts by a Linux bridge.
func (b *Bench) Bridge() error {
	if err := b.Middle.Switch("br0"); err != nil {
		return err
	}
	for _, port := range []string{"left", "right"} {
		if err := b.Middle.AddPort("br0", port); err != nil {
			return err
		}
	}
	return nil
}

// Host is the host of that name, or nil.
func (b *Bench) Host(name string) *Host {
	switch name {
	case "left":
		return b.Left
	case "right":
		return b.Right
	case "middle":
		return b.Middle
	}
	return nil
}

// Close lets go of the hosts.
func (b *Bench) Close() {
	for _, h := range []*Host{b.Left, b.Right, b.Middle} {
		if h != nil {
			h.Close()
		}
	}
}
