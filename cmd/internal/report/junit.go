package report

import (
	"encoding/xml"
	"io"
	"strconv"

	"eterm/cmd/internal/result"
)

// The elements of JUnit's XML, as CI servers read them.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Stamp    string      `xml:"timestamp,attr"`
		Host     string      `xml:"hostname,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
		Skipped *junitProblem `xml:"skipped"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a suite for each document and a case for each thing that could
// pass or fail. What cannot be trusted is an error, not a failure.
func JUnit(w io.Writer, docs []*result.Document) error {
	var all junitSuites
	for _, d := range docs {
		all.Suites = append(all.Suites, Of(d).junit())
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (v *View) junit() junitSuite {
	d := v.Doc
	s := junitSuite{Name: v.Heading(), Time: junitSeconds(seconds(d.TookNS)), Stamp: d.Started.UTC().Format("2006-01-02T15:04:05"), Host: clean(d.Host.Name)}
	cases := v.Cases
	if v.Class == "untrusted" && len(cases) > 1 {
		cases = append(cases[:len(cases):len(cases)], Case{Name: "can be trusted", Result: CaseDoubtful, Text: v.Why})
	}
	for _, c := range cases {
		j := junitCase{Class: "eterm." + string(d.Kind), Name: c.Name, Time: junitSeconds(c.Seconds)}
		problem := &junitProblem{Message: c.Text, Text: c.Rule + "\n" + c.Text + "\n" + c.Evidence}
		switch c.Result {
		case CaseFailed:
			s.Failures++
			j.Failure = problem
		case CaseDoubtful:
			s.Errors++
			j.Error = problem
		case CaseSkipped:
			s.Skipped++
			j.Skipped = &junitProblem{Message: c.Text}
		}
		s.Cases = append(s.Cases, j)
	}
	s.Tests = len(s.Cases)
	return s
}

func junitSeconds(s float64) string { return strconv.FormatFloat(s, 'f', 3, 64) }
