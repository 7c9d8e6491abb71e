package probe_test

import (
	"encoding/hex"
	"testing"

	"eterm/frame/probe"
)

// TestNonce: it is told by plan frames only, damage to it is noticed, and the
// sum of the frame stays the same.
func TestNonce(t *testing.T) {
	head, _ := hex.DecodeString(headerHex)
	plan := probe.Plan{Total: 7, TCI: probe.Untagged}
	f := plan.AppendPlanPayload(head)
	at := len(head)
	probe.Put(f, at, probe.Mark{Kind: probe.KindPlan, Session: 5, Seq: 3})
	sum := func() (s uint32) {
		for i := 0; i+1 < len(f); i += 2 {
			s += uint32(f[i])<<8 | uint32(f[i+1])
		}
		return s % 0xffff
	}
	before := sum()
	found, ok := probe.Find(f)
	if !ok || probe.NonceOf(f, found) != 0 {
		t.Fatal("a nonce where none was put")
	}
	probe.PutNonce(f, at, 0xdeadbeef)
	if probe.NonceOf(f, found) != 0xdeadbeef || sum() != before {
		t.Errorf("%x, sum %x, was %x", probe.NonceOf(f, found), sum(), before)
	}
	if p, ok := probe.PlanOf(f, found); !ok || p != plan {
		t.Errorf("the plan became %+v", p)
	}
	f[at+probe.Size+19] ^= 1
	if probe.NonceOf(f, found) != 0 {
		t.Error("a damaged nonce is taken")
	}
	found.Kind = probe.KindMarkPlan
	if probe.NonceOf(f, found) != 0 {
		t.Error("a test frame has one")
	}
}
