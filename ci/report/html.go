package report

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed report.html
var pageText string

var page = template.Must(template.New("report").Parse(pageText))

// writePage writes the sections as a page that needs no other file and runs no script.
func writePage(w io.Writer, sections []section) error { return page.Execute(w, sections) }
