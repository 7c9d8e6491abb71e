package lab

import (
	"context"
	"errors"
	"fmt"

	"eterm/iface"
	"eterm/iface/impair"

	"github.com/safchain/ethtool"
)

// Wire joins the hosts by a relay with faults, forward from left to right and
// reverse the other way, until stop is called. Stop lets out the frames that are
// still on the wire and returns what the relay did.
func (b *Bench) Wire(forward, reverse impair.Config) (stop func() (impair.Report, error), err error) {
	r := impair.Relay{Forward: forward, Reverse: reverse}
	err = b.Middle.Do(func() (err error) {
		if r.Left, err = iface.Open("left", iface.Options{Promiscuous: true, Immediate: true}); err != nil {
			return err
		}
		r.Right, err = iface.Open("right", iface.Options{Promiscuous: true, Immediate: true})
		return err
	})
	if err != nil {
		if r.Left != nil {
			r.Left.Close()
		}
		return nil, fmt.Errorf("put the relay on its ports: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var rep impair.Report
	done := make(chan error, 1)
	go func() {
		var err error
		rep, err = r.Run(ctx)
		done <- err
	}()
	return func() (impair.Report, error) {
		cancel()
		err := <-done
		return rep, err
	}, nil
}

// PlainFrames makes an interface send frames as they are on a wire: cut to
// size, with their checksums in place. Virtual interfaces leave that to
// receivers on the same machine otherwise.
func (h *Host) PlainFrames(name string) error {
	return h.Do(func() error {
		e, err := ethtool.NewEthtool()
		if err != nil {
			return err
		}
		defer e.Close()
		have, err := e.Features(name)
		if err != nil {
			return fmt.Errorf("lab host %s, offloads of %s: %w", h.Name, name, err)
		}
		// One at a time: the kernel turns off by itself what depends on another.
		var errs error
		for _, f := range []string{"tx-checksum-ip-generic", "tx-checksum-sctp", "tx-tcp-segmentation", "tx-tcp-accecn-segmentation", "tx-generic-segmentation", "rx-gro"} {
			if have[f] {
				errs = errors.Join(errs, e.Change(name, map[string]bool{f: false}))
			}
		}
		return errs
	})
}
