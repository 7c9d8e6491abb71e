package show

import (
	"fmt"
	"time"

	"eterm/frame/capture"
	"eterm/iface/switchtest"
)

// WriteEvidence writes the frames behind every row that is no pass, and closes
// the file: each frame as it was sent, then every copy kept of what arrived,
// with the case and the port in its comment. There may be no file, or no card.
func WriteEvidence(file *capture.Recorder, card *switchtest.Card) error {
	if file == nil {
		return nil
	}
	if card == nil {
		return file.Close()
	}
	for _, r := range card.Results {
		for _, e := range r.Evidence {
			if err := writeFrames(file, r, e, card.Started); err != nil {
				file.Close()
				return err
			}
		}
	}
	return file.Close()
}

func writeFrames(file *capture.Recorder, r switchtest.Result, e switchtest.Evidence, at time.Time) error {
	for _, a := range e.Arrived {
		if !a.At.IsZero() {
			at = a.At
			break
		}
	}
	sent := capture.Record{Bytes: e.Sent, Time: at, Direction: capture.Outbound}
	if e.From != "" {
		sent.Comments = []string{fmt.Sprintf("%s (%v): sent at %s", r.Case.Name, r.Verdict, e.From)}
	}
	if err := file.Write(&sent); err != nil {
		return err
	}
	for _, a := range e.Arrived {
		copied := capture.Record{Bytes: a.Bytes, Time: at, Direction: capture.Inbound}
		copied.Comments = []string{fmt.Sprintf("%s (%v): came to %s", r.Case.Name, r.Verdict, a.Port)}
		if err := file.Write(&copied); err != nil {
			return err
		}
	}
	return nil
}
