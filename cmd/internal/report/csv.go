package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"eterm/cmd/internal/result"
)

// CSVHead is the columns of CSV. Columns are only added, at the end.
var CSVHead = []string{"id", "kind", "started", "status", "subject", "measurement", "value", "unit"}

// CSV writes a row for each measurement, for a spreadsheet (RFC 4180).
func CSV(w io.Writer, docs []*result.Document) error {
	c := csv.NewWriter(w)
	if err := c.Write(CSVHead); err != nil {
		return err
	}
	for _, d := range docs {
		head := []string{d.ID, string(d.Kind), d.Started.UTC().Format("2006-01-02T15:04:05.000000000Z"), strconv.Itoa(d.Verdict.Status)}
		for _, m := range Of(d).Measurements {
			value := m.Text
			if m.Class != Word {
				value = strconv.FormatFloat(m.Value, 'f', -1, 64)
			}
			row := append(append([]string{}, head...), m.Subject, m.Name, value, m.Unit)
			for i := range row {
				row[i] = inert(row[i])
			}
			if err := c.Write(row); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}

// inert is a cell that no spreadsheet takes for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|", rune(s[0])) {
		return "'" + s
	}
	return s
}
