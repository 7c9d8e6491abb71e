package main

import (
	"errors"
	"strings"

	"eterm/iface"
	"eterm/iface/load"
)

// rateValue is a rate, or a ramp from one to another. The zero value is one
// that was not given.
type rateValue struct{ from, to load.Rate }

func (v *rateValue) Set(s string) error {
	first, second, ramp := strings.Cut(s, "..")
	from, err := load.ParseRate(first)
	if err != nil {
		return err
	}
	to := from
	if ramp {
		if to, err = load.ParseRate(second); err != nil {
			return err
		}
		if from.IsMax() || to.IsMax() {
			return errors.New("a ramp to or from max has no slope: want a rate such as 100kpps")
		}
	}
	v.from, v.to = from, to
	return nil
}

func (v *rateValue) String() string {
	if v.ramps() {
		return v.from.String() + ".." + v.to.String()
	}
	return v.from.String()
}

func (v *rateValue) ramps() bool { return v.from != v.to }

// sizesValue are the sizes of frames with FCS, one after the other.
type sizesValue struct {
	text  string
	sizes []int
}

func (v *sizesValue) Set(s string) (err error) {
	v.text = s
	v.sizes, err = load.ParseSizes(s)
	return err
}

func (v *sizesValue) String() string { return v.text }

// engineValue is a mechanism for sending.
type engineValue iface.Engine

var engines = map[string]iface.Engine{"auto": iface.EngineAuto, "socket": iface.EngineSocket, "xdp": iface.EngineXDP}

func (v *engineValue) Set(s string) error {
	e, ok := engines[s]
	if !ok {
		return errors.New("want auto, socket or xdp")
	}
	*v = engineValue(e)
	return nil
}

func (v *engineValue) String() string {
	for name, e := range engines {
		if e == iface.Engine(*v) {
			return name
		}
	}
	return ""
}
