package show

import "strings"

// Compared prints how results compare: lines of verdicts, and then what differs as
// a table, whose heads are given in any case.
func (o *Output) Compared(verdicts, heads []string, rows [][]string) error {
	for _, line := range verdicts {
		if err := o.Line("%s", line); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	t := Table{Rows: rows}
	for _, h := range heads {
		t.Heads = append(t.Heads, strings.ToUpper(h))
	}
	_ = o.Line("")
	return t.Print(o)
}
