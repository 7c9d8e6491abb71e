package benchcmd

import (
	"bytes"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/report"
	"eterm/cmd/internal/result"
	"eterm/iface/suite"
)

// saveBench writes what a run's directory has for people and programs.
func saveBench(to *suite.Directory, doc *result.Document, found suite.Result) error {
	encoded, err := doc.Encode()
	if err != nil {
		return err
	}
	var card, page bytes.Buffer
	if err := show.Bench(show.NewOutput(&card), found, false); err != nil {
		return err
	}
	if err := report.HTML(&page, []*result.Document{doc}); err != nil {
		return err
	}
	for _, f := range []struct {
		name    string
		content []byte
	}{{"result.json", encoded}, {"card.txt", card.Bytes()}, {"report.html", page.Bytes()}} {
		if err := to.Replace(f.name, f.content); err != nil {
			return err
		}
	}
	return nil
}
