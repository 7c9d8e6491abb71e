package ifacetest_test

import (
	"testing"

	"eterm/iface/ifacetest"
)

func TestWireConforms(t *testing.T) {
	a, b := ifacetest.Wire()
	ifacetest.Conform(t, a, b)
}

func TestSwitchConforms(t *testing.T) {
	s := ifacetest.NewSwitch(2)
	ifacetest.Conform(t, s.Port(0), s.Port(1))
}
