package iface_test

import (
	"testing"

	"eterm/iface"
)

func TestRefusedInWords(t *testing.T) {
	r := iface.Refused{QueueFull: 1, WouldBlock: 2, TooLong: 3, TooShort: 4, Down: 5, Gone: 6, Other: 7}
	want := "1 queue full, 2 no room in the socket, 3 longer than the MTU allows, 4 too short, 5 interface down, 6 interface gone, 7 other reasons"
	if got := r.String(); got != want || (iface.Refused{}).String() != "none" {
		t.Errorf("got %q", got)
	}
}
