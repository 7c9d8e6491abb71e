package main

import (
	"strings"
	"testing"
	"time"

	"eterm/cmd/eterm/internal/command"
	"eterm/iface/lab/labtest"
)

// TestNeverSilent: what runs for long says at its start what it does, on what and
// until when, and a receiver that saw no run says so.
func TestNeverSilent(t *testing.T) {
	_, right := labtest.Pair(t)
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"respond"}, []string{"eterm: replying on eth0 as ", ", until stopped\n"}},
		{[]string{"respond", "--ip", "192.0.2.0/24", "-d", "1h"}, []string{" for 192.0.2.0/24, for 1h0m0s\n"}},
		{[]string{"link", "receive"}, []string{"eterm: awaiting test frames on eth0, until stopped\n", "eterm: ended before any run: no test frame came\n"}},
		{[]string{"link", "receive", "--runs", "1", "-d", "1h"}, []string{"eterm: awaiting test frames on eth0, up to 1 run or 1h0m0s\n"}},
		{[]string{"link", "send", "--to", "broadcast"}, []string{": offering test frames to ff:ff:ff:ff:ff:ff on eth0, for 10s\n"}},
	} {
		p := on(t, right, c.args...)
		p.stop(t)
		for _, want := range c.want {
			if !strings.Contains(p.stderr.String(), want) {
				t.Errorf("%v: no %q in\n%s", c.args, want, &p.stderr)
			}
		}
	}
}

func TestUntil(t *testing.T) {
	for want, got := range map[string]string{
		"until stopped":          command.Until(0, "frame", 0),
		"for 2s":                 command.Until(0, "frame", 2*time.Second),
		"up to 1 frame":          command.Until(1, "frame", 0),
		"up to 3 frames or 1m0s": command.Until(3, "frame", time.Minute),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
