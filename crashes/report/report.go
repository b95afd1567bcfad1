// Package report writes findings for people and for other programs.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/finding"
)

// Formats are the names of the formats: for an issue, for programs, for continuous integration, and for code scanning.
var Formats = []string{"md", "json", "junit", "sarif"}

// Write writes findings in a format. Root is the folder of the findings as others see it, with slashes.
func Write(w io.Writer, format, root string, list []*finding.Finding) error {
	switch format {
	case "md":
		return Markdown(w, root, list)
	case "json":
		return JSON(w, root, list)
	case "junit":
		return JUnit(w, root, list)
	case "sarif":
		return SARIF(w, root, list)
	}
	return fmt.Errorf("unknown format %q; there are %q", format, Formats)
}

// place returns the file of a finding that shows it.
func place(root string, f *finding.Finding) string {
	name := finding.ModuleFile
	if f.Kind == finding.Failure {
		name = finding.InputFile
	}
	return path.Join(root, f.ID, name)
}

// unresolved reports whether it is for us to do something.
func unresolved(f *finding.Finding) bool {
	return f.State == finding.Open || f.State == finding.Confirmed
}

// Markdown writes what a maintainer of the engine concerned would want to read: a table if there are several, and then each.
func Markdown(w io.Writer, root string, list []*finding.Finding) error {
	var b strings.Builder
	if len(list) > 1 {
		b.WriteString("| id | state | kind | wrong | title |\n|---|---|---|---|---|\n")
		for _, f := range list {
			who := strings.Join(f.Wrong, ", ")
			if f.Target != "" {
				who = f.Target
			}
			fmt.Fprintf(&b, "| [%s](%s) | %s | %s | %s | %s |\n", f.ID, path.Join(root, f.ID), f.State, f.Kind, cell(who), cell(f.Title))
		}
		b.WriteString("\n")
	}
	for _, f := range list {
		b.WriteString(f.Readme())
		if text := finding.Listing(f.Module); text != nil {
			fmt.Fprintf(&b, "\nThe module, %d bytes, is `%s`:\n\n%s", len(f.Module), path.Join(root, f.ID, finding.ModuleFile), indent(string(text)))
		}
		var names []string
		for name := range f.Files {
			if strings.HasPrefix(name, "trace-") || name == finding.ProgramFile {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Fprintf(&b, "\n`%s`:\n\n%s", name, indent(string(f.Files[name])))
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cell makes a text fit the cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// indent makes lines a block of code.
func indent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(s, "\n") + "\n") {
		b.WriteString("    " + line)
	}
	return b.String()
}

// JSON writes one array: of each finding its id, its folder, and what is in its header.
func JSON(w io.Writer, root string, list []*finding.Finding) error {
	type entry struct {
		ID     string `json:"id"`
		Folder string `json:"folder"`
		*finding.Finding
	}
	entries := []entry{}
	for _, f := range list {
		entries = append(entries, entry{f.ID, path.Join(root, f.ID), f})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "\t")
	e.SetEscapeHTML(false)
	return e.Encode(entries)
}
