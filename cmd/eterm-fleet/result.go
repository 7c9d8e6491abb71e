package main

import (
	"fmt"

	"eterm/cmd/internal/result"
)

// printFleet prints what came of a run: the document, or the sums and what was
// not as it should be.
func printFleet(p *program, d *result.Document, asJSON bool) error {
	if asJSON {
		b, err := d.Encode()
		if err == nil {
			_, err = p.stdout.Write(b)
		}
		return err
	}
	f := d.Result.(*result.Fleet)
	var offered, received, lost, local uint64
	states := map[string]int{}
	for _, pair := range f.Pairs {
		offered, received, lost, local = offered+pair.Offered, received+pair.Received, lost+pair.Lost, local+pair.LostLocal
		states[pair.State]++
	}
	fmt.Fprintf(p.stdout, "run         %s: %s, %d tests planned\n", f.Run, d.State, f.Planned)
	fmt.Fprintf(p.stdout, "directions  %d measured, %d incomplete, %d no reply, %d late\n", states["measured"], states["incomplete"], states["no reply"], states["late"])
	fmt.Fprintf(p.stdout, "frames      %d offered, %d received, %d lost, of these %d by the hosts themselves\n", offered, received, lost, local)
	for _, cause := range f.Causes {
		fmt.Fprintf(p.stdout, "explains    %s\n", result.Text(cause.Text()))
	}
	for _, why := range append(append([]string{}, d.Verdict.Exceeded...), d.Verdict.Untrusted...) {
		fmt.Fprintf(p.stdout, "            %s\n", result.Text(why))
	}
	fmt.Fprintf(p.stdout, "verdict     %s\n", d.Verdict.Word())
	return nil
}

// verdictOf is the exit status of a document.
func verdictOf(d *result.Document) error {
	if d.Verdict.Status == statusDone {
		return nil
	}
	return ended{status: d.Verdict.Status}
}
