package lab

import (
	"errors"
	"fmt"

	"eterm/iface"
	"eterm/iface/ifacetest"
)

// Join makes the host a switch of our own between interfaces of it, until stop is
// called. It learns, ages and knows VLANs as the options say, whatever the kernel can.
// Stop returns how many frames this host lost beside it.
func (h *Host) Join(names []string, options ...ifacetest.Option) (stop func() (dropped uint64, err error), err error) {
	var ports []iface.Port
	for _, name := range names {
		err := h.Do(func() error {
			p, err := iface.Open(name, iface.Options{Promiscuous: true, Immediate: true})
			if err == nil {
				ports = append(ports, p)
			}
			return err
		})
		if err != nil {
			for _, p := range ports {
				err = errors.Join(err, p.Close())
			}
			return nil, fmt.Errorf("put a switch on %s: %w", name, err)
		}
	}
	return ifacetest.NewSwitch(len(ports), options...).Join(ports...).Leave, nil
}
