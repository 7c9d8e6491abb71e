package probe_test

import (
	"bytes"
	"testing"

	"eterm/frame/probe"
)

// TestComplete: by the plan until the sender has said what it did, and then by
// that, less what its kernel refused.
func TestComplete(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{Total: 10, TCI: probe.Untagged})
	tally := probe.NewTally(s.session, false)
	if tally.Complete() {
		t.Error("complete before anything is known")
	}
	for n := range uint64(7) {
		give(tally, s.frame(0, n, second), second)
	}
	if tally.Complete() {
		t.Error("complete with 7 of 10 planned")
	}
	give(tally, s.end(probe.SenderAccount{Offered: 9, Refused: 1}), second)
	if tally.Complete() {
		t.Error("complete with 7 of 9 less 1")
	}
	give(tally, s.frame(0, 6, second), second) // a duplicate is not another one
	if tally.Complete() {
		t.Error("a duplicate completes it")
	}
	if give(tally, s.frame(0, 8, second), second); !tally.Complete() {
		t.Error("8 have come, and 9 less 1 were sent")
	}
	planned := probe.NewTally(s.session, false)
	for n := range uint64(10) {
		give(planned, s.frame(0, n, second), second)
	}
	if !planned.Complete() {
		t.Error("all that are planned have come")
	}
}

// TestFirstEndStays, and the sender's own word stands above frames.
func TestFirstEndStays(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{Total: 10, TCI: probe.Untagged})
	first, other := probe.SenderAccount{Intended: 10, Offered: 10}, probe.SenderAccount{Intended: 10, Offered: 5}
	tally := probe.NewTally(s.session, false)
	give(tally, s.frame(0, 0, second), second)
	for range 5 {
		give(tally, s.end(first), second)
	}
	if r := tally.Report(); r.Contradictions.Total() != 0 || *r.End != first {
		t.Errorf("five that are the same: %+v, %+v", r.Contradictions, r.End)
	}
	give(tally, s.end(other), second)
	if r := tally.Report(); r.Contradictions != (probe.Contradictions{Ends: 1}) || *r.End != first || r.Expected != 10 {
		t.Errorf("another: %+v, %+v", r.Contradictions, r.End)
	}
	tally.Concluded(other)
	if r := tally.Report(); *r.End != other || r.Expected != 5 || r.Contradictions.Ends != 2 {
		t.Errorf("by its own word: %+v, %+v", r.Contradictions, r.End)
	}
}

// TestSealedAndUnsealedDoNotMix: a Tally with a key takes only sealed frames, one
// without only others, and the plan in a test frame is not believed with a key.
func TestSealedAndUnsealedDoNotMix(t *testing.T) {
	key := keyOf(t, "0123456789abcdef")
	s := newSender(t, headerHex, probe.Plan{Length: 100, Total: 9, TCI: probe.Untagged})
	sealed, kind := s.plan.AppendSealedPayload(bytes.Clone(s.header))
	w := probe.NewSealedWriter(sealed, len(s.header), kind, 0, s.session, key)
	w.Write(0, 0)
	with, without := probe.NewTally(s.session, false), probe.NewTally(s.session, false)
	with.Sealed(key)
	if give(with, s.frame(0, 0, second), second) || give(without, sealed, second) {
		t.Error("one of the other kind is taken")
	}
	if !give(with, sealed, second) || !give(without, s.frame(0, 0, second), second) {
		t.Error("one of its own kind is not taken")
	}
	if _, planned := with.Plan(); planned {
		t.Error("a plan that is not under a seal is believed")
	}
	if _, planned := without.Plan(); !planned {
		t.Error("the plan in a test frame is not heard")
	}
}
