package ifacetest

import "eterm/iface/impair"

// These are the faults of package impair, for tests to name shortly.
type (
	// A Fault is something a wire or a switch does to the frames that a Select
	// picks.
	Fault = impair.Fault
	// A Select picks frames.
	Select = impair.Select
)

// What picks frames, and what happens to them: see package impair.
var (
	Always = impair.Always
	Every  = impair.Every
	Range  = impair.Range
	Bursts = impair.Bursts
	Chance = impair.Chance
	Where  = impair.Where

	Drop      = impair.Drop
	Duplicate = impair.Duplicate
	Swap      = impair.Swap
	Delay     = impair.Delay
	Jitter    = impair.Jitter
	Corrupt   = impair.Corrupt
	Truncate  = impair.Truncate
	Grow      = impair.Grow
)
