package linktest_test

import (
	"strings"
	"testing"
	"time"

	"eterm/frame/probe"
	"eterm/iface/linktest"
)

func TestParseLimit(t *testing.T) {
	for _, s := range []string{"", "-1", "x", "101%", "NaN%", "1.5"} {
		if l, err := linktest.ParseLimit(s); err == nil {
			t.Errorf("%q is taken for %+v", s, l)
		}
	}
}

func limit(t *testing.T, s string) *linktest.Limit {
	t.Helper()
	l, err := linktest.ParseLimit(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// sides are those of a run of 1000 frames of which lost were, with a delay.
func sides(lost uint64, p99 time.Duration) (*linktest.SenderSide, *linktest.ReceiverSide) {
	s := &linktest.SenderSide{SenderAccount: probe.SenderAccount{Intended: 1000, Offered: 1000}, AskedRate: 100, OfferedRate: 100}
	r := &linktest.ReceiverSide{Report: probe.Report{Expected: 1000, Received: 1000 - lost, Duplicated: 2,
		Loss: probe.Loss{Lost: lost, Outages: []probe.Outage{{Frames: lost, ByCount: int64(lost) * 1e7}}}, Delay: probe.Delay{Kind: "one_way", P99: int64(p99)}}}
	return s, r
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits linktest.Limits
		lost   uint64
		change func(s *linktest.SenderSide, r *linktest.ReceiverSide)
		status int
		says   string
	}{
		{"no limits", linktest.Limits{}, 10, nil, linktest.Passed, ""},
		{"none allowed", linktest.Limits{Loss: limit(t, "0")}, 1, nil, linktest.Failed, "1 of 1000 frames lost, allowed are 0"},
		{"as many as allowed", linktest.Limits{Loss: limit(t, "10")}, 10, nil, linktest.Passed, ""},
		{"share kept", linktest.Limits{Loss: limit(t, "1%")}, 10, nil, linktest.Passed, ""},
		{"share exceeded", linktest.Limits{Loss: limit(t, "1%")}, 11, nil, linktest.Failed, "11 of 1000 frames lost, allowed are 1%"},
		{"no share", linktest.Limits{Loss: limit(t, "0%")}, 1, nil, linktest.Failed, "allowed are 0%"},
		{"duplicates", linktest.Limits{Duplicated: limit(t, "1")}, 0, nil, linktest.Failed, "2 of 1000 frames duplicated"},
		{"slow", linktest.Limits{P99: time.Millisecond}, 0, nil, linktest.Failed, "99th percentile"},
		{"fast enough", linktest.Limits{P99: time.Second}, 0, nil, linktest.Passed, ""},
		{"outage", linktest.Limits{Outage: 50 * time.Millisecond}, 6, nil, linktest.Failed, "an outage of 60ms"},
		{"all lost", linktest.Limits{}, 1000, nil, linktest.Failed, "no frame arrived"},
		{"by the socket", linktest.Limits{Loss: limit(t, "0")}, 5, func(_ *linktest.SenderSide, r *linktest.ReceiverSide) { r.SocketDropped = 9 }, linktest.Untrusted, "5 frames were lost by the hosts"},
		{"refused", linktest.Limits{}, 5, func(s *linktest.SenderSide, _ *linktest.ReceiverSide) { s.Refused = 5 }, linktest.Untrusted, "5 frames were lost by the hosts"},
		{"too slow", linktest.Limits{}, 0, func(s *linktest.SenderSide, _ *linktest.ReceiverSide) { s.OfferedRate = 90 }, linktest.Untrusted, "90 frames a second were offered where 100 were asked for"},
		{"no delay", linktest.Limits{P99: 1}, 0, func(_ *linktest.SenderSide, r *linktest.ReceiverSide) { r.Report.Delay = probe.Delay{Kind: "none"} }, linktest.Untrusted, "clocks are not shared"},
	} {
		s, r := sides(c.lost, 2*time.Millisecond)
		if c.change != nil {
			c.change(s, r)
		}
		a := linktest.Account(s, r, c.limits)
		addsUp(t, a)
		said := strings.Join(append(a.Verdict.Exceeded, a.Verdict.Untrusted...), "; ")
		if a.Verdict.Status != c.status || !strings.Contains(said, c.says) || (c.says == "") != (said == "") {
			t.Errorf("%s: status %d, %q; want %d, %q", c.name, a.Verdict.Status, said, c.status, c.says)
		}
	}
}
