package trial_test

import (
	"strings"
	"testing"
	"time"

	"eterm/frame/probe"
	"eterm/iface/trial"
)

func TestParseLimit(t *testing.T) {
	for _, s := range []string{"", "-1", "x", "101%", "NaN%", "1.5"} {
		if l, err := trial.ParseLimit(s); err == nil {
			t.Errorf("%q is taken for %+v", s, l)
		}
	}
}

func limit(t *testing.T, s string) *trial.Limit {
	t.Helper()
	l, err := trial.ParseLimit(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// sides are those of a run of 1000 frames of which lost were, with a delay.
func sides(lost uint64, p99 time.Duration) (*trial.SenderSide, *trial.ReceiverSide) {
	s := &trial.SenderSide{SenderAccount: probe.SenderAccount{Intended: 1000, Offered: 1000}, AskedRate: 100, OfferedRate: 100}
	r := &trial.ReceiverSide{Report: probe.Report{Expected: 1000, Received: 1000 - lost, Duplicated: 2,
		Loss: probe.Loss{Lost: lost, Outages: []probe.Outage{{Frames: lost, ByCount: int64(lost) * 1e7}}}, Delay: probe.Delay{Kind: "one_way", P99: int64(p99)}}}
	return s, r
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits trial.Limits
		lost   uint64
		change func(s *trial.SenderSide, r *trial.ReceiverSide)
		status int
		says   string
	}{
		{"no limits", trial.Limits{}, 10, nil, trial.Passed, ""},
		{"none allowed", trial.Limits{Loss: limit(t, "0")}, 1, nil, trial.Failed, "1 of 1000 frames lost, allowed are 0"},
		{"as many as allowed", trial.Limits{Loss: limit(t, "10")}, 10, nil, trial.Passed, ""},
		{"share kept", trial.Limits{Loss: limit(t, "1%")}, 10, nil, trial.Passed, ""},
		{"share exceeded", trial.Limits{Loss: limit(t, "1%")}, 11, nil, trial.Failed, "11 of 1000 frames lost, allowed are 1%"},
		{"no share", trial.Limits{Loss: limit(t, "0%")}, 1, nil, trial.Failed, "allowed are 0%"},
		{"duplicates", trial.Limits{Duplicated: limit(t, "1")}, 0, nil, trial.Failed, "2 of 1000 frames duplicated"},
		{"slow", trial.Limits{P99: time.Millisecond}, 0, nil, trial.Failed, "99th percentile"},
		{"fast enough", trial.Limits{P99: time.Second}, 0, nil, trial.Passed, ""},
		{"outage", trial.Limits{Outage: 50 * time.Millisecond}, 6, nil, trial.Failed, "an outage of 60ms"},
		{"all lost", trial.Limits{}, 1000, nil, trial.Failed, "no frame arrived"},
		{"by the socket", trial.Limits{Loss: limit(t, "0")}, 5, func(_ *trial.SenderSide, r *trial.ReceiverSide) { r.SocketDropped = 9 }, trial.Untrusted, "5 frames were lost by the hosts"},
		{"refused", trial.Limits{}, 5, func(s *trial.SenderSide, _ *trial.ReceiverSide) { s.Refused = 5 }, trial.Untrusted, "5 frames were lost by the hosts"},
		{"too slow", trial.Limits{}, 0, func(s *trial.SenderSide, _ *trial.ReceiverSide) { s.OfferedRate = 90 }, trial.Untrusted, "90 frames a second were offered where 100 were asked for"},
		{"no delay", trial.Limits{P99: 1}, 0, func(_ *trial.SenderSide, r *trial.ReceiverSide) { r.Report.Delay = probe.Delay{Kind: "none"} }, trial.Untrusted, "clocks are not shared"},
	} {
		s, r := sides(c.lost, 2*time.Millisecond)
		if c.change != nil {
			c.change(s, r)
		}
		a := trial.Account(s, r, c.limits)
		addsUp(t, a)
		said := strings.Join(append(a.Verdict.Exceeded, a.Verdict.Untrusted...), "; ")
		if a.Verdict.Status != c.status || !strings.Contains(said, c.says) || (c.says == "") != (said == "") {
			t.Errorf("%s: status %d, %q; want %d, %q", c.name, a.Verdict.Status, said, c.status, c.says)
		}
	}
}
