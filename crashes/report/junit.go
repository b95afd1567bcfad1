package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/finding"
)

type testSuites struct {
	XMLName  xml.Name  `xml:"testsuites"`
	Tests    int       `xml:"tests,attr"`
	Failures int       `xml:"failures,attr"`
	Skipped  int       `xml:"skipped,attr"`
	Suite    testSuite `xml:"testsuite"`
}

type testSuite struct {
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Skipped  int        `xml:"skipped,attr"`
	Cases    []testCase `xml:"testcase"`
}

type testCase struct {
	ClassName string   `xml:"classname,attr"`
	Name      string   `xml:"name,attr"`
	File      string   `xml:"file,attr"`
	Failure   *failure `xml:"failure"`
	Skipped   *skipped `xml:"skipped"`
}

type failure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type skipped struct {
	Message string `xml:"message,attr"`
}

// JUnit writes a suite of tests, a test for each finding: one that is ours to mend fails, one that is foreign or will not be mended
// is skipped with its note, and one that is fixed passes.
func JUnit(w io.Writer, root string, list []*finding.Finding) error {
	suite := testSuite{Name: "crashes", Tests: len(list)}
	for _, f := range list {
		c := testCase{ClassName: "crashes." + string(f.Kind), Name: printable(f.ID + " " + f.Title), File: place(root, f)}
		switch {
		case unresolved(f):
			c.Failure = &failure{Message: printable(f.Bucket.String()), Type: string(f.Kind), Text: printable(f.Readme())}
			suite.Failures++
		case f.State.Shows():
			c.Skipped = &skipped{Message: printable(fmt.Sprintf("%s: %s", f.State, f.Note))}
			suite.Skipped++
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "\t")
	err := e.Encode(testSuites{Tests: suite.Tests, Failures: suite.Failures, Skipped: suite.Skipped, Suite: suite})
	if err == nil {
		_, err = io.WriteString(w, "\n")
	}
	return err
}

// printable leaves out what XML 1.0 cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r < 0xfffe || r >= 0x10000 {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, "?"))
}
